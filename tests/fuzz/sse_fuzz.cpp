// The event stream parser. The oracle: however the bytes are cut, the same events come out, and the stream is refused
// in every way of cutting or in none; and the same where events are peeked at. Small limits, so that they are reached
// too.

#include "target.hpp"

#include "conform/cuts.hpp"
#include "conform/peeked.hpp"

#include <cohedge/wire/sse.hpp>

#include <string>

namespace cohedge::fuzz {
namespace {

using wire::sse_event;

void note(const sse_event& event, std::string& log) {
  log.append("[").append(event.type).append("|").append(event.data).append("|").append(event.last_id) += ']';
}

std::string events_of(std::string_view bytes, const tests::cutting& cut, bool peeking = false) {
  limits bounds;
  bounds.sse_line = 300;
  bounds.sse_event = 400;
  wire::sse_parser parser{bounds};
  std::string log;
  sse_event event;
  bool refused = false;
  tests::feed(bytes, cut, [&](std::string_view piece) {
    const auto next = [&]() -> result<bool> {
      if (peeking && tests::take_peeked(parser, piece, event)) return true;
      return parser.next(piece, event);
    };
    auto more = next();
    for (; more.has_value() && more.value(); more = next()) note(event, log);
    refused = more.has_error();
    require(refused || piece.empty());
    return !refused;
  });
  if (refused) return log + "refused";
  log.append("tail:").append(parser.tail()).append(" retry:").append(std::to_string(parser.retry().value_or(0)));
  if (parser.tail_event(event)) note(event, log);
  return log;
}

void run(std::string_view bytes) {
  const auto whole = events_of(bytes, {});
  for (std::size_t size : {1U, 3U, 17U}) require(events_of(bytes, {"", {size}}) == whole);
  require(events_of(bytes, {}, true) == whole);
  require(events_of(bytes, {"", {40}}, true) == whole);
}

const registered here{"sse", &run};

}  // namespace
}  // namespace cohedge::fuzz
