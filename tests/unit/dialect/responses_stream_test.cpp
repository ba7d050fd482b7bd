#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::events;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

std::string event(const std::string& type, const std::string& members) {
  return R"({"type":"response.)" + type + R"(",)" + members + "}";
}
std::string added(int index, const std::string& item) {
  return event("output_item.added", R"("output_index":)" + std::to_string(index) + R"(,"item":{)" + item + "}");
}
std::string done(int index, const std::string& item) {
  return event("output_item.done", R"("output_index":)" + std::to_string(index) + R"(,"item":{)" + item + "}");
}
std::string more(const std::string& what, int index, const std::string& text) {
  return event(what + ".delta", R"("item_id":"x","output_index":)" + std::to_string(index) + R"(,"delta":")" + text + "\"");
}
const std::string created = event("created", R"("response":{"id":"resp_1","status":"in_progress","error":null,"model":"m1","output":[],"service_tier":"auto"})");
const std::string completed = event("completed", R"("response":{"id":"resp_1","status":"completed","error":null,"model":"m1","output":[],"usage":{"input_tokens":3,"output_tokens":2}})");

lines deltas(const std::vector<std::string>& all) {
  auto got = run_stream(openai_responses(), events(all));
  if (got.failure) got.deltas.push_back("error " + std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())});
  return got.deltas;
}

}  // namespace

TEST_CASE("responses: a stream of text", "[dialect][stream]") {
  const auto got = run_stream(
      openai_responses(),
      events({created, added(0, R"("type":"message","content":[])"), more("output_text", 0, "Hel"),
              more("output_text", 0, "lo"), event("output_text.done", R"("output_index":0,"text":"Hello")"),
              done(0, R"("type":"message","content":[{"type":"output_text","text":"Hello","annotations":[]}])"), completed,
              "[DONE]"}));
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"text Hel", "text lo", "finish stop", "usage 3 2"});
  CHECK(got.answer.text() == "Hello");
  CHECK(got.answer.id() == "resp_1");
  CHECK(got.answer.model() == "m1");
}

TEST_CASE("responses: a stream of reasoning and calls", "[dialect][stream]") {
  CHECK(deltas({created, added(0, R"("type":"reasoning","id":"rs1","summary":[])"),
                event("reasoning_summary_part.added", R"("output_index":0,"summary_index":0)"),
                more("reasoning_summary_text", 0, "hm"),
                event("reasoning_summary_part.added", R"("output_index":0,"summary_index":1)"),
                more("reasoning_summary_text", 0, "so"),
                done(0, R"("type":"reasoning","id":"rs1","summary":[{"text":"hm"},{"text":"so"}],"encrypted_content":"E1")"),
                added(1, R"("type":"function_call","id":"fc1","call_id":"c1","name":"f","arguments":"")"),
                more("function_call_arguments", 1, "{\\\"x\\\":"), more("function_call_arguments", 1, "1}"),
                event("function_call_arguments.done", R"("output_index":1,"arguments":"{\"x\":1}")"),
                done(1, R"("type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}")"),
                added(2, R"("type":"function_call","call_id":"c2","name":"g","arguments":"")"),
                event("function_call_arguments.done", R"("output_index":2,"arguments":"{}")"),
                done(2, R"("type":"function_call","call_id":"c2","name":"g","arguments":"{}")"), completed}) ==
        lines{"reasoning hm", "reasoning \n\n", "reasoning so", "reasoned rs1  E1", "call0 c1 f ", "args0 {\"x\":", "args0 1}",
              "end0", "call1 c2 g ", "args1 {}", "end1", "finish tool_calls", "usage 3 2"});
}

TEST_CASE("responses: what only the whole item says", "[dialect][stream]") {
  // Without deltas, and without the beginning.
  CHECK(deltas({done(0, R"("type":"reasoning","id":"r","summary":[],"content":[{"type":"reasoning_text","text":"hm"}])"),
                done(1, R"("type":"message","content":[{"type":"output_text","text":"Hi"},{"type":"refusal","refusal":"no"}])"),
                done(2, R"("type":"function_call","name":"f","arguments":"{}")"), completed}) ==
        lines{"reasoning hm", "reasoned r  ", "text Hi", "refusal no", "call0 call_0 f ", "args0 {}", "end0",
              "finish tool_calls", "usage 3 2"});
  // Only the end.
  CHECK(deltas({event("completed", R"("response":{"output":[{"type":"message","content":[{"text":"Hi"}]}],"status":"completed"})")}) ==
        lines{"text Hi", "finish stop"});
  // The end repeats what was said.
  CHECK(deltas({more("output_text", 0, "Hi"),
                event("completed", R"("response":{"output":[{"type":"message","content":[{"text":"Hi"}]}],"status":"completed"})")}) ==
        lines{"text Hi", "finish stop"});
}

TEST_CASE("responses: sources, pictures, log probabilities, searches", "[dialect][stream]") {
  CHECK(deltas({done(0, R"("type":"web_search_call","id":"ws")"),
                event("output_text.delta", R"("output_index":1,"delta":"a","logprobs":[{"token":"a"}])"),
                event("output_text.annotation.added", R"("output_index":1,"annotation":{"type":"url_citation","url":"u","title":"t"})"),
                done(1, R"("type":"message","content":[{"type":"output_text","text":"a","logprobs":[{"token":"a"}],"annotations":[{"url":"u"}]}])"),
                done(2, R"("type":"image_generation_call","result":"AQI=")"), completed}) ==
        lines{R"(other web_search_call {"type":"web_search_call","id":"ws"})", "text a", R"(logprobs [{"token":"a"}])",
              R"(cites u t {"type":"url_citation","url":"u","title":"t"})", "media image/png AQI=", "finish stop", "usage 3 2"});
}

TEST_CASE("responses: how streams end", "[dialect][stream]") {
  const auto text = more("output_text", 0, "Hi");
  CHECK(deltas({text, event("incomplete", R"("response":{"incomplete_details":{"reason":"max_output_tokens"}})")}) ==
        lines{"text Hi", "finish length"});
  CHECK(deltas({event("incomplete", R"("response":{"incomplete_details":{"reason":"content_filter"}})")}) ==
        lines{"error provider error/content_policy"});
  CHECK(deltas({text}) == lines{"text Hi", "error truncated answer/truncated"});
  CHECK(deltas({created}) == lines{"error empty answer/pre_content"});
  CHECK(deltas({created, completed}).back() == "error empty answer/pre_content");
  CHECK(deltas({created, event("failed", R"("response":{"status":"failed","error":{"code":"insufficient_quota","message":"m"}})")}) ==
        lines{"error provider error/quota"});
  CHECK(deltas({text, event("failed", R"("response":{"error":{"code":"server_error","message":"m"}})")}) ==
        lines{"text Hi", "error provider error/truncated"});
  CHECK(deltas({R"({"type":"error","code":"rate_limit_exceeded","message":"m","param":null,"sequence_number":1})"}) ==
        lines{"error provider error/rate_limited"});
  CHECK(deltas({R"({"type":"error","error":{"type":"insufficient_quota","message":"m"}})"}) ==
        lines{"error provider error/quota"});
  CHECK(deltas({R"({"error":{"code":503,"message":"m"}})"}) == lines{"error provider error/transient"});
  CHECK(deltas({text, R"({"error":{"code":503,"message":"m"}})"}) == lines{"text Hi", "error provider error/truncated"});
}

TEST_CASE("responses: what carries nothing gives nothing, and what is broken fails", "[dialect][stream]") {
  const auto text = more("output_text", 0, "Hi");
  const lines plain{"text Hi", "finish stop", "usage 3 2"};
  for (const char* ignored : {R"({"type":"keepalive","sequence_number":3})", R"({"type":"response.unheard_of","x":[{}]})", "{}",
                              R"({"type":"response.content_part.added","part":{"type":"output_text","text":"Hi"}})",
                              R"({"type":"response.function_call_arguments.delta","output_index":9,"delta":"x"})",
                              R"({"delta":"","output_index":0,"type":"response.output_text.delta"})"}) {
    CAPTURE(ignored);
    CHECK(deltas({ignored, text, ignored, completed}) == plain);
  }
  CHECK(deltas({text, R"({"type":"response.output_text.delta","delta":"x)"}).back() == "error malformed answer/truncated");
  CHECK(deltas({R"({"type":"response.output_item.done","output_index":0})"}) == lines{"error malformed answer/pre_content"});
  CHECK(deltas({R"({"type":"response.completed"})"}) == lines{"error malformed answer/pre_content"});
  CHECK(deltas({text, R"({"type":"response.output_text.delta","delta":"x"}})"}).back() == "error malformed answer/truncated");
  std::vector<std::string> many;
  for (int i = 0; i < 520; ++i) many.push_back(more("output_text", i, "x"));
  CHECK(deltas(many).back() == "error limit exceeded/truncated");
}
