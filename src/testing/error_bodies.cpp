#include "error_bodies.hpp"

#include <cohedge/wire/json_writer.hpp>

namespace cohedge::testing {

std::string openai_error(std::string_view type, std::string_view code, std::string_view message) {
  std::string json;
  wire::json_writer out{json};
  out.begin_object().key("error").begin_object().member("message", message).member("type", type).key("param").null();
  out.key("code");
  if (code.empty())
    out.null();
  else
    out.string(code);
  out.end_object().end_object();
  return json;
}

std::string openai_error_for(int status) {
  switch (status) {
    case 401: return openai_error("invalid_request_error", "invalid_api_key", "Incorrect API key provided.");
    case 403: return openai_error("invalid_request_error", "unsupported_country", "Not allowed here.");
    case 404: return openai_error("invalid_request_error", "model_not_found", "The model does not exist.");
    case 408: return openai_error("timeout_error", "", "The request timed out.");
    case 429: return openai_error("requests", "rate_limit_exceeded", "Rate limit reached.");
    case 503: return openai_error("server_error", "overloaded", "The engine is currently overloaded.");
    case 529: return openai_error("overloaded_error", "", "Overloaded");
    default: break;
  }
  return status >= 500 ? openai_error("server_error", "", "The server had an error while processing your request.")
                       : openai_error("invalid_request_error", "", "The request is not valid.");
}

std::string decimal_seconds(duration wait) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  auto text = std::to_string(milliseconds / 1000);
  const auto rest = milliseconds % 1000;
  if (rest == 0) return text;
  text.append(".").append(std::to_string(1000 + rest).substr(1));
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string google_retry_info(duration wait) {
  std::string json;
  wire::json_writer out{json};
  out.begin_object().key("error").begin_object();
  out.member("code", 429).member("message", "Resource has been exhausted.").member("status", "RESOURCE_EXHAUSTED");
  out.key("details").begin_array().begin_object();
  out.member("@type", "type.googleapis.com/google.rpc.RetryInfo").member("retryDelay", decimal_seconds(wait) + "s");
  out.end_object().end_array().end_object().end_object();
  return json;
}

void add_stream_error(scripted_response& out, stream_error shape, std::string_view open_chunk) {
  constexpr std::string_view said = "The server had an error while processing your request.";
  const auto plain = openai_error("server_error", "", said);
  switch (shape) {
    case stream_error::data: out.event(plain); break;
    case stream_error::event:
      out.event("error", R"({"error":{"message":"Failed to generate","type":"invalid_request_error",)"
                         R"("code":"tool_use_failed","status_code":400}})");
      break;
    case stream_error::typed_event:
      out.event("error", R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
      break;
    case stream_error::choices_and_error:
      out.event(std::string{open_chunk} + R"(,"error":{"code":502,"message":"Provider returned error"}})");
      break;
    case stream_error::field: out.event_lines("error: " + plain + "\n\n"); break;
    case stream_error::finish_reason: break;  // the finish event itself
  }
}

}  // namespace cohedge::testing
