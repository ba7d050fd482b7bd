#pragma once

#include <cohedge/core/base64.hpp>
#include <cohedge/wire/eventstream.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// Messages of an event stream as Bedrock sends them.
inline std::string message(std::vector<wire::eventstream_header> headers, std::string_view payload) {
  std::string out;
  if (!wire::append_eventstream(out, headers, payload)) return {};
  return out;
}
inline wire::eventstream_header text_header(std::string_view name, std::string_view value) {
  return {name, wire::eventstream_type::string, value, 0};
}
inline std::string event(std::string_view type, std::string_view json) {
  return message({text_header(":event-type", type), text_header(":content-type", "application/json"),
                  text_header(":message-type", "event")},
                 json);
}
/// A document of a model's own, as InvokeModelWithResponseStream wraps it.
inline std::string chunk(std::string_view json) {
  std::string body{R"({"bytes":")"};
  append_base64(body, json);
  return event("chunk", body + R"(","p":"abcd"})");
}
inline std::string exception(std::string_view type, std::string_view json) {
  return message({text_header(":exception-type", type), text_header(":content-type", "application/json"),
                  text_header(":message-type", "exception")},
                 json);
}
inline std::string error_message(std::string_view code, std::string_view text) {
  return message(
      {text_header(":error-code", code), text_header(":error-message", text), text_header(":message-type", "error")},
      "");
}

}  // namespace cohedge::tests
