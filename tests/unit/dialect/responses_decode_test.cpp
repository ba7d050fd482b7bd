#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;

namespace {

std::string response(const std::string& output, const std::string& status = "completed", const std::string& more = "") {
  return R"({"id":"resp_1","object":"response","status":")" + status + R"(","error":null,"model":"m1","output":[)" +
         output + R"(],"service_tier":"default")" + more + "}";
}

completion good(const std::string& body) {
  auto got = decode_whole(openai_responses(), body);
  if (!got) FAIL(got.error().message());
  return std::move(got).value();
}

std::string ended(const std::string& body) {
  const auto got = decode_whole(openai_responses(), body);
  if (got) return "none";
  return std::string{to_string(got.error().code())} + "/" + std::string{to_string(got.error().kind())};
}

const std::string said = R"({"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}]})";

}  // namespace

TEST_CASE("responses: an ordinary answer", "[dialect][decode]") {
  const auto whole = good(response(
      said, "completed",
      R"(,"incomplete_details":null,"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},)"
      R"("output_tokens":12,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":21})"));
  CHECK(whole.text() == "Hi");
  CHECK(whole.finish() == finish_reason::stop);
  CHECK(whole.choices()[0].finish_text == "completed");
  CHECK(whole.model() == "m1");
  CHECK(whole.id() == "resp_1");
  CHECK(whole.service_tier() == "default");
  usage want;
  want.input = 9;
  want.output = 12;
  want.total = 21;
  want.cached = 4;
  want.cache_written = 2;
  want.reasoning = 5;
  want.reported = true;
  CHECK(whole.usage() == want);
}

TEST_CASE("responses: reasoning, calls and text in any order of members", "[dialect][decode]") {
  const auto whole = good(response(
      R"({"encrypted_content":"E1","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"type":"reasoning"},)"
      R"({"arguments":"{\"x\":1}","call_id":"c1","id":"fc_1","name":"f","status":"completed","type":"function_call"},)"
      R"({"type":"reasoning","id":"rs_2","summary":[],"content":[{"type":"reasoning_text","text":"c"}]},)"
      R"({"type":"function_call","name":"g","arguments":"{\"y"})"));
  CHECK(whole.finish() == finish_reason::tool_calls);
  CHECK(whole.reasoning() == "a\n\nbc");
  const auto& items = whole.choices()[0].reasoning_items;
  REQUIRE(items.size() == 2);
  CHECK(items[0] == reasoning_item{"rs_1", "a\n\nb", "", "E1", 0});
  CHECK(items[1] == reasoning_item{"rs_2", "c", "", "", 1});
  REQUIRE(whole.tool_calls().size() == 2);
  CHECK(whole.tool_calls()[0].id == "c1");
  CHECK(whole.tool_calls()[0].arguments == R"({"x":1})");
  CHECK(whole.tool_calls()[1].id == "call_1");
  CHECK(whole.tool_calls()[1].truncated);
  // An item that says nothing is none.
  CHECK(good(response(R"({"type":"reasoning","id":"rs","summary":[]},)" + said)).choices()[0].reasoning_items.empty());
}

TEST_CASE("responses: refusal, sources, pictures, log probabilities, what only this API has", "[dialect][decode]") {
  const auto refused = good(response(R"({"type":"message","content":[{"type":"refusal","refusal":"No."}]})"));
  CHECK(refused.refusal() == "No.");
  CHECK(refused.finish() == finish_reason::stop);
  const auto cited = good(response(
      R"({"type":"web_search_call","id":"ws","action":{"query":"q"}},)"
      R"({"type":"message","content":[{"type":"output_text","text":"x","logprobs":[{"token":"x"}],"annotations":[{"type":"url_citation","url":"u","title":"t","start_index":0}]}]})"));
  REQUIRE(cited.choices()[0].citations.size() == 1);
  CHECK(cited.choices()[0].citations[0].url == "u");
  CHECK(cited.choices()[0].citations[0].title == "t");
  CHECK(cited.choices()[0].logprobs == R"([{"token":"x"}])");
  const auto drawn = good(response(R"({"type":"image_generation_call","result":"AQI=","output_format":"webp"})"));
  REQUIRE(drawn.choices()[0].media.size() == 1);
  CHECK(drawn.choices()[0].media[0].media_type() == "image/webp");
  CHECK(drawn.choices()[0].media[0].bytes() == "\x01\x02");
}

TEST_CASE("responses: how it ends", "[dialect][decode]") {
  const auto cut = good(response(said, "incomplete", R"(,"incomplete_details":{"reason":"max_output_tokens"})"));
  CHECK(cut.finish() == finish_reason::length);
  CHECK(cut.choices()[0].finish_text == "max_output_tokens");
  CHECK(good(response("", "incomplete", R"(,"incomplete_details":{"reason":"max_output_tokens"})")).finish() ==
        finish_reason::length);
  CHECK(good(response(said, "incomplete", R"(,"incomplete_details":{"reason":"content_filter"})")).finish() ==
        finish_reason::content_filter);
  CHECK(ended(response("", "incomplete", R"(,"incomplete_details":{"reason":"content_filter"})")) ==
        "provider error/content_policy");
  CHECK(good(R"({"output":[)" + said + "]}").finish() == finish_reason::stop);
  CHECK(ended(response("")) == "empty answer/pre_content");
  CHECK(ended(response("", "in_progress")) == "empty answer/pre_content");
  CHECK(ended(response(said, "cancelled")) == "provider error/pre_content");
}

TEST_CASE("responses: errors inside a 200, and what cannot be read", "[dialect][decode]") {
  CHECK(ended(R"({"id":"r","status":"failed","error":{"code":"server_error","message":"m"},"output":[]})") ==
        "provider error/transient");
  CHECK(ended(R"({"id":"r","status":"failed","error":{"code":"rate_limit_exceeded","message":"m"},"output":[]})") ==
        "provider error/rate_limited");
  CHECK(ended(R"({"error":{"code":429,"message":"slow"}})") == "provider error/rate_limited");
  CHECK(ended(R"({"detail":"Invalid API key"})") == "provider error/credential");
  for (const char* body : {"<html></html>", "{", "{}", "[]", "7", R"({"choices":[]})", R"({"output":[7]})",
                           R"({"output":[],"status":"completed"}{)", R"({"output":[{"type":"message","content":[{"text":"x}]}]})"}) {
    CAPTURE(body);
    CHECK(ended(body) == "malformed answer/pre_content");
  }
  std::string calls;
  for (int i = 0; i < 257; ++i) calls += (i ? "," : "") + std::string{R"({"type":"function_call","name":"f","call_id":"c"})"};
  CHECK(ended(response(calls)) == "limit exceeded/pre_content");
}
