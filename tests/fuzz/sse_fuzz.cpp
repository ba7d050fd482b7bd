// Fuzz target for the event stream parser. The oracle: however the bytes are cut, the same events come out, and the
// stream is refused in every way of cutting or in none.
//   clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/sse_fuzz.cpp src/wire/*.cpp
//   src/core/*.cpp

#include <cohedge/wire/sse.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace sse_fuzz {

using namespace cohedge;
using namespace cohedge::wire;

inline void note(const sse_event& event, std::string& log) {
  log.append("[").append(event.type).append("|").append(event.data).append("|").append(event.last_id) += ']';
}

inline std::string run(std::string_view bytes, std::size_t step) {
  limits bounds;
  bounds.sse_line = 300;
  bounds.sse_event = 400;
  sse_parser parser{bounds};
  std::string log;
  sse_event event;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = step == 0 ? bytes.size() - at : std::min(step, bytes.size() - at);
    const auto memory = std::make_unique<char[]>(size);
    bytes.copy(memory.get(), size, at);
    at += size;
    for (std::string_view piece{memory.get(), size};;) {
      const auto more = parser.next(piece, event);
      if (more.has_error()) return log + "refused";
      if (!more.value()) {
        if (!piece.empty()) std::abort();
        break;
      }
      note(event, log);
    }
  }
  log.append("tail:").append(parser.tail()).append(" retry:").append(std::to_string(parser.retry().value_or(0)));
  if (parser.tail_event(event)) note(event, log);
  return log;
}

}  // namespace sse_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = sse_fuzz::run(bytes, 0);
  for (std::size_t step : {1U, 2U, 3U, 17U}) {
    if (sse_fuzz::run(bytes, step) != whole) std::abort();
  }
  return 0;
}
