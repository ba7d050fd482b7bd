#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;

namespace {

std::string answer(const std::string& content, const std::string& why = "end_turn") {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[)" + content +
         R"(],"stop_reason":")" + why +
         R"(","stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":3,)"
         R"("cache_read_input_tokens":4,"cache_creation":{"ephemeral_5m_input_tokens":3},"output_tokens":9,)"
         R"("output_tokens_details":{"thinking_tokens":2},"service_tier":"priority"}})";
}

completion good(const std::string& body) {
  auto got = decode_whole(anthropic_messages(), body);
  if (!got) FAIL(got.error().message());
  return std::move(got).value();
}

std::string ended(const std::string& body) {
  const auto got = decode_whole(anthropic_messages(), body);
  if (got) return "none";
  return std::string{to_string(got.error().code())} + "/" + std::string{to_string(got.error().kind())};
}

}  // namespace

TEST_CASE("anthropic whole: text, thinking, calls", "[dialect][decode][anthropic]") {
  const auto whole = good(answer(
      R"({"type":"thinking","thinking":"hm\n","signature":"s1"},{"type":"redacted_thinking","data":"sealed"},)"
      R"({"type":"text","text":"Hi "},{"signature":"s2","thinking":"more","type":"thinking"},{"type":"text","text":"\u00e9"},)"
      R"({"type":"tool_use","id":"t1","name":"look","input":{"x": [1, "}"]},"caller":{"type":"direct"}},)"
      R"({"name":"stop","input":{},"type":"tool_use","id":"t2"})",
      "tool_use"));
  CHECK(whole.text() == "Hi \xC3\xA9");
  CHECK(whole.reasoning() == "hm\nmore");
  const std::vector<reasoning_item> items{
      {"", "hm\n", "s1", "", 0}, {"", "", "", "sealed", 0}, {"", "more", "s2", "", 0}};
  CHECK(whole.choices()[0].reasoning_items == items);
  const std::vector<tool_call> calls{{"t1", "look", R"({"x": [1, "}"]})", false}, {"t2", "stop", "{}", false}};
  CHECK(whole.tool_calls() == calls);
  CHECK(whole.finish() == finish_reason::tool_calls);
  CHECK(whole.model() == "claude-x");
  CHECK(whole.id() == "msg_1");
  CHECK(whole.service_tier() == "priority");
  usage want;
  want.input = 17;
  want.output = 9;
  want.total = 26;
  want.cached = 4;
  want.cache_written = 3;
  want.reasoning = 2;
  want.reported = true;
  CHECK(whole.usage() == want);
}

TEST_CASE("anthropic whole: an answer goes back as the turn it was", "[dialect][decode][anthropic]") {
  const auto whole = good(answer(R"({"type":"thinking","thinking":"hm","signature":"s1"},{"type":"text","text":"Hi"},)"
                                 R"({"type":"tool_use","id":"t1","name":"look","input":{"x":1}})"));
  chat_request next{"go"};
  next.add(whole.choices()[0].as_message()).tool_result("t1", "seen");
  const auto out = anthropic_messages().encode(next, "m", false, {});
  REQUIRE(out);
  CHECK(out.value().body.find(
            R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s1"},{"type":"text",)"
            R"("text":"Hi"},{"type":"tool_use","id":"t1","name":"look","input":{"x":1}}]})") != std::string::npos);
}

TEST_CASE("anthropic whole: citations follow their text", "[dialect][decode][anthropic]") {
  const std::string web =
      R"({"type":"web_search_result_location","url":"https://x.test","title":"X","cited_text":"a"})";
  const std::string page = R"({"type":"page_location","document_title":"D","document_index":0,"file_id":"f"})";
  const auto whole = good(answer(R"({"citations":[)" + web + "," + page +
                                 R"(],"type":"text","text":"Hi"},)"
                                 R"({"type":"text","text":"!","citations":null})"));
  CHECK(whole.text() == "Hi!");
  const auto& cited = whole.choices()[0].citations;
  REQUIRE(cited.size() == 2);
  CHECK(cited[0].url == "https://x.test");
  CHECK(cited[0].title == "X");
  CHECK(cited[0].raw == web);
  CHECK(cited[1].url == "f");
  CHECK(cited[1].title == "D");
  const auto streamed =
      tests::run_stream(anthropic_messages(), answer(R"({"citations":[)" + web + R"(],"type":"text","text":"Hi"})"));
  REQUIRE(streamed.deltas.size() >= 2);
  CHECK(streamed.deltas[0] == "text Hi");
  CHECK(streamed.deltas[1].starts_with("cites https://x.test X {"));
}

TEST_CASE("anthropic whole: blocks of other kinds", "[dialect][decode][anthropic]") {
  const auto whole =
      good(answer(R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"w"}},)"
                  R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"Hi"})"));
  CHECK(whole.text() == "Hi");
  CHECK(whole.tool_calls().empty());
}

TEST_CASE("anthropic whole: failures", "[dialect][decode][anthropic]") {
  CHECK(ended(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"})") ==
        "provider error/overloaded");
  CHECK(
      ended(
          R"({"type":"message","content":[{"type":"text","text":"Hi"}],"error":{"type":"api_error","message":"x"}})") ==
      "provider error/transient");
  CHECK(ended(answer("", "refusal")) == "provider error/content_policy");
  CHECK(ended(answer("", "end_turn")).starts_with("empty answer"));
  CHECK(ended(answer("", "max_tokens")) == "none");
  CHECK(ended(R"({"type":"completion","completion":"Hi","stop_reason":"stop_sequence"})").starts_with("malformed"));
  CHECK(ended(answer("1")).starts_with("malformed"));
  CHECK(ended(answer(R"({"type":"text","text":"Hi"})") + "x").starts_with("malformed"));
  CHECK(ended("[]").starts_with("malformed"));
  CHECK(good(R"({"type":"message","content":[{"type":"text","text":"Hi"}],"error":null,"stop_reason":null})").text() ==
        "Hi");
}

TEST_CASE("anthropic: what its error statuses mean", "[dialect][decode][anthropic]") {
  const auto kind = [](int status, const std::string& type, const std::string& text) {
    const auto body =
        R"({"type":"error","error":{"type":")" + type + R"(","message":")" + text + R"("},"request_id":"r9"})";
    const auto why = anthropic_messages().classify(status, {}, body);
    CHECK(why.request_id() == "r9");
    return why.kind();
  };
  CHECK(kind(400, "invalid_request_error", "temperature: range: 0..1") == error_class::caller_fault);
  CHECK(kind(400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum") ==
        error_class::context_window);
  CHECK(kind(400, "invalid_request_error", "Your credit balance is too low") == error_class::quota);
  CHECK(kind(401, "authentication_error", "invalid x-api-key") == error_class::credential);
  CHECK(kind(402, "billing_error", "x") == error_class::quota);
  CHECK(kind(403, "permission_error", "x") == error_class::credential);
  CHECK(kind(404, "not_found_error", "model: x") == error_class::model_gone);
  CHECK(kind(413, "request_too_large", "x") == error_class::caller_fault);
  CHECK(kind(429, "rate_limit_error", "x") == error_class::rate_limited);
  CHECK(kind(500, "api_error", "x") == error_class::transient);
  CHECK(kind(504, "timeout_error", "x") == error_class::transient);
  CHECK(kind(529, "overloaded_error", "Overloaded") == error_class::overloaded);
}

TEST_CASE("anthropic: models and token counts", "[dialect][decode][anthropic]") {
  const auto models = [](const std::string& body) {
    const auto memory = tests::padded(body);
    return anthropic_messages().decode_models({memory.data(), body.size()});
  };
  const auto list = models(
      R"({"data":[{"type":"model","id":"a","display_name":"A","created_at":"2025-11-24T00:00:00Z","max_input_tokens":1000000,)"
      R"("max_tokens":64000,"capabilities":{}},{"id":"b"}],"has_more":true,"first_id":"a","last_id":"b"})");
  REQUIRE(list);
  REQUIRE(list.value().models.size() == 2);
  const auto& first = list.value().models[0];
  CHECK(first.id == "a");
  CHECK(first.name == "A");
  CHECK(first.created == 1763942400);
  CHECK(first.context_window == 1000000);
  CHECK(first.max_output == 64000);
  CHECK(list.value().models[1].created == 0);
  CHECK(list.value().next_page == "b");
  CHECK(models(R"({"data":[],"has_more":false,"last_id":null})").value().next_page.empty());
  CHECK(models(R"({"data":{}})").error().code() == errc::malformed_answer);
  CHECK(models(R"({"data":[{"id":""}]})").error().code() == errc::malformed_answer);
  CHECK(models(R"({"error":{"type":"authentication_error","message":"no"}})").error().kind() ==
        error_class::credential);

  const auto count = [](std::string_view body) { return anthropic_messages().decode_count(body); };
  CHECK(count(R"({"input_tokens":43})").value() == 43);
  CHECK(count(R"({"input_tokens":"43"})").error().code() == errc::malformed_answer);
  CHECK(count("<html>").error().code() == errc::malformed_answer);
}

TEST_CASE("anthropic: health", "[dialect][decode][anthropic]") {
  CHECK(anthropic_messages().check().target_suffix == "/v1/models?limit=1");
  CHECK(anthropic_messages().check_answer(200, {}, "{}"));
  CHECK(anthropic_messages().check_answer(400, {}, "{}").error().kind() == error_class::caller_fault);
  // Vertex has nothing that costs nothing: a request that must be refused tells as much.
  const auto vertex = [](int status, std::string_view body) {
    return anthropic_vertex().check_answer(status, {}, body);
  };
  CHECK(vertex(400, R"({"type":"error","error":{"type":"invalid_request_error","message":"model: Field required"}})"));
  CHECK(
      vertex(
          400,
          R"([{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}])")
          .error()
          .kind() == error_class::credential);
  CHECK(vertex(401, "{}").error().kind() == error_class::credential);
  CHECK(vertex(429, "{}").error().kind() == error_class::rate_limited);
}
