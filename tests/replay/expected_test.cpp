// The judge judged: what the independent reader finds, and that a difference is reported.

#include "replay/expected.hpp"
#include "catch.hpp"

using namespace cohedge;
using cohedge::tests::expected;
using cohedge::tests::outcome;
using cohedge::tests::recording;

namespace {

recording of(std::string surface, std::string framing, std::string body, int status = 200) {
  recording one;
  one.surface = std::move(surface);
  one.framing = std::move(framing);
  one.status = status;
  one.body = std::move(body);
  return one;
}

// An answer that is as it should be, to be spoiled in one point.
struct pair_of {
  expected want;
  outcome got;

  pair_of() {
    auto& said = want.choices.emplace_back();
    said.text = "text";
    said.reasoning = "thought";
    said.calls.push_back({"id", "name", R"({"a": 1})"});
    said.finish = "tool_use";
    said.why = finish_reason::tool_calls;
    said.closed.emplace_back().signature = "proof";
    want.usage = {1, 2, 3, 0, 0, 0, true};
    want.arguments_are_objects = true;

    auto& ours = got.answer.emplace().at(0);
    ours.text = "text";
    ours.reasoning = "thought";
    ours.tool_calls.push_back({"id", "name", R"({"a":1})"});
    ours.finish_text = "tool_use";
    ours.finish = finish_reason::tool_calls;
    ours.reasoning_items.emplace_back().signature = "proof";
    got.answer->usage() = want.usage;
  }
};

}  // namespace

TEST_CASE("equal answers have no difference, and any one point that differs is reported", "[replay]") {
  CHECK(tests::compare(pair_of{}.want, pair_of{}.got) == "");
  struct row {
    const char* what;
    void (*spoil)(choice& said, usage& counts);
    const char* report;
  };
  const row rows[]{
      {"text", [](choice& said, usage&) { said.text = "test"; }, "text differs at byte 2"},
      {"reasoning", [](choice& said, usage&) { said.reasoning += "s"; }, "reasoning differs at byte 7"},
      {"refusal", [](choice& said, usage&) { said.refusal = "no"; }, "refusal differs"},
      {"call's id", [](choice& said, usage&) { said.tool_calls[0].id = "jd"; }, "id differs"},
      {"call's name", [](choice& said, usage&) { said.tool_calls[0].name = ""; }, "name differs"},
      {"arguments", [](choice& said, usage&) { said.tool_calls[0].arguments = "{}"; }, "arguments differs"},
      {"one call more", [](choice& said, usage&) { said.tool_calls.emplace_back(); }, "number of tool calls"},
      {"word", [](choice& said, usage&) { said.finish_text = "tool"; }, "finish differs"},
      {"class", [](choice& said, usage&) { said.finish = finish_reason::stop; }, "class of finish"},
      {"signature", [](choice& said, usage&) { said.reasoning_items[0].signature = ""; }, "signature differs"},
      {"no item", [](choice& said, usage&) { said.reasoning_items.clear(); }, "is missing"},
      {"input", [](choice&, usage& counts) { counts.input = 2; }, "usage.input"},
      {"cached", [](choice&, usage& counts) { counts.cached = 1; }, "usage.cached"},
      {"reported", [](choice&, usage& counts) { counts.reported = false; }, "usage: reported or not"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.what);
    pair_of both;
    each.spoil(both.got.answer->at(0), both.got.answer->usage());
    const auto found = tests::compare(both.want, both.got);
    CAPTURE(found);
    CHECK(found.find(each.report) != std::string::npos);
  }
}

TEST_CASE("an error where none is due, of another class, or without the provider's text is reported", "[replay]") {
  pair_of both;
  both.got.failure = error{errc::http_status, error_class::quota, "no money"};
  CHECK(tests::compare(both.want, both.got).starts_with("error: "));
  expected due;
  due.failed = true;
  due.kind = error_class::quota;
  due.why = "no money";
  outcome got;
  CHECK(tests::compare(due, got) == "no error, but one is due");
  got.failure = both.got.failure;
  CHECK(tests::compare(due, got) == "");
  due.wait = std::chrono::seconds{3};
  CHECK(tests::compare(due, got) == "it does not say how long to wait");
  due.why = "no key";
  CHECK(tests::compare(due, got) == "the message lacks: no key");
  due.kind = error_class::credential;
  CHECK(tests::compare(due, got) == "class quota, want credential");
}

TEST_CASE("vectors, lists and counts that differ are reported", "[replay]") {
  expected want;
  want.vectors = {{1.0F, 0.5F}};
  outcome got;
  got.vectors.emplace().vectors = {{1.0F, 0.5F}};
  CHECK(tests::compare(want, got) == "");
  got.vectors->vectors[0][1] = 0.51F;
  CHECK(tests::compare(want, got).starts_with("vector 0 at 1"));
  got.vectors->vectors[0].pop_back();
  CHECK(tests::compare(want, got).starts_with("vector 0 length"));

  want.models.emplace_back().id = "m";
  got = {};
  got.models.emplace();
  CHECK(tests::compare(want, got).starts_with("number of models"));
  got.models->models.emplace_back().id = "n";
  CHECK(tests::compare(want, got).starts_with("model 0 id"));

  want.count = 3;
  got = {};
  got.count = 4;
  CHECK(tests::compare(want, got) == "count: want 3, got 4");
}

TEST_CASE("a call without an id on the wire must get one of its own", "[replay]") {
  pair_of both;
  both.want.choices[0].calls[0].id = "";
  CHECK(tests::compare(both.want, both.got) == "");
  both.got.answer->at(0).tool_calls[0].id = "";
  CHECK(tests::compare(both.want, both.got).find("none was made") != std::string::npos);
  both.want.choices[0].calls.push_back(both.want.choices[0].calls[0]);
  both.got.answer->at(0).tool_calls[0].id = "same";
  both.got.answer->at(0).tool_calls.push_back(both.got.answer->at(0).tool_calls[0]);
  CHECK(tests::compare(both.want, both.got).find("not unique") != std::string::npos);
}

TEST_CASE("the independent reader takes the recorded framings apart", "[replay]") {
  const auto sse = tests::read_independently(
      of("gemini.streamGenerateContent", "sse",
         "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\n"
         "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n"));
  REQUIRE(sse.choices.size() == 1);
  CHECK(sse.choices[0].text == "ab");
  CHECK(sse.choices[0].why == finish_reason::stop);

  const auto array = tests::read_independently(
      of("gemini.streamGenerateContent", "json-array", R"([{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},
         {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":1}}}]},"finishReason":1}],
          "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3,"totalTokenCount":6}}])"));
  REQUIRE(array.choices.size() == 1);
  CHECK(array.choices[0].text == "a");
  CHECK(array.choices[0].why == finish_reason::tool_calls);
  CHECK(array.choices[0].calls.at(0).arguments == R"({"x":1})");
  CHECK(array.usage.output == 5);

  const auto lines = tests::read_independently(
      of("ollama.chat", "ndjson",
         "{\"message\":{\"content\":\"a\"}}\n{\"message\":{\"content\":\"b\"},\"done_reason\":\"length\"}\n"));
  CHECK(lines.choices.at(0).text == "ab");
  CHECK(lines.choices.at(0).why == finish_reason::length);

  // One frame: total length 69, headers 26 (":event-type" = "messageStop"), then the payload; no checksum is looked at.
  std::string frame{
      "\0\0\0\x45\0\0\0\x1a\0\0\0\0\x0b:event-type\x07\0\x0bmessageStop{\"stopReason\":\"max_tokens\"}\0\0\0\0", 69};
  const auto framed = tests::read_independently(of("bedrock.converse-stream", "aws-eventstream", frame));
  CHECK(framed.choices.at(0).finish == "max_tokens");
}

TEST_CASE("cached tokens count as input, for Anthropic too", "[replay]") {
  const auto found = tests::read_independently(
      of("anthropic.messages", "json",
         R"({"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn","usage":
      {"input_tokens":1,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":4}})"));
  CHECK(found.usage == usage{321, 4, 325, 300, 20, 0, true});
}

TEST_CASE("an answer without content is a failure, unless it was cut short", "[replay]") {
  const auto gemini = [](const std::string& finish) {
    return tests::read_independently(
        of("gemini.generateContent", "json", R"({"candidates":[{"content":{},"finishReason":")" + finish + R"("}]})"));
  };
  CHECK(gemini("STOP").kind == error_class::pre_content);
  CHECK(gemini("SAFETY").kind == error_class::content_policy);
  CHECK_FALSE(gemini("MAX_TOKENS").failed);
}
