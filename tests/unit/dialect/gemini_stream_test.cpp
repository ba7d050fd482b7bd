#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

// As Gemini sends them: CRLF, no names, no end.
std::string events(const std::vector<std::string>& documents) {
  std::string body;
  for (const auto& each : documents) body.append("data: ").append(each).append("\r\n\r\n");
  return body;
}

// One candidate with these parts.
std::string with(const std::string& parts, const std::string& more = {}) {
  return R"({"candidates":[{"content":{"parts":[)" + parts + R"(],"role":"model"})" + more +
         R"(}],"modelVersion":"gemini-x","responseId":"r1"})";
}
std::string text(const std::string& said) { return with(R"({"text":")" + said + "\"}"); }
const std::string stop = R"(,"finishReason":"STOP","index":0)";

lines deltas(const std::vector<std::string>& documents) {
  auto got = run_stream(gemini_generate_content(), events(documents));
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

std::string ended(std::string_view body, const limits& bounds = {}) {
  const auto got = run_stream(gemini_generate_content(), body, {}, bounds);
  if (!got.failure) return "none";
  return std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())};
}

}  // namespace

TEST_CASE("gemini stream: text, counts on every document, the finish reason at the end", "[dialect][stream][gemini]") {
  const auto counts = [](const std::string& members) { return R"(,"usageMetadata":{)" + members + "}}"; };
  auto first = text("Hel");
  auto last = with(R"({"text":"lo"})", stop);
  first.pop_back();
  last.pop_back();
  const auto got = run_stream(
      gemini_generate_content(),
      events({first + counts(R"("promptTokenCount":7,"totalTokenCount":7,"serviceTier":"standard")"),
              last + counts(R"("promptTokenCount":7,"candidatesTokenCount":2,"thoughtsTokenCount":5,"totalTokenCount":17,)"
                            R"("cachedContentTokenCount":4,"toolUsePromptTokenCount":3)")}));
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"text Hel", "usage 7 0", "text lo", "finish stop", "usage 10 7"});
  CHECK(got.answer.model() == "gemini-x");
  CHECK(got.answer.id() == "r1");
  const auto& usage = got.answer.usage();
  CHECK(usage.total == 17);
  CHECK(usage.reasoning == 5);
  CHECK(usage.cached == 4);
}

TEST_CASE("gemini stream: an array written piece by piece is a stream too", "[dialect][stream][gemini]") {
  const auto body = "[" + text("a") + "\n,\r\n" + text("b") + ",\n" + with(R"({"text":""})", stop) + "\n]";
  for (const auto size : {std::size_t{0}, std::size_t{1}, std::size_t{7}}) {
    const auto got = run_stream(gemini_generate_content(), body, {"", size == 0 ? std::vector<std::size_t>{} : std::vector{size}});
    CHECK_FALSE(got.failure);
    CHECK(got.deltas == lines{"text a", "text b", "finish stop"});
  }
  // The bracket at the end is no sign of anything: the finish reason is.
  CHECK(ended("[" + text("a") + "," + with(R"({"text":"b"})", stop)) == "none");
  CHECK(ended("[" + text("a") + "]") == "truncated answer/truncated");
  CHECK(ended("[" + text("a") + "," + with(R"({"text":"b"})", stop).substr(0, 70)) == "truncated answer/truncated");
  CHECK(ended(R"([{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}])") ==
        "provider error/overloaded");
  CHECK(ended("[" + text("a") + R"(,{"error":{"code":500,"message":"x","status":"INTERNAL"}}])") ==
        "provider error/truncated");
}

TEST_CASE("gemini stream: reasoning and what proves it", "[dialect][stream][gemini]") {
  CHECK(deltas({with(R"({"text":"hm","thought":true})"), with(R"({"thought":true,"text":"ok"},{"text":"a","thought":false})"),
                with(R"({"text":"","thoughtSignature":"sig=="})", stop)}) ==
        lines{"reasoning hm", "reasoning ok", "text a", "reasoned thoughtSignature sig== ", "finish stop"});
  const auto got = run_stream(gemini_generate_content(),
                              events({with(R"({"text":"hm","thought":true})"), with(R"({"text":"a","thoughtSignature":"s"})", stop)}));
  REQUIRE(got.answer.choices().size() == 1);
  const auto& items = got.answer.choices()[0].reasoning_items;
  REQUIRE(items.size() == 1);
  CHECK(items[0].text == "hm");
  CHECK(items[0].signature == "s");
}

TEST_CASE("gemini stream: tool calls, mostly without ids and never with a finish reason of theirs", "[dialect][stream][gemini]") {
  CHECK(deltas({with(R"({"functionCall":{"name":"f","args":{"a": [1, "}"]}},"thoughtSignature":"sg"},{"functionCall":{"name":"g"}})"),
                with(R"({"functionCall":{"name":"f","args":{},"id":"x1"}})"), with(R"({"text":""})", stop)}) ==
        lines{R"(call0 call_0 f {"a": [1, "}"]})", "end0", "call1 call_1 g ", "end1", "call2 x1 f {}", "end2",
              "finish tool_calls"});
  const auto got = run_stream(gemini_generate_content(),
                              events({with(R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"sg"})", stop)}));
  REQUIRE(got.answer.tool_calls().size() == 1);
  CHECK(got.answer.tool_calls()[0].signature == "sg");
  CHECK(got.answer.choices()[0].finish_text == "STOP");
  // An end that is not the model's will stays what it is.
  CHECK(deltas({with(R"({"functionCall":{"name":"f","args":{}}})", R"(,"finishReason":"MAX_TOKENS")")}).back() == "finish length");
}

TEST_CASE("gemini stream: arguments in pieces", "[dialect][stream][gemini]") {
  const auto call = [](const std::string& members) { return with(R"({"functionCall":{)" + members + "}}"); };
  const auto piece = [&](const std::string& path, const std::string& value) {
    return call(R"("partialArgs":[{"jsonPath":")" + path + R"(",)" + value + R"(}],"willContinue":true)");
  };
  CHECK(deltas({call(R"("name":"f","willContinue":true)"), piece("$.where", R"("stringValue":"New ","willContinue":true)"),
                piece("$.where", R"("stringValue":"\"Delhi\"")"), piece("$.days[0].n", R"("numberValue":2)"),
                piece("$.days[1]['a b']", R"("boolValue":true)"), piece("$.none", R"("nullValue":"NULL_VALUE")"),
                call(""), with(R"({"functionCall":{"name":"g","willContinue":true}})", stop)}) ==
        lines{"call0 call_0 f ", R"(args0 {"where":"New \"Delhi\"","days":[{"n":2},{"a b":true}],"none":null})", "end0",
              "call1 call_1 g ", "end1", "finish tool_calls"});
  // A call that never ends, ended by the next one.
  CHECK(deltas({call(R"("name":"f","willContinue":true)"), piece("$.a", R"("numberValue":1)"), call(R"("name":"g","args":{})"),
                with("", stop)}) ==
        lines{"call0 call_0 f ", R"(args0 {"a":1})", "end0", "call1 call_1 g {}", "end1", "finish tool_calls"});
  // What would not be JSON is not handed out as arguments.
  const auto wrong = GENERATE(as<std::string>{}, R"("jsonPath":"where","stringValue":"x")", R"("jsonPath":"$","stringValue":"x")",
                              R"("jsonPath":"$.a","numberValue":1x)", R"("jsonPath":"$.","numberValue":1)",
                              R"("jsonPath":"$[a]","numberValue":1)", R"("jsonPath":"$[0]","numberValue":1)",
                              R"("jsonPath":"$['a","numberValue":1)", R"("jsonPath":1,"numberValue":1)");
  CHECK(ended(events({call(R"("name":"f","willContinue":true)"),
                      call(R"("partialArgs":[{)" + wrong + R"(}],"willContinue":true)"), with("", stop)})) ==
        "malformed answer/truncated");
}

TEST_CASE("gemini stream: several candidates, finish reasons on several documents", "[dialect][stream][gemini]") {
  const auto both = [](const std::string& first, const std::string& second) {
    return R"({"candidates":[{"index":0,"content":{"parts":[)" + first + R"(]}},{"content":{"parts":[)" + second +
           R"(]},"finishReason":"STOP","index":1}]})";
  };
  const auto call = std::string{R"({"functionCall":{"name":"f","args":{}}})"};
  CHECK(deltas({both(R"({"text":"a"})", call), with(R"({"text":"b"})", stop)}) ==
        lines{"text a", "1:call0 call_0 f {}", "1:end0", "1:finish tool_calls", "text b", "finish stop"});
  CHECK(ended(events({both(R"({"text":"a"})", R"({"text":"b"})")})) == "truncated answer/truncated");
  CHECK(deltas({with(R"({"text":"a"})", stop), with(R"({"text":"b"})", stop)}) == lines{"text a", "finish stop", "text b"});
  CHECK(ended(events({R"({"candidates":[{"index":128,"content":{"parts":[{"text":"a"}]}}]})"})) == "limit exceeded/pre_content");
}

TEST_CASE("gemini stream: pictures, sources, code and log probabilities", "[dialect][stream][gemini]") {
  CHECK(deltas({with(R"({"inlineData":{"mimeType":"image/png","data":"iVBO"}},{"fileData":{"fileUri":"u"}})"),
                with(R"({"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"output":"1"}})", stop)}) ==
        lines{"media image/png iVBO", R"(other fileData {"fileUri":"u"})",
              R"(other executableCode {"language":"PYTHON","code":"1"})", R"(other codeExecutionResult {"output":"1"})",
              "finish stop"});
  const auto grounded = std::string{R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"http://a","title":"A"}}],)"
                                    R"("groundingSupports":[{"segment":{"endIndex":1}}],"webSearchQueries":["q"],)"
                                    R"("searchEntryPoint":{"renderedContent":"<b>"}})"};
  CHECK(deltas({with(R"({"text":"a"})", grounded), with(R"({"text":"b"})", grounded + stop)}) ==
        lines{"text a", R"(cites http://a A {"web":{"uri":"http://a","title":"A"}})",
              R"(other groundingSupports [{"segment":{"endIndex":1}}])", R"(other searchEntryPoint {"renderedContent":"<b>"})",
              "text b", R"(other groundingSupports [{"segment":{"endIndex":1}}])",
              R"(other searchEntryPoint {"renderedContent":"<b>"})", "finish stop"});
  CHECK(deltas({with(R"({"text":"a"})", R"(,"citationMetadata":{"citationSources":[{"startIndex":1,"uri":"u","license":""}]})" + stop)}) ==
        lines{"text a", R"(cites u  {"startIndex":1,"uri":"u","license":""})", "finish stop"});
  const auto got = run_stream(gemini_generate_content(), events({with(R"({"text":"a"})", R"(,"logprobsResult":{"n":1})"),
                                                                 with(R"({"text":"b"})", R"(,"logprobsResult":{"n":2})" + stop)}));
  CHECK(got.answer.choices()[0].logprobs == R"([{"n":1},{"n":2}])");
}

TEST_CASE("gemini stream: what goes wrong", "[dialect][stream][gemini]") {
  CHECK(ended(events({text("a")})) == "truncated answer/truncated");
  CHECK(ended(events({with(R"({"text":""})")})) == "empty answer/pre_content");
  CHECK(ended(events({with(R"({"text":""})", stop)})) == "empty answer/pre_content");
  CHECK(ended("") == "connection closed/pre_content");
  CHECK(ended(events({R"({"candidates":[{"finishReason":"SAFETY"}]})"})) == "provider error/content_policy");
  CHECK(ended(events({R"({"candidates":[{"finishReason":7}]})"})) == "provider error/content_policy");
  CHECK(ended(events({R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}})"})) ==
        "provider error/content_policy");
  CHECK(ended(events({R"({"promptFeedback":{"safetyRatings":[]}})", text("a"), with("", stop)})) == "none");
  CHECK(ended(events({R"({"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]})"})) == "provider error/pre_content");
  CHECK(ended(events({R"({"error":{"code":429,"message":"Resource exhausted","status":"RESOURCE_EXHAUSTED"}})"})) ==
        "provider error/rate_limited");
  CHECK(ended(events({text("a"), R"({"error":{"code":500,"message":"x","status":"INTERNAL"}})"})) == "provider error/truncated");
  // An error that comes bare, as all of the body and behind the events.
  CHECK(ended("{\n  \"error\": {\"code\": 503, \"message\": \"The model is overloaded.\", \"status\": \"UNAVAILABLE\"}\n}\n") ==
        "provider error/overloaded");
  CHECK(ended(events({text("a")}) + "{\"error\":{\"code\":500,\"message\":\"x\"}}") == "provider error/truncated");
  CHECK(ended(events({R"({"candidates":[{"content":{"parts":[{"text":1x}]}}]})", "{"})) == "malformed answer/pre_content");
  CHECK(ended(events({R"({"candidates":{}})", R"([1])"})) == "malformed answer/pre_content");
}

TEST_CASE("gemini stream: a last document cut in half does not finish the answer", "[dialect][stream][gemini]") {
  const auto body = events({text("a"), R"({"candidates":[{"finishReason":"STOP","index":0,"content":{"parts":[{"text":"b"}]}}]})"});
  const auto end = body.rfind('}');  // with it the document is whole
  for (std::size_t size = body.find("finishReason"); size <= end; ++size) CHECK(ended(body.substr(0, size)) == "truncated answer/truncated");
  CHECK(ended(body.substr(0, end + 1)) == "none");
}
