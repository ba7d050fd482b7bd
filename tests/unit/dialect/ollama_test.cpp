#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

std::string line(const std::string& message, const std::string& more = R"("done":false)") {
  return R"({"model":"q","created_at":"2026-01-01T00:00:00.1Z","message":{"role":"assistant",)" + message + "}," + more + "}\n";
}
std::string text(const std::string& said) { return line(R"("content":")" + said + "\""); }
const std::string done = R"("done":true,"done_reason":"stop","total_duration":5,"prompt_eval_count":7,"eval_count":3)";

lines deltas(const std::string& body) {
  auto got = run_stream(ollama_chat(), body);
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

std::string ended(std::string_view body) {
  const auto got = run_stream(ollama_chat(), body);
  if (!got.failure) return "none";
  return std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())};
}

std::string body(const chat_request& ask, bool stream = false) {
  auto out = ollama_chat().encode(ask, "q", stream, {});
  REQUIRE(out);
  CHECK(out.value().target_suffix == "/api/chat");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

template <class Set>
std::string with(Set set) {
  chat_request ask{"hi"};
  set(ask);
  const std::string start = R"({"model":"q","messages":[{"role":"user","content":"hi"}],"stream":false)";
  const auto all = body(ask);
  REQUIRE(all.starts_with(start));
  return all.substr(start.size());
}

}  // namespace

TEST_CASE("ollama stream: text, thinking, counts at the end", "[dialect][stream][ollama]") {
  const auto got = run_stream(ollama_chat(), line(R"("content":"","thinking":"hm")") + text("a") + text("b") + "\r\n" +
                                                 line(R"("content":"")", done));
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"reasoning hm", "text a", "text b", "finish stop", "usage 7 3"});
  CHECK(got.answer.model() == "q");
  CHECK(got.answer.usage().total == 10);
  CHECK(deltas(text("a") + line(R"("content":"b")", R"("done":true)")) == lines{"text a", "text b", "finish stop without its word"});
  CHECK(deltas(text("a") + line(R"("content":"")", R"("done_reason":"length","done":true)")).back() == "finish length");
  CHECK(deltas(text("a") + line(R"("content":"")", R"("done_reason":"unload","done":true)")).back() == "finish other");
  // The last line may lack its end; nothing behind `done` is read.
  CHECK(ended(text("a") + line(R"("content":"")", done).substr(0, line(R"("content":"")", done).size() - 1)) == "none");
  CHECK(ended(text("a") + line(R"("content":"")", done) + "garbage\n") == "none");
}

TEST_CASE("ollama stream: calls are whole, and the reason stays stop", "[dialect][stream][ollama]") {
  CHECK(deltas(line(R"("content":"","tool_calls":[{"function":{"name":"f","arguments":{"a": 1}}},)"
                    R"({"id":"x","function":{"index":1,"name":"g","arguments":{}}}])") +
               line(R"("content":"","tool_calls":[{"function":{"name":"h"}}])") + line(R"("content":"")", done)) ==
        lines{R"(call0 call_0 f {"a": 1})", "end0", "call1 x g {}", "end1", "call2 call_2 h ", "end2", "finish tool_calls",
              "usage 7 3"});
  const auto logged = run_stream(ollama_chat(), line(R"("content":"a")", R"("done":false,"logprobs":[{"token":"a"}])") +
                                                    line(R"("content":"b")", R"("logprobs":[{"token":"b"}],)" + done));
  CHECK(logged.answer.choices()[0].logprobs == R"([{"token":"a"},{"token":"b"}])");
}

TEST_CASE("ollama stream: what goes wrong", "[dialect][stream][ollama]") {
  CHECK(ended(text("a")) == "truncated answer/truncated");
  CHECK(ended(text("a") + R"({"model":"q","message":{"content":"b"},"done":tru)") == "truncated answer/truncated");
  CHECK(ended(R"({"error":"an error was encountered while running the model"})" "\n") == "provider error/pre_content");
  CHECK(ended(text("a") + R"({"error":"out of memory"})" "\n") == "provider error/truncated");
  CHECK(ended(R"({"error":"server busy, please try again"})") == "provider error/overloaded");
  CHECK(ended(line(R"("content":"")", done)) == "empty answer/pre_content");
  CHECK(ended("{\"x\":1}\n{]\n") == "malformed answer/pre_content");
  CHECK(ended("<html>") == "malformed answer/pre_content");
  CHECK(ended("not found") == "malformed answer/pre_content");
  const auto refused = ollama_chat().classify(404, {}, R"({"error":"model 'q' not found"})");
  CHECK(refused.kind() == error_class::model_gone);
}

TEST_CASE("ollama: a whole answer", "[dialect][decode][ollama]") {
  const auto got = decode_whole(ollama_chat(), R"({"model":"q","message":{"role":"assistant","content":"a","thinking":"hm","tool_calls":null},)"
                                               R"("done_reason":"stop","done":true,"prompt_eval_count":7,"eval_count":3})");
  REQUIRE(got);
  CHECK(got.value().text() == "a");
  CHECK(got.value().reasoning() == "hm");
  CHECK(got.value().finish() == finish_reason::stop);
  CHECK(got.value().usage().output == 3);
  CHECK_FALSE(decode_whole(ollama_chat(), R"({"choices":[{"message":{"content":"a"}}]})"));
}

TEST_CASE("ollama: turns", "[dialect][encode][ollama]") {
  chat_request ask;
  ask.system("s").add({role::developer, "d"});
  message look{role::user, "what?"};
  look.add(part::text("this")).add(part::image("abc", "image/png"));
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"c1", "f", R"({"a":1})", false});
  calls.tool_calls.push_back({"c2", "g", "{", true});
  reasoning_item thought;
  thought.text = "hm";
  calls.reasoning.push_back(thought);
  ask.add(look).add(calls).tool_result("c1", "5").tool_result("?", "6");
  CHECK(body(ask, true) ==
        R"({"model":"q","messages":[{"role":"system","content":"s"},{"role":"system","content":"d"},)"
        R"({"role":"user","content":"what?\nthis","images":["YWJj"]},{"role":"assistant","content":"","thinking":"hm",)"
        R"("tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}},{"id":"c2","function":{"name":"g","arguments":{}}}]},)"
        R"({"role":"tool","content":"5","tool_name":"f","tool_call_id":"c1"},{"role":"tool","content":"6","tool_call_id":"?"}],"stream":true})");
}

TEST_CASE("ollama: every setting", "[dialect][encode][ollama]") {
  CHECK(with([](chat_request&) {}) == "}");
  CHECK(with([](chat_request& ask) { ask.max_tokens(5).temperature(0.5).top_p(0.25).top_k(3).seed(-1); }) ==
        R"(,"options":{"num_predict":5,"temperature":0.5,"top_p":0.25,"top_k":3,"seed":-1}})");
  CHECK(with([](chat_request& ask) { ask.frequency_penalty(1).presence_penalty(0.5).stop("x"); }) ==
        R"(,"options":{"frequency_penalty":1,"presence_penalty":0.5,"stop":["x"]}})");
  CHECK(with([](chat_request& ask) { ask.json(); }) == R"(,"format":"json"})");
  CHECK(with([](chat_request& ask) { ask.response_schema(R"({"type":"object"})"); }) == R"(,"format":{"type":"object"}})");
  CHECK(with([](chat_request& ask) { ask.logprobs(2); }) == R"(,"logprobs":true,"top_logprobs":2})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("none"); }) == R"(,"think":false})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("medium"); }) == R"(,"think":"medium"})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("max"); }) == R"(,"think":"high"})");
  CHECK(with([](chat_request& ask) { ask.reasoning_budget(0); }) == R"(,"think":false})");
  CHECK(with([](chat_request& ask) { ask.show_reasoning(true); }) == R"(,"think":true})");
  CHECK(with([](chat_request& ask) { ask.temperature(1).extra("options", R"({"num_ctx":8})").extra("keep_alive", "\"5m\""); }) ==
        R"(,"options":{"temperature":1,"num_ctx":8},"keep_alive":"5m"})");
  CHECK(with([](chat_request& ask) { ask.extra("options", "{}"); }) == R"(,"options":{}})");
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"f","description":"F.","parameters":{}}},)"
                            R"({"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}])";
  const auto offer = [](chat_request& ask) -> chat_request& { return ask.tool({"f", "F.", "{}"}).tool({"g", "", ""}); };
  CHECK(with([&](chat_request& ask) { offer(ask); }) == tools + "}");
  CHECK(with([&](chat_request& ask) { offer(ask).tool_choice("auto"); }) == tools + "}");
  CHECK(with([&](chat_request& ask) { offer(ask).tool_choice("none"); }) == "}");
}

TEST_CASE("ollama: what it has no words for", "[dialect][encode][ollama]") {
  const auto unsupported = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    const auto refused = ollama_chat().encode(ask, "q", false, {});
    CHECK(refused.error().code() == errc::unsupported);
    auto out = ollama_chat().encode(ask.drop_unsupported(), "q", false, {});
    REQUIRE(out);
    REQUIRE(out.value().dropped.size() == 1);
    return out.value().dropped[0];
  };
  message url{role::user, "a"}, sound{role::user, "a"};
  url.add(part::image_url("https://x"));
  sound.add(part::audio("a", "audio/wav"));
  CHECK(unsupported([&](chat_request& ask) { ask.add(url); }).starts_with("parts"));
  CHECK(unsupported([&](chat_request& ask) { ask.add(sound); }).starts_with("parts"));
  CHECK(unsupported([](chat_request& ask) { ask.tool({"f", "", ""}).tool_choice("required"); }) == "tool_choice");
  CHECK(unsupported([](chat_request& ask) { ask.parallel_tool_calls(false); }) == "parallel_tool_calls(false)");
  CHECK(unsupported([](chat_request& ask) { ask.choices(2); }) == "choices");
  CHECK(unsupported([](chat_request& ask) { ask.reasoning_budget(9); }) == "reasoning_budget");
  CHECK(unsupported([](chat_request& ask) { ask.show_reasoning(false); }) == "show_reasoning(false)");
  CHECK(unsupported([](chat_request& ask) { ask.cache_key("k"); }) == "cache_key");
  CHECK(unsupported([](chat_request& ask) { ask.service_tier("k"); }) == "service_tier");
  CHECK(unsupported([](chat_request& ask) { ask.end_user("u"); }) == "end_user");
  CHECK(unsupported([](chat_request& ask) { ask.metadata("a", "b"); }) == "metadata");
}

TEST_CASE("ollama: vectors, models, check", "[dialect][ollama]") {
  embedding_request texts{std::vector<std::string>{"a", "b"}};
  const auto out = ollama_chat().encode_embeddings(texts.dimensions(8).extra("truncate", "false"), "q").value();
  CHECK(out.target_suffix == "/api/embed");
  CHECK(out.body == R"({"model":"q","input":["a","b"],"dimensions":8,"truncate":false})");
  const auto got = ollama_chat().decode_embeddings(R"({"model":"q","embeddings":[[1,2],[0.5,-1]],"prompt_eval_count":4})");
  REQUIRE(got);
  CHECK(got.value().vectors == std::vector<std::vector<float>>{{1, 2}, {0.5F, -1}});
  CHECK(got.value().usage.input == 4);
  CHECK(got.value().model == "q");
  for (const auto* wrong : {"{}", R"({"embeddings":[]})", R"({"embeddings":[1]})", R"({"embeddings":[[]]})", "x"})
    CHECK(ollama_chat().decode_embeddings(wrong).error().code() == errc::malformed_answer);
  CHECK(ollama_chat().decode_embeddings(R"({"error":"no"})").error().code() == errc::provider_error);

  CHECK(ollama_chat().encode_models("").value().target_suffix == "/api/tags");
  const auto models = ollama_chat().decode_models(R"({"models":[{"name":"q:4b","model":"q:4b","size":5},{"name":"old"}]})");
  REQUIRE(models);
  REQUIRE(models.value().models.size() == 2);
  CHECK(models.value().models[0].id == "q:4b");
  CHECK(models.value().models[1].id == "old");
  CHECK_FALSE(ollama_chat().decode_models(R"({"models":[{}]})"));
  CHECK(ollama_chat().stream_media_type() == "application/x-ndjson");
  CHECK(ollama_chat().check().target_suffix == "/api/version");
  CHECK(ollama_chat().encode_count(chat_request{"a"}, "q", {}).error().code() == errc::unsupported);
}
