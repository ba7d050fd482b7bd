#include "framing.hpp"

#include "eventstream_framing.hpp"
#include "json_text.hpp"

#include <cohedge/wire/json_array.hpp>
#include <cohedge/wire/ndjson.hpp>
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
    if (more && more.value()) out.set(event.type, event.data, event.type == "error");
    return more;
  }

  bool peek(std::string_view input, frame& out) const noexcept override {
    out.end = parser_.block_end();
    out.failure = false;
    return parser_.peek(input, out.type, out.data);
  }

  // The end may cut off the empty line behind the last event, and a bare JSON error may follow the events.
  bool tail(frame& out) override {
    tail_ = trimmed(parser_.tail());
    wire::sse_event event;
    if (parser_.tail_event(event)) {
      out.set(event.type, trimmed(event.data), event.type == "error");
      return true;
    }
    const auto size = tail_.size();
    tail_.append(simdjson::SIMDJSON_PADDING, ' ');
    out.set({}, std::string_view{tail_}.substr(0, size));
    return size > 0;
  }

 private:
  wire::sse_parser parser_;
  std::string tail_;
};

/// Documents that follow each other without more ado: lines of JSON, elements of an array.
template <class Splitter>
class split_framing final : public framing {
 public:
  explicit split_framing(const limits& bounds) : splitter_{bounds} {}

  result<bool> next(std::string_view& input, frame& out) override {
    out = {};
    return splitter_.next(input, out.data);
  }

  bool tail(frame& out) override {
    out.set({}, trimmed(splitter_.tail()));
    return !out.data.empty();
  }

 private:
  Splitter splitter_;
};

using array_framing = split_framing<wire::json_array_splitter>;
using ndjson_framing = split_framing<wire::ndjson_splitter>;

}  // namespace

std::unique_ptr<framing> framing_for(framing_kind kind, char first, const limits& bounds) {
  const bool json = first == '{' || first == '[';
  if (first == '<') return nullptr;
  switch (kind) {
    case framing_kind::sse_or_array:
      if (first == '[') return std::make_unique<array_framing>(bounds);
      [[fallthrough]];
    case framing_kind::sse: return json ? nullptr : std::make_unique<sse_framing>(bounds);
    case framing_kind::ndjson: return first == '{' ? std::make_unique<ndjson_framing>(bounds) : nullptr;
    case framing_kind::eventstream: return json ? nullptr : make_eventstream_framing(bounds);
  }
  return nullptr;
}

}  // namespace cohedge::dialect
