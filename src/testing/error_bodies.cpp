#include "error_bodies.hpp"

#include <cohedge/wire/json_writer.hpp>

#include <algorithm>
#include <array>

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

namespace {

/// What three providers call a status.
struct status_words {
  int status;
  std::string_view anthropic;
  std::string_view google;
  std::string_view aws;
  std::string_view message;
};

constexpr std::array words_by_status{
    status_words{400, "invalid_request_error", "INVALID_ARGUMENT", "ValidationException", "The request is not valid."},
    status_words{401, "authentication_error", "UNAUTHENTICATED", "UnrecognizedClientException", "invalid x-api-key"},
    status_words{403, "permission_error", "PERMISSION_DENIED", "AccessDeniedException", "Not allowed here."},
    status_words{404, "not_found_error", "NOT_FOUND", "ResourceNotFoundException", "The model does not exist."},
    status_words{429, "rate_limit_error", "RESOURCE_EXHAUSTED", "ThrottlingException", "Too many requests."},
    status_words{503, "api_error", "UNAVAILABLE", "ServiceUnavailableException", "The model is overloaded."},
    status_words{504, "timeout_error", "DEADLINE_EXCEEDED", "ModelTimeoutException", "The request timed out."},
    status_words{529, "overloaded_error", "UNAVAILABLE", "ServiceUnavailableException", "Overloaded"},
    status_words{500, "api_error", "INTERNAL", "InternalServerException", "Internal server error"},  // and every other
};

const status_words& words_for(int status) {
  const auto* found = std::ranges::find(words_by_status, status, &status_words::status);
  if (found == words_by_status.end()) return status < 500 ? words_by_status.front() : words_by_status.back();
  return *found;
}

/// Up to the members of the error that follow its status.
wire::json_writer& begin_google_error(wire::json_writer& out, int status) {
  const auto& words = words_for(status);
  out.begin_object().key("error").begin_object().member("code", status).member("message", words.message);
  return out.member("status", words.google);
}

}  // namespace

std::string anthropic_error_for(int status) {
  const auto& words = words_for(status);
  std::string json;
  wire::json_writer out{json};
  out.begin_object().member("type", "error").key("error").begin_object().member("type", words.anthropic);
  out.member("message", words.message).end_object().end_object();
  return json;
}

std::string google_error_for(int status) {
  std::string json;
  wire::json_writer out{json};
  begin_google_error(out, status).end_object().end_object();
  return json;
}

scripted_response aws_refusal(int status) {
  const auto& words = words_for(status);
  std::string json;
  wire::json_writer out{json};
  out.begin_object().member("message", words.message).end_object();
  scripted_response refused{status, std::move(json)};
  return refused.header("x-amzn-errortype", std::string{words.aws});
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
  begin_google_error(out, 429).key("details").begin_array().begin_object();
  out.member("@type", "type.googleapis.com/google.rpc.RetryInfo").member("retryDelay", decimal_seconds(wait) + "s");
  out.end_object().end_array().end_object().end_object();
  return json;
}

}  // namespace cohedge::testing
