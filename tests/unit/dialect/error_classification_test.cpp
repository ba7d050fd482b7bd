#include "catch.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::dialect;
using namespace std::chrono_literals;

namespace {

struct row {
  int status;
  std::string body;
  error_class kind;
  std::string detail;
  std::string code;
};

void check(const std::vector<row>& table) {
  for (const auto& each : table) {
    CAPTURE(each.status, each.body);
    const auto found = classify_http(each.status, {}, each.body);
    CHECK(found.code() == errc::http_status);
    CHECK(found.status() == each.status);
    CHECK(to_string(found.kind()) == to_string(each.kind));
    CHECK(found.detail() == each.detail);
    CHECK(found.provider_code() == each.code);
  }
}

wire::header_block headers(const std::vector<std::pair<std::string, std::string>>& fields) {
  wire::header_block block;
  for (const auto& [name, value] : fields) block.add(name, value);
  return block;
}

error_class kind(int status, const std::string& body = {}) { return classify_http(status, {}, body).kind(); }

std::string openai(const std::string& message, const std::string& type, const std::string& code) {
  return R"({"error":{"message":")" + message + R"(","type":")" + type + R"(","param":null,"code":)" +
         (code.empty() ? "null" : '"' + code + '"') + "}}";
}

}  // namespace

TEST_CASE("error bodies: every shape gives its message and code", "[dialect][errors]") {
  using enum error_class;
  check({
      {400, openai("m", "invalid_request_error", "unsupported_parameter"), caller_fault, "m", "unsupported_parameter"},
      {400, openai("m", "invalid_request_error", ""), caller_fault, "m", "invalid_request_error"},
      {500, R"({"error":{"code":500,"message":"m","type":"server_error"}})", transient, "m", "server_error"},
      {400, R"({"error":{"message":"m","type":"t","param":null,"code":null},"status":400})", caller_fault, "m", "t"},
      {401, R"({"id":"o1","error":{"message":"m","type":"invalid_request_error","code":"invalid_api_key"}})", credential,
       "m", "invalid_api_key"},
      {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"})", overloaded,
       "Overloaded", "overloaded_error"},
      {429, R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[]}})", rate_limited, "m",
       "RESOURCE_EXHAUSTED"},
      {400, R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])", caller_fault, "m", "INVALID_ARGUMENT"},
      {502, R"({"error":{"code":502,"message":"Provider returned error","metadata":{"provider_name":"P","raw":"it broke"}}})",
       transient, "Provider returned error: it broke", "502"},
      {400, R"({"message":"m"})", caller_fault, "m", ""},
      {400, R"({"object":"error","message":"m","type":"invalid_request_invalid_args","code":"3051","raw_status_code":400})",
       caller_fault, "m", "invalid_request_invalid_args"},
      {401, R"({"detail":"Invalid API Key"})", credential, "Invalid API Key", ""},
      {422, R"({"detail":[{"loc":["body"],"msg":"field required","type":"value_error"}]})", caller_fault, "field required", ""},
      {404, R"({"error":"Specified model not found: x"})", model_gone, "Specified model not found: x", ""},
      {400, R"({"code":"invalid-argument","error":"m"})", caller_fault, "m", "invalid-argument"},
      {404, R"({"id":"i","message":"m"})", model_gone, "m", ""},
      {400, R"({"code":400,"message":"m","type":"Bad Request"})", caller_fault, "m", "Bad Request"},
      {403, R"({"success":false,"errors":[{"code":10000,"message":"m"}]})", credential, "m", "10000"},
      {404, "Not Found", model_gone, "Not Found", ""},
      {502, "<html>\r\n<head><title>502 Bad Gateway</title></head></html>", transient, "a web page: 502 Bad Gateway", ""},
      {503, "<!DOCTYPE html><p>", transient, "a web page", ""},
      {500, "", transient, "", ""},
      {500, "{\"error\":", transient, "{\"error\":", ""},
      {500, "[]", transient, "", ""},
      {500, "null", transient, "null", ""},
      {500, R"({"error":{"code":null}})", transient, "", ""},
      {500, R"({"error":[],"errors":[],"detail":[],"choices":[]})", transient, "", ""},
      {400, R"({"error":["m","n"]})", caller_fault, "m", ""},
      {500, R"([[]])", transient, "", ""},
  });
}

TEST_CASE("decision table: rows 2 to 7 and 10 to 12, by status", "[dialect][errors]") {
  using enum error_class;
  for (int status : {400, 406, 411, 413, 415, 422, 431, 501, 505}) CHECK(kind(status) == caller_fault);
  for (int status : {401, 403, 407}) CHECK(kind(status) == credential);
  CHECK(kind(402) == quota);
  for (int status : {404, 405, 410, 301, 302, 307, 308}) CHECK(kind(status) == model_gone);
  CHECK(kind(429) == rate_limited);
  for (int status : {408, 409, 425, 500, 502, 503, 504, 520, 524, 599}) CHECK(kind(status) == transient);
  for (int status : {498, 529}) CHECK(kind(status) == overloaded);
}

TEST_CASE("decision table: row 3, the prompt is too long", "[dialect][errors]") {
  const auto too_long = error_class::context_window;
  CHECK(kind(400, openai("m", "invalid_request_error", "context_length_exceeded")) == too_long);
  CHECK(kind(400, R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 205000 tokens > 200000 maximum"}})") == too_long);
  CHECK(kind(413, R"({"type":"error","error":{"type":"invalid_request_error","message":"Prompt is too long"}})") == too_long);
  CHECK(kind(400, R"({"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed","status":"INVALID_ARGUMENT"}})") == too_long);
  CHECK(kind(400, R"({"message":"Input Tokens Exceeded: Number of input tokens exceeds maximum length."})") == too_long);
  CHECK(kind(400, R"({"id":"i","message":"too many tokens: total","error_type":"TOO_MANY_TOKENS"})") == too_long);
  CHECK(kind(400, R"({"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_ctx":4096}})") == too_long);
  CHECK(kind(500, R"({"error":{"code":500,"message":"the request exceeds the available context size. try increasing it","type":"server_error"}})") == too_long);
  CHECK(kind(400, openai("prompt too long; exceeded max context length by 1119046 tokens", "invalid_request_error", "")) == too_long);
  CHECK(kind(400, R"({"error":{"message":"The total length of all messages is too long.","type":"too_many_prompt_tokens","code":400}})") == too_long);
  CHECK(kind(400, R"({"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens\"}}"}}})") == too_long);
  // Too many bytes is not too many tokens, and a busy server that mentions the window is busy.
  CHECK(kind(413, R"({"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}})") == error_class::caller_fault);
  CHECK(kind(503, openai("context window cache is warming up", "server_error", "")) == error_class::transient);
}

TEST_CASE("decision table: row 4, content policy", "[dialect][errors]") {
  const auto policy = error_class::content_policy;
  CHECK(kind(400, R"({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})") == policy);
  CHECK(kind(400, openai("Your request was rejected as a result of our safety system.", "image_generation_user_error", "")) == policy);
  CHECK(kind(400, openai("m", "invalid_request_error", "content_policy_violation")) == policy);
  CHECK(kind(403, R"({"error":{"code":403,"message":"Input was flagged by moderation"}})") == policy);
  CHECK(kind(403, R"({"error":{"type":"permission_error","message":"Blocked by our usage policies"}})") == policy);
}

TEST_CASE("decision table: row 5, a key that is not accepted, also as a 400", "[dialect][errors]") {
  const auto key = error_class::credential;
  CHECK(kind(400, R"({"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***st. You can obtain an API key from https://console.x.ai."})") == key);
  CHECK(kind(400, R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}})") == key);
  CHECK(classify_http(400, {}, R"({"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}})").provider_code() == "API_KEY_INVALID");
  CHECK(kind(401, R"({"error":{"message":"m","type":"authentication_error","param":null,"code":"invalid_request_error"}})") == key);
  CHECK(kind(403, R"({"error":{"code":"forbidden","message":"Forbidden","type":"invalid_request_error"}})") == key);
  CHECK(classify_http(403, headers({{"x-amzn-ErrorType", "AccessDeniedException:http://x"}}), R"({"message":"no"})").provider_code() == "AccessDeniedException");
}

TEST_CASE("decision table: row 6, no money left, under any status", "[dialect][errors]") {
  const auto money = error_class::quota;
  CHECK(kind(429, openai("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota")) == money);
  CHECK(kind(429, openai("You exceeded your current quota, please check your plan.", "", "")) == money);
  CHECK(kind(400, R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}})") == money);
  CHECK(kind(402, R"({"error":{"code":402,"message":"This request requires more credits"}})") == money);
  CHECK(kind(403, R"({"error":{"type":"permission_error","message":"Your credit balance is used up"}})") == money);
  CHECK(kind(402, R"({"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}})") == money);
  // Gemini says "quota" of a rate limit, and when to come back.
  const auto gemini = classify_http(429, {}, R"({"error":{"code":429,"message":"You exceeded your current quota, please check your plan","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}})");
  CHECK(gemini.kind() == error_class::rate_limited);
  CHECK(gemini.retry_after() == 34400ms);
}

TEST_CASE("decision table: row 7, a model that is not there", "[dialect][errors]") {
  const auto gone = error_class::model_gone;
  CHECK(kind(404, openai("The model `x` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found")) == gone);
  CHECK(kind(404, openai("m", "invalid_request_error", "DeploymentNotFound")) == gone);
  CHECK(kind(403, openai("m", "invalid_request_error", "model_not_found")) == gone);
  CHECK(kind(400, openai("The model `x` has been decommissioned", "invalid_request_error", "model_decommissioned")) == gone);
  CHECK(kind(400, R"({"error":{"message":"x is not a valid model ID","code":400}})") == gone);
  CHECK(kind(400, R"({"error":{"message":"m","type":"not_found_error"}})") == gone);
}

TEST_CASE("decision table: rows 8 and 9, how long to wait", "[dialect][errors]") {
  const std::string body = openai("Rate limit reached", "requests", "rate_limit_exceeded");
  const auto wait = [&](int status, const std::vector<std::pair<std::string, std::string>>& fields) {
    return classify_http(status, headers(fields), body).retry_after();
  };
  CHECK(wait(429, {{"Retry-After", "7"}}) == 7s);
  CHECK(wait(429, {{"Retry-After", "1"}, {"Retry-After-Ms", "0"}}) == 1s);
  CHECK(wait(429, {{"Retry-After", "Wed, 21 Oct 2015 07:28:10 GMT"}, {"Date", "Wed, 21 Oct 2015 07:28:00 GMT"}}) == 10s);
  CHECK(wait(503, {{"Retry-After", "7"}}) == 7s);
  CHECK(wait(529, {{"Retry-After", "7"}}) == 7s);
  CHECK(wait(400, {{"Retry-After", "7"}}) == std::nullopt);
  CHECK(wait(429, {}) == std::nullopt);
  CHECK(wait(429, {{"Retry-After", "-3"}}) == std::nullopt);
}

TEST_CASE("decision table: rows 11 and 12, down or overloaded", "[dialect][errors]") {
  CHECK(kind(503, R"({"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}})") == error_class::overloaded);
  CHECK(kind(500, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") == error_class::overloaded);
  CHECK(kind(503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})") == error_class::overloaded);
  CHECK(kind(503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})") == error_class::transient);
  CHECK(kind(529, openai("m", "api_error", "")) == error_class::overloaded);
  // A missing feature is not cured by trying again, whatever type it claims.
  CHECK(kind(501, R"({"error":{"code":501,"message":"m","type":"not_supported_error"}})") == error_class::caller_fault);
  CHECK(kind(501, openai("m", "server_error", "")) == error_class::caller_fault);
  // Groq: the model failed the schema. The same request fails again.
  CHECK(kind(400, openai("m", "invalid_request_error", "tool_use_failed")) == error_class::caller_fault);
}

TEST_CASE("trap 19: not everything is retryable, and phrases are believed only where they fit", "[dialect][errors]") {
  CHECK(kind(400, openai("messages[0]: unknown variant `rate limit`", "invalid_request_error", "")) == error_class::caller_fault);
  CHECK(kind(500, openai("cannot read file 'invalid api key.txt'", "server_error", "")) == error_class::transient);
  CHECK(kind(500, openai("upstream said: insufficient quota of threads", "server_error", "")) == error_class::transient);
}

TEST_CASE("x-should-retry decides where only the status is known", "[dialect][errors]") {
  const auto with = [](int status, const char* advice, const std::string& body = {}) {
    return classify_http(status, headers({{"x-should-retry", advice}}), body).kind();
  };
  CHECK(with(400, "true") == error_class::transient);
  CHECK(with(409, "false") == error_class::caller_fault);
  CHECK(with(408, "false") == error_class::caller_fault);
  CHECK(with(401, "true") == error_class::credential);
  CHECK(with(500, "false") == error_class::transient);  // this server; the next one may do better
  CHECK(with(429, "false") == error_class::rate_limited);
  CHECK(with(400, "maybe") == error_class::caller_fault);
}

TEST_CASE("request ids", "[dialect][errors]") {
  for (const char* name : {"x-request-id", "request-id", "apim-request-id", "X-Amzn-RequestId", "x-debug-trace-id",
                           "x-ds-trace-id", "X-Generation-Id", "x-kong-request-id"})
    CHECK(classify_http(500, headers({{name, "r1"}}), "").request_id() == "r1");
  CHECK(classify_http(500, {}, R"({"type":"error","error":{"type":"api_error","message":"m"},"request_id":"r2"})").request_id() == "r2");
  CHECK(classify_http(500, headers({{"request-id", "r1"}}), R"({"request_id":"r2"})").request_id() == "r1");
  CHECK(classify_http(500, headers({{"x-request-id", std::string(5000, 'a')}}), "").request_id().size() < 140);
  CHECK(classify_http(500, {}, "").request_id().empty());
}

TEST_CASE("a redirect names its target", "[dialect][errors]") {
  CHECK(classify_http(301, headers({{"Location", "https://other.example/v1"}}), "<html>").detail() ==
        "redirect to https://other.example/v1, not followed: check the base URL");
}

TEST_CASE("texts of a peer fit into one line of a log", "[dialect][errors]") {
  CHECK(classify_http(500, {}, R"({"error":"a\n\tb\u0000\u001b[31m  c"})").detail() == "a b [31m c");
  CHECK(classify_http(500, {}, std::string(100000, 'x')).detail().size() < 320);
  std::string wide = "x";
  for (int i = 0; i < 1000; ++i) wide += "\xC3\xA9";
  const auto cut = classify_http(500, {}, R"({"error":")" + wide + "\"}");
  CHECK(cut.detail().size() < 1010);
  CHECK(cut.detail().ends_with("\xC3\xA9\xE2\x80\xA6"));
}

TEST_CASE("errors inside a 200: the code counts as the status", "[dialect][errors]") {
  const auto inside = [](const std::string& body) { return to_string(classify_body(body).kind()); };
  CHECK(inside(R"({"error":{"code":429,"message":"m"}})") == "rate_limited");
  CHECK(inside(R"({"error":{"code":"429","message":"m"}})") == "rate_limited");
  CHECK(inside(R"({"error":{"code":502,"message":"m"}})") == "transient");
  CHECK(inside(R"({"error":{"code":403,"message":"flagged","metadata":{"reasons":[]}}})") == "credential");
  CHECK(inside(R"({"error":{"message":"m","type":"x","status_code":400}})") == "caller_fault");
  CHECK(inside(R"({"error":{"message":"m","type":"server_error"}})") == "transient");
  CHECK(inside(R"({"error":{"message":"m","type":"rate_limit_exceeded"}})") == "rate_limited");
  CHECK(inside(R"({"error":{"message":"Rate limit reached"}})") == "rate_limited");
  CHECK(inside(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") == "overloaded");
  CHECK(inside(R"({"error":{"message":"m","code":"context_length_exceeded"}})") == "context_window");
  CHECK(inside(R"({"error":{"message":"m"}})") == "pre_content");
  CHECK(inside(R"({"error":{"message":"m","code":1234}})") == "pre_content");
  CHECK(inside("text") == "pre_content");
  CHECK(inside("") == "pre_content");
  const auto found = classify_body(R"({"error":{"code":429,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2s"}]}})");
  CHECK(found.code() == errc::provider_error);
  CHECK(found.retry_after() == 2s);
  CHECK(found.detail() == "m");
  CHECK(found.provider_code() == "429");
}
