// The HTTP/1.1 parsers. The oracle: however the bytes are cut, the same messages come out, and a message is refused in
// every way of cutting or in none. Small limits, so that they are reached too. The first byte chooses the method, the
// parser and one of the cuttings.

#include "target.hpp"

#include "conform/cuts.hpp"

#include <cohedge/wire/http1.hpp>

#include <functional>
#include <string>

namespace cohedge::fuzz {
namespace {

using wire::http1_step;
using wire::request_parser;
using wire::response_parser;

constexpr std::string_view refused{"refused"};

void begin(response_parser& parser, std::uint8_t choice) {
  parser.begin(choice % 4 == 1 ? "HEAD" : choice % 4 == 2 ? "CONNECT" : "POST");
}
void begin(request_parser& parser, std::uint8_t) { parser.begin(); }
void note(const response_parser& parser, std::string& log) { log += std::to_string(parser.status()) + ' '; }
void note(const request_parser& parser, std::string& log) {
  log.append(parser.method()).append(parser.target()) += ' ';
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> not_after;
  return not_after(whole.data(), part.data()) && not_after(part.data() + part.size(), whole.data() + whole.size());
}

// One connection: what was seen on it, as text.
template <class Parser>
class connection {
 public:
  connection(const limits& bounds, std::uint8_t choice) : parser_{bounds}, choice_{choice} { begin(parser_, choice_); }

  bool give(std::string_view piece) {
    while (open_ && !piece.empty()) {
      if (ended_) begin_next();
      if (open_) take_message(piece);
    }
    return open_;
  }
  std::string close() {
    if (!open_) return log_;
    return log_ + (parser_.finish().has_error() ? "cut off" : "finished");
  }

 private:
  void stop(std::string_view why) {
    log_.append(why);
    open_ = false;
  }
  void begin_next() {
    if (!parser_.keep_alive()) return stop("closed");
    begin(parser_, choice_);
    ended_ = false;
  }
  void take_message(std::string_view& piece) {
    const auto given = piece;
    while (!ended_) {
      const auto found = parser_.next(piece);
      if (found.has_error()) return stop(refused);
      switch (found.value()) {
        case http1_step::need_more: return require(piece.empty());
        case http1_step::head: note_head(); break;
        case http1_step::body:
          require(!parser_.body().empty() && lies_in(parser_.body(), given));
          log_.append(parser_.body());
          break;
        case http1_step::end: ended_ = true;
      }
    }
    log_ += parser_.keep_alive() ? " end\n" : " last\n";
  }
  void note_head() {
    note(parser_, log_);
    for (const wire::header field : parser_.headers()) log_.append(field.name).append("=").append(field.value) += '\n';
  }

  Parser parser_;
  std::uint8_t choice_;
  std::string log_;
  bool ended_ = false;
  bool open_ = true;
};

template <class Parser>
std::string log_of(std::string_view bytes, const tests::cutting& cut, std::uint8_t choice) {
  limits bounds;
  bounds.header_block = 400;
  bounds.header_line = 120;
  bounds.header_count = 12;
  bounds.chunk_extension = 40;
  bounds.trailer_block = 80;
  bounds.interim_responses = 3;
  bounds.body = 600;
  connection<Parser> peer{bounds, choice};
  tests::feed(bytes, cut, [&peer](std::string_view piece) { return peer.give(piece); });
  return peer.close();
}

// What was delivered before a refusal may depend on the cutting (a chunk's data, then its bad end): compare how it
// ended and that one is the beginning of the other.
void compare(std::string_view a, std::string_view b) {
  if (a == b) return;
  require(a.ends_with(refused) && b.ends_with(refused));
  const auto size = std::min(a.size(), b.size()) - refused.size();
  require(a.substr(0, size) == b.substr(0, size));
}

void run(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<std::uint8_t>(bytes[0]);
  bytes.remove_prefix(1);
  const auto log = choice % 4 == 3 ? &log_of<request_parser> : &log_of<response_parser>;
  const auto whole = log(bytes, {}, choice);
  for (std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{choice} % 61 + 3})
    compare(whole, log(bytes, {"", {size}}, choice));
}

const registered here{"http1", &run};

}  // namespace
}  // namespace cohedge::fuzz
