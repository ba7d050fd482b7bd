#include "framing.hpp"

#include "eventstream_framing.hpp"
#include "json_text.hpp"

#include <cohedge/wire/sse.hpp>

#include <string>

namespace cohedge::dialect {
namespace {

class sse_framing final : public framing {
 public:
  explicit sse_framing(const limits& bounds) : parser_{bounds} {}

  result<bool> next(std::string_view& input, frame& out) override {
    wire::sse_event event;
    auto more = parser_.next(input, event);
    if (more && more.value()) out = {event.type, event.data, event.type == "error"};
    return more;
  }

  // The end may cut off the empty line behind the last event, and a bare JSON error may follow the events.
  bool tail(frame& out) override {
    tail_ = trimmed(parser_.tail());
    wire::sse_event event;
    if (parser_.tail_event(event)) {
      out = {event.type, trimmed(event.data), event.type == "error"};
      return true;
    }
    const auto size = tail_.size();
    tail_.append(simdjson::SIMDJSON_PADDING, ' ');
    out = {{}, std::string_view{tail_}.substr(0, size)};
    return size > 0;
  }

 private:
  wire::sse_parser parser_;
  std::string tail_;
};

}  // namespace

std::unique_ptr<framing> framing_for(framing_kind kind, char first, const limits& bounds) {
  const bool json = first == '{' || first == '[';
  if (first == '<') return nullptr;
  switch (kind) {
    case framing_kind::sse: return json ? nullptr : std::make_unique<sse_framing>(bounds);
    case framing_kind::ndjson: break;
    case framing_kind::eventstream: return json ? nullptr : make_eventstream_framing(bounds);
  }
  return nullptr;
}

}  // namespace cohedge::dialect
