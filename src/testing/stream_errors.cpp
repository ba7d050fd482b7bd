#include "error_bodies.hpp"

#include <cohedge/wire/eventstream.hpp>

namespace cohedge::testing {

void add_eventstream(scripted_response& out, std::vector<std::pair<std::string_view, std::string_view>> headers,
                     std::string_view payload) {
  std::vector<wire::eventstream_header> fields;
  for (const auto& [name, value] : headers) fields.push_back({name, wire::eventstream_type::string, value, 0});
  std::string message;
  (void)wire::append_eventstream(message, fields, payload);  // short texts: it cannot fail
  out.content_type("application/vnd.amazon.eventstream").framed(framing::chunked).body(std::move(message));
}

void add_aws_exception(scripted_response& out) {
  add_eventstream(out, {{":exception-type", "throttlingException"}, {":message-type", "exception"}},
                  R"({"message":"Too many requests."})");
}

void add_stream_error(scripted_response& out, stream_error shape, std::string_view open_chunk) {
  const auto plain = openai_error_for(500);
  switch (shape) {
    case stream_error::data: out.event(plain); break;
    case stream_error::event:
      out.event("error", R"({"error":{"message":"Failed to generate","type":"invalid_request_error",)"
                         R"("code":"tool_use_failed","status_code":400}})");
      break;
    case stream_error::typed_event: out.event("error", anthropic_error_for(529)); break;
    case stream_error::choices_and_error:
      out.event(std::string{open_chunk} + R"(,"error":{"code":502,"message":"Provider returned error"}})");
      break;
    case stream_error::field: out.event_lines("error: " + plain + "\n\n"); break;
    case stream_error::bare_json: out.event_lines(plain); break;
    case stream_error::error_message:
      add_eventstream(out,
                      {{":error-code", "InternalServerException"},
                       {":error-message", "Internal server error"},
                       {":message-type", "error"}},
                      {});
      break;
    case stream_error::own:
    case stream_error::finish_reason: break;  // the API's shape adds it
  }
}

}  // namespace cohedge::testing
