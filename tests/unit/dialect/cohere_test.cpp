#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;
using cohedge::tests::events;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

const std::string start = R"({"id":"m1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}})";
const std::string end =
    R"({"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":5,"output_tokens":2},)"
    R"("tokens":{"input_tokens":60,"output_tokens":4,"reasoning_tokens":1,"image_tokens":30},"cached_tokens":48}}})";

std::string event(const std::string& type, const std::string& message, int index = 0) {
  return R"({"type":")" + type + R"(","index":)" + std::to_string(index) + R"(,"delta":{"message":{)" + message + "}}}";
}
std::string text(const std::string& said) { return event("content-delta", R"("content":{"text":")" + said + "\"}"); }
std::string finish(const std::string& word) { return R"({"type":"message-end","delta":{"finish_reason":")" + word + "\"}}"; }

lines deltas(const std::vector<std::string>& documents) {
  auto got = run_stream(cohere_chat(), events(documents));
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

std::string ended(const std::vector<std::string>& documents) {
  const auto got = run_stream(cohere_chat(), events(documents));
  if (!got.failure) return "none";
  return std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())};
}

std::string body(const chat_request& ask, bool stream = false) {
  auto out = cohere_chat().encode(ask, "c", stream, {});
  REQUIRE(out);
  CHECK(out.value().target_suffix == "/v2/chat");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

template <class Set>
std::string with(Set set) {
  chat_request ask{"hi"};
  set(ask);
  const std::string front = R"({"model":"c","messages":[{"role":"user","content":"hi"}],"stream":false)";
  const auto all = body(ask);
  REQUIRE(all.starts_with(front));
  return all.substr(front.size());
}

}  // namespace

TEST_CASE("cohere stream: text, thinking, counts; [DONE] or not", "[dialect][stream][cohere]") {
  std::vector<std::string> all{start,
                               event("content-start", R"("content":{"type":"thinking","thinking":""})"),
                               event("content-delta", R"("content":{"thinking":"hm"})"),
                               R"({"type":"content-end","index":0})",
                               event("content-start", R"("content":{"type":"text","text":""})", 1),
                               text("a"),
                               text("b"),
                               R"({"type":"content-end","index":1})",
                               end};
  const auto got = run_stream(cohere_chat(), events(all));
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"reasoning hm", "text a", "text b", "finish stop", "usage 90 4"});
  CHECK(got.answer.id() == "m1");
  CHECK(got.answer.usage().cached == 48);
  CHECK(got.answer.usage().reasoning == 1);
  CHECK(got.answer.usage().total == 94);
  all.push_back("[DONE]");
  CHECK(deltas(all) == got.deltas);
}

TEST_CASE("cohere stream: a plan, calls in pieces, members in any order", "[dialect][stream][cohere]") {
  CHECK(deltas({start, event("tool-plan-delta", R"("tool_plan":"I will")"),
                event("tool-call-start", R"("tool_calls":{"id":"f_1","type":"function","function":{"name":"f","arguments":""}})"),
                event("tool-call-delta", R"("tool_calls":{"function":{"arguments":"{\"a\""}})"),
                event("tool-call-delta", R"("tool_calls":{"function":{"arguments":":1}"}})"), R"({"type":"tool-call-end","index":0})",
                R"({"delta":{"message":{"tool_calls":{"function":{"arguments":"{","name":"g"},"id":"g_1"}}},"index":1,"type":"tool-call-start"})",
                R"({"delta":{"message":{"tool_calls":{"function":{"arguments":"}"}}}},"index":1,"type":"tool-call-delta"})",
                finish("TOOL_CALL")}) == lines{"reasoning I will", "call0 f_1 f ", R"(args0 {"a")", "args0 :1}", "end0", "call1 g_1 g {",
                                               "args1 }", "end1", "finish tool_calls"});
  CHECK(ended({event("tool-call-delta", R"("tool_calls":{"function":{"arguments":"}"}})", 3)}) == "malformed answer/pre_content");
}

TEST_CASE("cohere stream: where it comes from", "[dialect][stream][cohere]") {
  const std::string citation = R"({"start":0,"end":1,"text":"a","sources":[{"type":"document","id":"doc:1","document":{"id":"1","title":"T"}},{"id":"2"}]})";
  CHECK(deltas({text("a"), event("citation-start", R"("citations":)" + citation), R"({"type":"citation-end","index":0})", end}) ==
        lines{"text a", "cites doc:1 T " + citation, "finish stop", "usage 90 4"});
  const auto got = decode_whole(cohere_chat(), R"({"message":{"content":[{"type":"text","text":"a"}],"citations":[)" + citation + "," +
                                                   citation + R"(]},"finish_reason":"COMPLETE"})");
  REQUIRE(got);
  REQUIRE(got.value().choices()[0].citations.size() == 2);
  CHECK(got.value().choices()[0].citations[1].title == "T");
}

TEST_CASE("cohere stream: what goes wrong", "[dialect][stream][cohere]") {
  CHECK(ended({start, text("a")}) == "truncated answer/truncated");
  CHECK(ended({start, text("a"), "[DONE]"}) == "none");
  CHECK(ended({start}) == "empty answer/pre_content");
  CHECK(ended({start, end}) == "empty answer/pre_content");
  CHECK(ended({start, finish("ERROR")}) == "provider error/pre_content");
  CHECK(ended({start, text("a"), finish("TIMEOUT")}) == "provider error/truncated");
  CHECK(ended({start, R"({"type":"message-end","delta":{"error":"too bad","finish_reason":"ERROR"}})"}) == "provider error/pre_content");
  CHECK(ended({R"({"id":"x","message":"rate limit exceeded"})"}) == "provider error/rate_limited");
  CHECK(ended({text("a"), R"({"message":"internal"})"}) == "provider error/truncated");
  CHECK(ended({text("a"), R"({"type":"x" "delta"})", end}) == "malformed answer/truncated");
  CHECK(deltas({text("a"), finish("MAX_TOKENS")}).back() == "finish length");
  const auto got = run_stream(cohere_chat(), events({start, R"({"delta":{"error":"too bad"},"type":"message-end"})"}));
  REQUIRE(got.failure);
  CHECK(got.failure->message().find("too bad") != std::string::npos);
}

TEST_CASE("cohere: a whole answer", "[dialect][decode][cohere]") {
  const auto got = decode_whole(cohere_chat(), R"({"id":"m","message":{"role":"assistant","tool_plan":"I will","content":[{"type":"thinking",)"
                                               R"("thinking":"hm"},{"type":"text","text":"a"}],"tool_calls":[{"id":"f_1","type":"function",)"
                                               R"("function":{"name":"f","arguments":"{}"}},{"id":"f_2","function":{"name":"f","arguments":"{"}}]},)"
                                               R"("finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":3,"output_tokens":1}},)"
                                               R"("logprobs":[{"text":"a"}]})");
  REQUIRE(got);
  const auto& answer = got.value();
  CHECK(answer.text() == "a");
  CHECK(answer.reasoning() == "I willhm");
  REQUIRE(answer.tool_calls().size() == 2);
  CHECK(answer.tool_calls()[1].id == "f_2");
  CHECK(answer.tool_calls()[1].truncated);
  CHECK(answer.finish() == finish_reason::tool_calls);
  CHECK(answer.usage().input == 3);
  CHECK(answer.choices()[0].logprobs == R"([{"text":"a"}])");
  CHECK(decode_whole(cohere_chat(), R"({"id":"x","message":"no"})").error().code() == errc::provider_error);
  CHECK(cohere_chat().classify(400, {}, R"({"error_type":"TOO_MANY_TOKENS","message":"m"})").kind() == error_class::context_window);
}

TEST_CASE("cohere: turns", "[dialect][encode][cohere]") {
  chat_request ask;
  ask.system("s");
  message look{role::user, "what?"};
  look.add(part::text("this")).add(part::image("abc", "image/png").detail("low")).add(part::image_url("https://x"));
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"c1", "f", "", false});
  ask.add(look).add(calls).tool_result("c1", "5").assistant("so");
  CHECK(body(ask, true) ==
        R"({"model":"c","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"what?"},)"
        R"({"type":"text","text":"this"},{"type":"image_url","image_url":{"url":"data:image/png;base64,YWJj","detail":"low"}},)"
        R"({"type":"image_url","image_url":{"url":"https://x"}}]},{"role":"assistant","tool_calls":[{"id":"c1","type":"function",)"
        R"("function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"5"},)"
        R"({"role":"assistant","content":"so"}],"stream":true})");
}

TEST_CASE("cohere: every setting", "[dialect][encode][cohere]") {
  CHECK(with([](chat_request&) {}) == "}");
  CHECK(with([](chat_request& ask) { ask.max_tokens(5).temperature(0.5).top_p(0.25).top_k(3).seed(1).stop("x"); }) ==
        R"(,"max_tokens":5,"temperature":0.5,"p":0.25,"k":3,"seed":1,"stop_sequences":["x"]})");
  CHECK(with([](chat_request& ask) { ask.frequency_penalty(1).presence_penalty(0.5).logprobs(); }) ==
        R"(,"frequency_penalty":1,"presence_penalty":0.5,"logprobs":true})");
  CHECK(with([](chat_request& ask) { ask.json(); }) == R"(,"response_format":{"type":"json_object"}})");
  CHECK(with([](chat_request& ask) { ask.response_schema("{}"); }) == R"(,"response_format":{"type":"json_object","json_schema":{}}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("none"); }) == R"(,"thinking":{"type":"disabled"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("high"); }) == R"(,"thinking":{"type":"enabled"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_budget(9); }) == R"(,"thinking":{"type":"enabled","token_budget":9}})");
  CHECK(with([](chat_request& ask) { ask.extra("documents", "[]").extra("p", "0.5").top_p(1); }) == R"(,"documents":[],"p":0.5})");
  const std::string f = R"({"type":"function","function":{"name":"f","description":"F.","parameters":{}}})";
  const std::string g = R"({"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}})";
  const auto offer = [](chat_request& ask) -> chat_request& { return ask.tool({"f", "F.", "{}"}).tool({"g", "", ""}); };
  CHECK(with([&](chat_request& ask) { offer(ask); }) == R"(,"tools":[)" + f + "," + g + "]}");
  CHECK(with([&](chat_request& ask) { offer(ask).tool_choice("none"); }) == R"(,"tools":[)" + f + "," + g + R"(],"tool_choice":"NONE"})");
  CHECK(with([&](chat_request& ask) { offer(ask).tool_choice("required"); }) ==
        R"(,"tools":[)" + f + "," + g + R"(],"tool_choice":"REQUIRED"})");
  CHECK(with([&](chat_request& ask) { offer(ask).tool_choice("g"); }) == R"(,"tools":[)" + g + R"(],"tool_choice":"REQUIRED"})");
  tool strict{"f", "F.", "{}"};
  strict.strict = true;
  CHECK(with([&](chat_request& ask) { ask.tool(strict); }) == R"(,"tools":[)" + f + R"(],"strict_tools":true})");
}

TEST_CASE("cohere: what it has no words for", "[dialect][encode][cohere]") {
  const auto unsupported = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    CHECK(cohere_chat().encode(ask, "c", false, {}).error().code() == errc::unsupported);
    auto out = cohere_chat().encode(ask.drop_unsupported(), "c", false, {});
    REQUIRE(out);
    REQUIRE(out.value().dropped.size() == 1);
    return out.value().dropped[0];
  };
  message file{role::user, "a"};
  file.add(part::file("a", "application/pdf"));
  CHECK(unsupported([&](chat_request& ask) { ask.add(file); }).starts_with("parts"));
  CHECK(unsupported([](chat_request& ask) { ask.choices(2); }) == "choices");
  CHECK(unsupported([](chat_request& ask) { ask.logprobs(2); }) == "alternatives to tokens");
  CHECK(unsupported([](chat_request& ask) { ask.parallel_tool_calls(false); }) == "parallel_tool_calls(false)");
  CHECK(unsupported([](chat_request& ask) { ask.show_reasoning(false); }) == "show_reasoning(false)");
  CHECK(unsupported([](chat_request& ask) { ask.cache_key("k"); }) == "cache_key");
  CHECK(unsupported([](chat_request& ask) { ask.service_tier("k"); }) == "service_tier");
  CHECK(unsupported([](chat_request& ask) { ask.end_user("u"); }) == "end_user");
  CHECK(unsupported([](chat_request& ask) { ask.metadata("a", "b"); }) == "metadata");
}

TEST_CASE("cohere: vectors, models, check", "[dialect][cohere]") {
  embedding_request texts{"a"};
  const auto out = cohere_chat().encode_embeddings(texts.purpose(embedding_purpose::query).dimensions(8), "e").value();
  CHECK(out.target_suffix == "/v2/embed");
  CHECK(out.body == R"({"model":"e","texts":["a"],"input_type":"search_query","embedding_types":["float"],"output_dimension":8})");
  CHECK(cohere_chat().encode_embeddings(embedding_request{"a"}, "e").value().body.find("search_document") != std::string::npos);
  const auto got = cohere_chat().decode_embeddings(R"({"embeddings":{"float":[[1,2]]},"meta":{"billed_units":{"input_tokens":4}}})");
  REQUIRE(got);
  CHECK(got.value().vectors == std::vector<std::vector<float>>{{1, 2}});
  CHECK(got.value().usage.input == 4);
  for (const auto* wrong : {"{}", R"({"embeddings":{}})", R"({"embeddings":{"float":[]}})", "x"})
    CHECK(cohere_chat().decode_embeddings(wrong).error().code() == errc::malformed_answer);

  CHECK(cohere_chat().encode_models("p=").value().target_suffix == "/v1/models?page_size=1000&page_token=p%3D");
  const auto models = cohere_chat().decode_models(R"({"models":[{"name":"c","context_length":128000},{"name":"e","context_length":512.0}],"next_page_token":"n"})");
  REQUIRE(models);
  REQUIRE(models.value().models.size() == 2);
  CHECK(models.value().models[0].context_window == 128000);
  CHECK(models.value().models[1].context_window == 512);
  CHECK(models.value().next_page == "n");
  CHECK(cohere_chat().check().target_suffix == "/v1/models?page_size=1");
}
