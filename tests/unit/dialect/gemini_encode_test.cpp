#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

using namespace cohedge;
using namespace cohedge::dialect;

namespace {

std::string body(const chat_request& ask, std::string_view model = "gemini-2.5-flash") {
  auto out = gemini_generate_content().encode(ask, model, false, {});
  REQUIRE(out);
  CHECK(out.value().method == "POST");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

// The members behind the contents of a request that says "hi".
std::string members(const chat_request& ask, std::string_view model = "gemini-2.5-flash") {
  const std::string start = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])";
  const auto text = body(ask, model);
  REQUIRE(text.starts_with(start));
  return text.substr(start.size());
}

template <class Set>
std::string with(Set set, std::string_view model = "gemini-2.5-flash") {
  chat_request ask{"hi"};
  set(ask);
  return members(ask, model);
}

std::string target(std::string_view model, bool stream = false) {
  return std::string{gemini_generate_content().encode(chat_request{"hi"}, model, stream, {}).value().target_suffix.text()};
}

errc fault(const chat_request& ask) {
  const auto out = gemini_generate_content().encode(ask, "m", false, {});
  return out ? errc::none : out.error().code();
}

}  // namespace

TEST_CASE("gemini: the model stands in the path, however it is named", "[dialect][encode][gemini]") {
  CHECK(target("gemini-2.5-pro") == "/models/gemini-2.5-pro:generateContent");
  CHECK(target("models/gemini-2.5-pro", true) == "/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
  CHECK(target("publishers/google/models/gemini-2.5-pro") == "/models/gemini-2.5-pro:generateContent");
  CHECK(target("tunedModels/mine") == "/tunedModels/mine:generateContent");
  CHECK(target("../x?y") == "/models/..%2Fx%3Fy:generateContent");
}

TEST_CASE("gemini: roles and turns", "[dialect][encode][gemini]") {
  chat_request ask;
  ask.system("Be brief.").user("a").assistant("b").add({role::developer, "c"});
  CHECK(body(ask) == R"({"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"c"}]},)"
                     R"("contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]})");
}

TEST_CASE("gemini: tools answer by name, together", "[dialect][encode][gemini]") {
  chat_request ask{"hi"};
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"call_0", "look", R"({"x":1})", false, "sig"});
  calls.tool_calls.push_back({"call_1", "go", "", false});
  calls.tool_calls.push_back({"g7", "say", "not JSON", true});
  ask.add(calls).tool_result("call_0", R"({"seen":true})").tool_result("call_1", "no \"way\"", true).tool_result("g7", "[1]");
  ask.user("so?");
  CHECK(body(ask) ==
        R"({"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[)"
        R"({"functionCall":{"name":"look","args":{"x":1}},"thoughtSignature":"sig"},{"functionCall":{"name":"go","args":{}}},)"
        R"({"functionCall":{"id":"g7","name":"say","args":{}}}]},{"role":"user","parts":[)"
        R"({"functionResponse":{"name":"look","response":{"seen":true}}},)"
        R"({"functionResponse":{"name":"go","response":{"error":"no \"way\""}}},)"
        R"({"functionResponse":{"id":"g7","name":"say","response":{"output":"[1]"}}}]},)"
        R"({"role":"user","parts":[{"text":"so?"}]}]})");

  SECTION("ids that we made come again in every answer: the last one is meant") {
    message again{role::assistant, ""};
    again.tool_calls.push_back({"call_0", "wait", "{}", false});
    ask.add(again).tool_result("call_0", "done");
    CHECK(body(ask).ends_with(R"({"functionResponse":{"name":"wait","response":{"output":"done"}}}]}]})"));
  }
  SECTION("an answer to nothing") {
    CHECK(fault(ask.tool_result("g8", "x")) == errc::invalid_argument);
  }
  SECTION("the name may be given instead") {
    message answer{role::tool, "x"};
    answer.tool_call_id = "g8";
    answer.name = "look";
    ask.add(answer);
    CHECK(body(ask).ends_with(R"({"functionResponse":{"id":"g8","name":"look","response":{"output":"x"}}}]}]})"));
  }
  SECTION("a picture as the answer") {
    message answer{role::tool, ""};
    answer.tool_call_id = "call_0";
    answer.add(part::image("abc", "image/png"));
    ask.add(answer);
    CHECK(body(ask).ends_with(R"("name":"look","response":{"output":""},"parts":[{"inlineData":{"mimeType":"image/png","data":"YWJj"}}]}}]}]})"));
  }
}

TEST_CASE("gemini: signatures go back, others' do not", "[dialect][encode][gemini]") {
  chat_request ask{"hi"};
  message turn{role::assistant, "a"};
  reasoning_item mine, foreign;
  mine.id = "thoughtSignature";
  mine.text = "hm";
  mine.signature = "sig";
  foreign.text = "hm";
  foreign.signature = "of another";
  turn.reasoning = {mine, foreign};
  ask.add(turn).user("b");
  CHECK(body(ask) == R"({"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[)"
                     R"({"text":"a","thoughtSignature":"sig"}]},{"role":"user","parts":[{"text":"b"}]}]})");
  // A call that another model made: Gemini 3 wants to be told.
  chat_request after;
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"toolu_1", "look", "{}", false});
  calls.tool_calls.push_back({"toolu_2", "look", "{}", false});
  after.user("hi").add(calls);
  const std::string first = R"({"functionCall":{"id":"toolu_1","name":"look","args":{}})";
  const std::string second = R"({"functionCall":{"id":"toolu_2","name":"look","args":{}}})";
  CHECK(body(after, "gemini-3-pro").ends_with(first + R"(,"thoughtSignature":"skip_thought_signature_validator"},)" + second + "]}]}"));
  CHECK(body(after, "gemini-2.5-pro").ends_with(first + "}," + second + "]}]}"));
}

TEST_CASE("gemini: what a model can look at and listen to", "[dialect][encode][gemini]") {
  chat_request ask;
  message turn{role::user, "what?"};
  turn.add(part::text("this")).add(part::image("abc", "image/png").detail("high"));
  turn.add(part::audio("abcd", "audio/wav")).add(part::file("a", "application/pdf", "a.pdf"));
  turn.add(part::image_url("https://x/a.png").media_type("image/png")).add(part::file_id("files/1"));
  ask.add(turn);
  CHECK(body(ask) == R"({"contents":[{"role":"user","parts":[{"text":"what?"},{"text":"this"},)"
                     R"({"inlineData":{"mimeType":"image/png","data":"YWJj"}},{"inlineData":{"mimeType":"audio/wav","data":"YWJjZA=="}},)"
                     R"({"inlineData":{"mimeType":"application/pdf","data":"YQ=="}},)"
                     R"({"fileData":{"mimeType":"image/png","fileUri":"https://x/a.png"}},{"fileData":{"fileUri":"files/1"}}]}],)"
                     R"("generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HIGH"}})");
}

TEST_CASE("gemini: every setting", "[dialect][encode][gemini]") {
  const auto config = [](const std::string& inside) { return R"(,"generationConfig":{)" + inside + "}}"; };
  CHECK(with([](chat_request&) {}) == "}");
  CHECK(with([](chat_request& ask) { ask.choices(2).max_tokens(60).temperature(0.25).top_p(0.5).top_k(40).seed(-3); }) ==
        config(R"("candidateCount":2,"maxOutputTokens":60,"temperature":0.25,"topP":0.5,"topK":40,"seed":-3)"));
  CHECK(with([](chat_request& ask) { ask.presence_penalty(1).frequency_penalty(-0.5).stop("a").stop("\n"); }) ==
        config(R"("presencePenalty":1,"frequencyPenalty":-0.5,"stopSequences":["a","\n"])"));
  CHECK(with([](chat_request& ask) { ask.logprobs(); }) == config(R"("responseLogprobs":true)"));
  CHECK(with([](chat_request& ask) { ask.logprobs(3); }) == config(R"("responseLogprobs":true,"logprobs":3)"));
  CHECK(with([](chat_request& ask) { ask.json(); }) == config(R"("responseMimeType":"application/json")"));
  CHECK(with([](chat_request& ask) { ask.response_schema(R"({"type":"object"})", "n"); }) ==
        config(R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object"})"));
  CHECK(with([](chat_request& ask) { ask.session("s").extra("safetySettings", "[]"); }) == R"(,"safetySettings":[]})");
  CHECK(with([](chat_request& ask) { ask.max_tokens(5).extra("generationConfig", R"({"topK":1})"); }) ==
        config(R"("maxOutputTokens":5,"topK":1)"));
  CHECK(with([](chat_request& ask) { ask.max_tokens(5).top_k(3).extra("generationConfig", R"({"topK":1,"x":[1.0]})"); }) ==
        config(R"("maxOutputTokens":5,"topK":1,"x":[1.0])"));
  CHECK(with([](chat_request& ask) { ask.json().extra("generationConfig", R"({"responseMimeType":"text/plain"})"); }) ==
        config(R"("responseMimeType":"text/plain")"));
  CHECK(with([](chat_request& ask) { ask.max_tokens(5).extra("generationConfig", "null"); }) == R"(,"generationConfig":null})");
}

TEST_CASE("gemini: how much to think", "[dialect][encode][gemini]") {
  const auto thinks = [](std::string_view model, auto set) {
    auto said = with(set, model);
    const std::string start = R"(,"generationConfig":{"thinkingConfig":)";
    REQUIRE(said.starts_with(start));
    return said.substr(start.size(), said.size() - start.size() - 2);
  };
  const auto effort = [&](std::string_view model, const char* level) {
    return thinks(model, [level](chat_request& ask) { ask.reasoning_effort(level); });
  };
  CHECK(effort("gemini-2.5-flash", "none") == R"({"thinkingBudget":0})");
  CHECK(effort("gemini-2.5-flash", "minimal") == R"({"thinkingBudget":1024})");
  CHECK(effort("gemini-2.5-flash", "low") == R"({"thinkingBudget":1024})");
  CHECK(effort("gemini-2.5-flash", "medium") == R"({"thinkingBudget":8192})");
  CHECK(effort("gemini-2.5-flash", "high") == R"({"thinkingBudget":24576})");
  CHECK(effort("gemini-3-flash", "minimal") == R"({"thinkingLevel":"minimal"})");
  CHECK(effort("gemini-flash-latest", "max") == R"({"thinkingLevel":"high"})");
  CHECK(thinks("gemini-3-flash", [](chat_request& ask) { ask.reasoning_effort("low").reasoning_budget(512).show_reasoning(true); }) ==
        R"({"thinkingBudget":512,"includeThoughts":true})");
  CHECK(thinks("gemini-3-flash", [](chat_request& ask) { ask.show_reasoning(false); }) == R"({"includeThoughts":false})");
}

TEST_CASE("gemini: tools and the choice among them", "[dialect][encode][gemini]") {
  chat_request ask{"hi"};
  ask.tool({"look", "Look around.", R"({"type":"object"})"}).tool({"wait", "", ""});
  const std::string tools = R"(,"tools":[{"functionDeclarations":[{"name":"look","description":"Look around.",)"
                            R"("parametersJsonSchema":{"type":"object"}},{"name":"wait"}]}])";
  const auto mode = [&](const std::string& inside) { return tools + R"(,"toolConfig":{"functionCallingConfig":{)" + inside + "}}}"; };
  CHECK(members(ask) == tools + "}");
  CHECK(members(ask.tool_choice("auto")) == mode(R"("mode":"AUTO")"));
  CHECK(members(ask.tool_choice("none")) == mode(R"("mode":"NONE")"));
  CHECK(members(ask.tool_choice("required")) == mode(R"("mode":"ANY")"));
  CHECK(members(ask.tool_choice("wait")) == mode(R"("mode":"ANY","allowedFunctionNames":["wait"])"));
  chat_request strict{"hi"};
  tool one{"wait", "", ""};
  one.strict = true;
  strict.tool(one);
  CHECK(members(strict).ends_with(R"("toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}})"));
}

TEST_CASE("gemini: what it has no words for", "[dialect][encode][gemini]") {
  const auto unsupported = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    CHECK(fault(ask) == errc::unsupported);
    auto out = gemini_generate_content().encode(ask.drop_unsupported(), "m", false, {});
    REQUIRE(out);
    CHECK(out.value().body == R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})");
    REQUIRE(out.value().dropped.size() == 1);
    return out.value().dropped[0];
  };
  CHECK(unsupported([](chat_request& ask) { ask.parallel_tool_calls(false); }) == "parallel_tool_calls(false)");
  CHECK(unsupported([](chat_request& ask) { ask.cache_key("k"); }) == "cache_key");
  CHECK(unsupported([](chat_request& ask) { ask.service_tier("flex"); }) == "service_tier");
  CHECK(unsupported([](chat_request& ask) { ask.end_user("u"); }) == "end_user");
  CHECK(unsupported([](chat_request& ask) { ask.metadata("a", "b"); }) == "metadata");
  CHECK(fault(chat_request{"hi"}.parallel_tool_calls(true)) == errc::none);
  CHECK(fault(chat_request{}.system("s")) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.extra("contents", "[]")) == errc::invalid_argument);
}

TEST_CASE("gemini: counting, vectors, checks", "[dialect][encode][gemini]") {
  chat_request ask{"hi"};
  ask.system("s").max_tokens(5);
  const std::string turns = R"("systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"hi"}]}])";
  const auto counted = gemini_generate_content().encode_count(ask, "models/m", {}).value();
  CHECK(counted.target_suffix == "/models/m:countTokens");
  CHECK(counted.body == R"({"generateContentRequest":{"model":"models/m",)" + turns + "}}");
  CHECK(vertex_generate_content().encode_count(ask, "m", {}).value().body == "{" + turns + "}");
  // What counts of a request besides its turns goes along; the rest of it Vertex would refuse.
  ask.extra("tools", R"([{"googleSearch":{}}])").extra("safetySettings", "[]");
  CHECK(vertex_generate_content().encode_count(ask, "m", {}).value().body ==
        "{" + turns + R"(,"tools":[{"googleSearch":{}}]})");

  embedding_request texts{std::vector<std::string>{"a", "b"}};
  texts.purpose(embedding_purpose::query).dimensions(64).extra("title", "\"t\"");
  const auto both = gemini_generate_content().encode_embeddings(texts, "m").value();
  CHECK(both.target_suffix == "/models/m:batchEmbedContents");
  const auto one = [](const std::string& text) {
    return R"("content":{"parts":[{"text":")" + text + R"("}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":64,"title":"t"})";
  };
  CHECK(both.body == R"({"requests":[{"model":"models/m",)" + one("a") + R"(,{"model":"models/m",)" + one("b") + "]}");
  CHECK(vertex_generate_content().encode_embeddings(texts, "m").error().code() == errc::unsupported);
  CHECK(vertex_generate_content().encode_embeddings(embedding_request{"a"}, "m").value().body ==
        R"({"content":{"parts":[{"text":"a"}]}})");
  CHECK(gemini_generate_content().encode_embeddings(embedding_request{std::vector<std::string>{}}, "m").error().code() ==
        errc::invalid_argument);

  CHECK(gemini_generate_content().credential().name == "x-goog-api-key");
  CHECK(gemini_generate_content().credential().prefix.empty());
  CHECK(vertex_generate_content().credential().prefix == "Bearer ");
  CHECK(gemini_generate_content().check().target_suffix == "/models?pageSize=1");
  const auto& vertex = vertex_generate_content();
  CHECK(wire::is_json(vertex.check().body));
  CHECK(vertex.check_answer(404, {}, R"({"error":{"code":404,"message":"Publisher Model `x` not found."}})"));
  CHECK_FALSE(vertex.check_answer(404, {}, "<html>"));
  CHECK(vertex.check_answer(403, {}, R"({"error":{"code":403,"status":"PERMISSION_DENIED"}})").error().kind() == error_class::credential);
}
