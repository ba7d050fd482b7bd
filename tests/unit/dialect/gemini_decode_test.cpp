#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;

namespace {

const surface& api() { return gemini_generate_content(); }

std::string failed_as(std::string_view body) {
  const auto got = decode_whole(api(), body);
  if (got) return "none";
  return std::string{to_string(got.error().code())} + "/" + std::string{to_string(got.error().kind())} + "/" +
         std::string{got.error().provider_code()};
}

}  // namespace

TEST_CASE("gemini: a whole answer", "[dialect][decode][gemini]") {
  const auto got = decode_whole(api(), R"({
    "candidates": [
      {"content": {"parts": [{"text": "hm", "thought": true}, {"text": "a"}, {"text": "b"},
                             {"functionCall": {"name": "f", "args": {"x": 1}}, "thoughtSignature": "s"}], "role": "model"},
       "finishReason": "STOP", "index": 0, "avgLogprobs": -0.1},
      {"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 1}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4, "totalTokenCount": 7, "trafficType": "ON_DEMAND"},
    "modelVersion": "gemini-x", "responseId": "r"
  })");
  REQUIRE(got);
  const auto& answer = got.value();
  CHECK(answer.text() == "ab");
  CHECK(answer.reasoning() == "hm");
  REQUIRE(answer.tool_calls().size() == 1);
  CHECK(answer.tool_calls()[0] == tool_call{"call_0", "f", R"({"x": 1})", false, "s"});
  CHECK(answer.finish() == finish_reason::tool_calls);
  REQUIRE(answer.choices().size() == 2);
  CHECK(answer.choices()[1].finish == finish_reason::length);
  CHECK(answer.usage().output == 4);
  CHECK(answer.model() == "gemini-x");
  CHECK(answer.id() == "r");
  CHECK(answer.service_tier() == "ON_DEMAND");
}

TEST_CASE("gemini: finish reasons, in words and in old numbers", "[dialect][decode][gemini]") {
  const auto finish = [](const std::string& word) {
    const auto got = decode_whole(api(), R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":)" + word + "}]}");
    REQUIRE(got);
    return std::string{to_string(got.value().finish())} + " " + got.value().choices()[0].finish_text;
  };
  CHECK(finish("\"STOP\"") == "stop STOP");
  CHECK(finish("1") == "stop STOP");
  CHECK(finish("2") == "length MAX_TOKENS");
  CHECK(finish("3") == "content_filter SAFETY");
  CHECK(finish("4") == "content_filter RECITATION");
  CHECK(finish("5") == "other OTHER");
  CHECK(finish("8") == "content_filter 8");
  CHECK(finish("12") == "other 12");
  CHECK(finish("\"LANGUAGE\"") == "content_filter LANGUAGE");
  CHECK(finish("\"NEW_ONE\"") == "other NEW_ONE");
  CHECK(finish("null") == "none ");
  CHECK(finish("0") == "none ");
}

TEST_CASE("gemini: answers that are none", "[dialect][decode][gemini]") {
  CHECK(failed_as(R"({"promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"no"},"usageMetadata":{"promptTokenCount":1}})") ==
        "provider error/content_policy/SAFETY");
  CHECK(failed_as(R"({"promptFeedback":{"blockReason":2}})") == "provider error/content_policy/2");
  CHECK(failed_as(R"({"candidates":[{"finishReason":"MODEL_ARMOR","finishMessage":"x"}]})") ==
        "provider error/content_policy/MODEL_ARMOR");
  CHECK(failed_as(R"({"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}]})") == "empty answer/pre_content/");
  CHECK(failed_as(R"({"candidates":[]})") == "empty answer/pre_content/");
  CHECK(failed_as(R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})") ==
        "provider error/rate_limited/RESOURCE_EXHAUSTED");
  CHECK(failed_as(R"([{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}])") == "provider error/transient/UNAVAILABLE");
  CHECK(failed_as("{}") == "malformed answer/pre_content/");
  CHECK(failed_as(R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]} x)") == "malformed answer/pre_content/");
  CHECK(failed_as("") == "empty answer/pre_content/");
  // Thinking took all the tokens: a deliberate end, not a failure.
  CHECK(failed_as(R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}]})") == "none");
}

TEST_CASE("gemini: models, with what follows", "[dialect][decode][gemini]") {
  CHECK(api().encode_models("").value().target_suffix == "/models?pageSize=1000");
  CHECK(api().encode_models("a/b=").value().target_suffix == "/models?pageSize=1000&pageToken=a%2Fb%3D");
  const auto got = api().decode_models(
      R"({"models":[{"name":"models/g-1","displayName":"G 1","inputTokenLimit":1048576,"outputTokenLimit":65536}],"nextPageToken":"t"})");
  REQUIRE(got);
  REQUIRE(got.value().models.size() == 1);
  const auto& one = got.value().models[0];
  CHECK(one.id == "g-1");
  CHECK(one.name == "G 1");
  CHECK(one.context_window == 1048576);
  CHECK(one.max_output == 65536);
  CHECK(got.value().next_page == "t");
  CHECK(api().decode_models("{}").value().models.empty());
  CHECK_FALSE(api().decode_models(R"({"models":[{}]})"));
  CHECK(vertex_generate_content().encode_models("").error().code() == errc::unsupported);
}

TEST_CASE("gemini: vectors and counts", "[dialect][decode][gemini]") {
  const auto several = api().decode_embeddings(R"({"embeddings":[{"values":[0.5,-1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":5}})");
  REQUIRE(several);
  CHECK(several.value().vectors == std::vector<std::vector<float>>{{0.5F, -1.0F}, {2.0F}});
  CHECK(several.value().usage.input == 5);
  const auto one = vertex_generate_content().decode_embeddings(R"({"embedding":{"values":[1e-3]}})");
  REQUIRE(one);
  CHECK(one.value().vectors == std::vector<std::vector<float>>{{0.001F}});
  for (const auto* wrong : {"{}", R"({"embedding":{}})", R"({"embeddings":[{"values":["a"]}]})", R"({"embeddings":[]})", "[", ""})
    CHECK(api().decode_embeddings(wrong).error().code() == errc::malformed_answer);
  CHECK(api().decode_embeddings(R"({"error":{"code":429,"message":"m"}})").error().kind() == error_class::rate_limited);
  CHECK(api().decode_count(R"({"totalTokens":9})").value() == 9);
  CHECK_FALSE(api().decode_count(R"({"totalTokens":"9"})"));
}
