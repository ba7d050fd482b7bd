#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;

namespace {

std::string answer(const std::string& message, const std::string& finish = "stop", const std::string& more = "") {
  return R"({"id":"c1","object":"chat.completion","model":"m1","choices":[{"index":0,"message":{"role":"assistant",)" +
         message + R"(},"logprobs":null,"finish_reason":")" + finish + "\"}]" + more + "}";
}

completion good(const std::string& body, const surface& api = openai_chat()) {
  auto got = decode_whole(api, body);
  if (!got) FAIL(got.error().message());
  return std::move(got).value();
}

std::string ended(const std::string& body, const surface& api = openai_chat()) {
  const auto got = decode_whole(api, body);
  if (got) return "none";
  return std::string{to_string(got.error().code())} + "/" + std::string{to_string(got.error().kind())};
}

}  // namespace

TEST_CASE("whole: an ordinary answer", "[dialect][decode]") {
  const auto whole = good(answer(R"("content":"Hi \u00e9\n","refusal":null,"annotations":[])", "stop",
                                 R"(,"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,)"
                                 R"("prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0,"cache_write_tokens":3},)"
                                 R"("completion_tokens_details":{"reasoning_tokens":5,"accepted_prediction_tokens":0}},)"
                                 R"("system_fingerprint":"f")"));
  CHECK(whole.text() == "Hi \xC3\xA9\n");
  CHECK(whole.finish() == finish_reason::stop);
  CHECK(whole.choices()[0].finish_text == "stop");
  CHECK(whole.model() == "m1");
  CHECK(whole.id() == "c1");
  usage want;
  want.input = 9;
  want.output = 12;
  want.total = 21;
  want.cached = 4;
  want.cache_written = 3;
  want.reasoning = 5;
  want.reported = true;
  CHECK(whole.usage() == want);
}

TEST_CASE("whole: token counts as providers spell them", "[dialect][decode]") {
  const auto counts = [](const std::string& members) {
    return good(answer(R"("content":"x")", "stop", R"(,"usage":{)" + members + "}")).usage();
  };
  CHECK(counts(R"("prompt_tokens":5,"completion_tokens":2,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":1)").cached == 4);
  CHECK(counts(R"("prompt_tokens":5,"cache_read_input_tokens":3,"cache_creation_input_tokens":2)").cached == 3);
  CHECK(counts(R"("prompt_tokens":5,"cache_read_input_tokens":3,"cache_creation_input_tokens":2)").cache_written == 2);
  CHECK(counts(R"("prompt_tokens":5,"cached_tokens":3)").cached == 3);
  CHECK(counts(R"("prompt_tokens":5,"reasoning_tokens":3)").reasoning == 3);
  CHECK(counts(R"("prompt_tokens":5,"completion_tokens":2)").total == 7);
  // xAI leaves reasoning out of completion_tokens, OpenAI does not; the total tells.
  CHECK(counts(R"("prompt_tokens":5,"completion_tokens":2,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":10})").output == 12);
  CHECK(counts(R"("prompt_tokens":5,"completion_tokens":12,"total_tokens":17,"completion_tokens_details":{"reasoning_tokens":10})").output == 12);
  // What is no count was not said.
  CHECK(counts(R"("prompt_tokens":null,"completion_tokens":-1,"total_tokens":"9","prompt_tokens_details":null)").total == 0);
  CHECK(counts(R"("completion_tokens":2.5,"prompt_tokens":5)").input == 5);
  CHECK_FALSE(good(answer(R"("content":"x")", "stop", R"(,"usage":null)")).usage().reported);
  CHECK_FALSE(good(answer(R"("content":"x")")).usage().reported);
}

TEST_CASE("whole: reasoning, refusal, parts, objects", "[dialect][decode]") {
  CHECK(good(answer(R"("content":null,"reasoning":"r")")).reasoning() == "r");
  CHECK(good(answer(R"("content":"a","reasoning_content":"r","reasoning":"r")")).reasoning() == "r");
  CHECK(good(answer(R"("content":null,"refusal":"no")")).refusal() == "no");
  const auto parts = good(answer(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"},{"type":"text","text":"b"}])"));
  CHECK(parts.text() == "ab");
  CHECK(parts.reasoning() == "hm");
  // Cloudflare sends structured output as an object.
  CHECK(good(answer(R"("content":{"title":"T","n":[1, 2]})")).text() == R"({"title":"T","n":[1, 2]})");
}

TEST_CASE("whole: tool calls", "[dialect][decode]") {
  const auto whole = good(answer(
      R"("content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{\"y"}},{"id":"c","function":{"name":"h","arguments":""}}])",
      "tool_calls"));
  REQUIRE(whole.tool_calls().size() == 3);
  CHECK(whole.tool_calls()[0].arguments == R"({"x":1})");
  CHECK_FALSE(whole.tool_calls()[0].truncated);
  CHECK(whole.tool_calls()[1].truncated);
  CHECK(whole.tool_calls()[1].name == "g");
  CHECK_FALSE(whole.tool_calls()[2].truncated);
  CHECK(whole.finish() == finish_reason::tool_calls);
  const auto old = good(answer(R"("content":null,"function_call":{"name":"f","arguments":"{}"})", "function_call"));
  REQUIRE(old.tool_calls().size() == 1);
  CHECK(old.tool_calls()[0].name == "f");
  // Snowflake's empty members are no call.
  CHECK(good(answer(R"("content":"x","function_call":{"name":"","arguments":""},"audio":{"id":"","data":""})")).tool_calls().empty());
}

TEST_CASE("whole: choices in any order, and an answer without a finish reason", "[dialect][decode]") {
  const auto whole = good(R"({"choices":[{"index":1,"message":{"content":"b"},"finish_reason":"length"},{"message":{"content":"a"},"finish_reason":"","index":0}]})");
  REQUIRE(whole.choices().size() == 2);
  CHECK(whole.text() == "a");
  CHECK(whole.finish() == finish_reason::none);
  CHECK(whole.choices()[1].text == "b");
  CHECK(whole.choices()[1].finish == finish_reason::length);
  CHECK(good(answer(R"("content":"x")", "eos")).finish() == finish_reason::stop);
  CHECK(good(answer(R"("content":"x")", "odd")).finish() == finish_reason::other);
  CHECK(good(answer(R"("content":"x")", "odd")).choices()[0].finish_text == "odd");
}

TEST_CASE("whole: white space and a byte order mark around the body", "[dialect][decode]") {
  CHECK(good("\n         \n\n" + answer(R"("content":"x")") + "\n").text() == "x");
  CHECK(good("\xEF\xBB\xBF" + answer(R"("content":"x")")).text() == "x");
}

TEST_CASE("whole: an empty delta beside the message", "[dialect][decode]") {
  for (const char* body : {R"({"choices":[{"message":{"content":"x"},"delta":{"role":"assistant","content":""}}]})",
                           R"({"choices":[{"delta":{"content":""},"message":{"content":"x"}}]})"})
    CHECK(good(body).text() == "x");
}

TEST_CASE("whole: nothing in it", "[dialect][decode]") {
  CHECK(ended("") == "empty answer/pre_content");
  CHECK(ended(" \n ") == "empty answer/pre_content");
  CHECK(ended(R"({"choices":[]})") == "empty answer/pre_content");
  CHECK(ended(answer(R"("content":"")")) == "empty answer/pre_content");
  CHECK(ended(answer(R"("content":null)")) == "empty answer/pre_content");
  CHECK(ended(answer(R"("content":"")", "length")) == "none");
  CHECK(ended(answer(R"("content":"")", "content_filter")) == "provider error/content_policy");
  CHECK(ended(R"({"choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{}}]})") ==
        "provider error/content_policy");
  CHECK(good(answer(R"("content":"some")", "content_filter")).finish() == finish_reason::content_filter);
}

TEST_CASE("whole: an error inside a 200", "[dialect][decode]") {
  CHECK(ended(R"({"error":{"code":429,"message":"slow"}})") == "provider error/rate_limited");
  CHECK(ended(R"({"error":{"code":402,"message":"pay"},"user_id":"u"})") == "provider error/quota");
  CHECK(ended(R"({"error":{"code":503,"message":"down"}})") == "provider error/transient");
  CHECK(ended(R"({"error":{"message":"what"}})") == "provider error/pre_content");
  CHECK(ended(R"({"error":"text"})") == "provider error/pre_content");
  CHECK(ended(R"({"object":"error","message":"m","code":404})") == "provider error/model_gone");
  CHECK(ended(R"({"detail":"Invalid API key"})") == "provider error/credential");
  CHECK(ended(R"([{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}])") == "provider error/rate_limited");
  CHECK(ended(R"({"choices":[{"index":0,"error":{"code":502,"message":"upstream"},"message":{"content":"x"}}]})") ==
        "provider error/transient");
  CHECK(ended(answer(R"("content":"half")", "error")) == "provider error/pre_content");
}

TEST_CASE("whole: what cannot be read", "[dialect][decode]") {
  for (const char* body : {"<html><title>502</title></html>", "Not Found", "{", "{}", "[]", "null", "7", "\"text\"",
                           R"({"choices":7})", R"({"choices":[{"message":{"content":"x"}}]}{)", R"({"data":[]})",
                           R"({"choices":[{"message":7}]})", R"({"choices":[{"message":{"content":"x}}]})",
                           "{\"choices\":[{\"message\":{\"content\":\"\xFF\"}}]}", "data: {}\n\n"}) {
    CAPTURE(body);
    CHECK(ended(body) == "malformed answer/pre_content");
  }
  CHECK(decode_whole(openai_chat(), "<html><title>502\n Bad</title>").error().detail() ==
        "not the JSON expected: a web page: 502 Bad");
}

TEST_CASE("whole: indices are bounded", "[dialect][decode]") {
  CHECK(ended(R"({"choices":[{"index":128,"message":{"content":"x"}}]})") == "limit exceeded/pre_content");
  CHECK(ended(R"({"choices":[{"index":4000000000,"message":{"content":"x"}}]})") == "limit exceeded/pre_content");
  CHECK(ended(answer(R"("tool_calls":[{"index":256,"function":{"name":"f"}}])")) == "limit exceeded/pre_content");
  // After a refused answer the next one is read as if nothing had been.
  CHECK(good(answer(R"("content":"x")")).choices().size() == 1);
}

TEST_CASE("whole: deep nesting is refused or skipped, never followed", "[dialect][decode]") {
  const std::string deep(5000, '[');
  CHECK(ended(R"({"choices":[{"message":{"content":)" + deep) == "malformed answer/pre_content");
  const auto nested = std::string(40, '[') + R"({"text":"x"})" + std::string(40, ']');
  CHECK(ended(answer(R"("content":[{"type":"thinking","thinking":)" + nested + "}]")) == "empty answer/pre_content");
}

TEST_CASE("legacy: whole answers", "[dialect][decode]") {
  const auto& api = legacy_completions();
  const auto whole = good(R"({"id":"c","model":"d","choices":[{"text":" ab","index":0,"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":8,"completion_tokens":16,"total_tokens":24}})", api);
  CHECK(whole.text() == " ab");
  CHECK(whole.finish() == finish_reason::length);
  CHECK(whole.usage().output == 16);
  CHECK(good(R"({ "choices": [ { "text": "a", "log_probs": null } ], "model": "p" })", api).text() == "a");
  CHECK(good(answer(R"("content":"chat")"), api).text() == "chat");  // gateways answer in the chat's shape
  CHECK(ended(R"({"choices":[{"text":"","finish_reason":"stop"}]})", api) == "empty answer/pre_content");
  CHECK(ended(R"({"choices":[{"text":7}]})", api) == "malformed answer/pre_content");
}
