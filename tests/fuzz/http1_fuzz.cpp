// Fuzz target for the HTTP/1.1 parsers. The oracle: however the bytes are cut, the same messages come out, and a
// message is refused in every way of cutting or in none. Small limits, so that they are reached too.
//   clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/http1_fuzz.cpp src/wire/*.cpp
//   src/core/*.cpp

#include <cohedge/wire/http1.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace http1_fuzz {

using namespace cohedge;
using namespace cohedge::wire;

inline void begin(response_parser& parser, std::uint8_t choice) {
  parser.begin(choice % 4 == 1 ? "HEAD" : choice % 4 == 2 ? "CONNECT" : "POST");
}
inline void begin(request_parser& parser, std::uint8_t) { parser.begin(); }
inline void note(response_parser& parser, std::string& log) { log += std::to_string(parser.status()) + ' '; }
inline void note(request_parser& parser, std::string& log) {
  log.append(parser.method()).append(parser.target()) += ' ';
}

// Everything seen on one connection. `step` cuts: 0 whole, otherwise pieces of that many bytes.
template <class Parser>
std::string run(std::string_view bytes, std::size_t step, std::uint8_t choice) {
  limits bounds;
  bounds.header_block = 400;
  bounds.header_line = 120;
  bounds.header_count = 12;
  bounds.chunk_extension = 40;
  bounds.trailer_block = 80;
  bounds.interim_responses = 3;
  bounds.body = 2000;
  Parser parser{bounds};
  begin(parser, choice);
  std::string log;
  bool ended = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = step == 0 ? bytes.size() - at : std::min(step, bytes.size() - at);
    const auto memory = std::make_unique<char[]>(size);
    bytes.copy(memory.get(), size, at);
    at += size;
    for (std::string_view piece{memory.get(), size}; !piece.empty();) {
      if (ended) {
        if (!parser.keep_alive()) return log + "closed";
        begin(parser, choice);
        ended = false;
      }
      for (;;) {
        const auto found = parser.next(piece);
        if (found.has_error()) return log + "refused";
        if (found.value() == http1_step::need_more) {
          if (!piece.empty()) std::abort();
          break;
        }
        if (found.value() == http1_step::body) {
          if (parser.body().empty() || parser.body().data() < memory.get() ||
              parser.body().data() + parser.body().size() > memory.get() + size) {
            std::abort();
          }
          log.append(parser.body());
        }
        if (found.value() == http1_step::head) {
          note(parser, log);
          for (const header field : parser.headers()) log.append(field.name).append("=").append(field.value) += '\n';
        }
        if (found.value() != http1_step::end) continue;
        log += parser.keep_alive() ? " end\n" : " last\n";
        ended = true;
        break;
      }
    }
  }
  const auto last = parser.finish();
  return log + (last.has_error() ? "cut off" : "finished");
}

// What was delivered before a refusal may depend on the cutting (a chunk's data, then its bad end): compare how it
// ended and that one is the beginning of the other.
inline void compare(const std::string& a, const std::string& b) {
  if (a == b) return;
  const std::string_view refused{"refused"};
  if (!a.ends_with(refused) || !b.ends_with(refused)) std::abort();
  const auto size = std::min(a.size(), b.size()) - refused.size();
  if (a.compare(0, size, b, 0, size) != 0) std::abort();
}

}  // namespace http1_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const bool request = data[0] % 4 == 3;
  const auto run =
      request ? &http1_fuzz::run<cohedge::wire::request_parser> : &http1_fuzz::run<cohedge::wire::response_parser>;
  const auto whole = run(bytes, 0, data[0]);
  for (std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{data[0]} % 61 + 4}) {
    http1_fuzz::compare(whole, run(bytes, step, data[0]));
  }
  return 0;
}
