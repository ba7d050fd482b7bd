#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::dialect;

namespace {

std::string chat(const chat_request& ask, bool stream = false, const deviations& server = compatible_deviations()) {
  auto out = openai_chat().encode(ask, "m", stream, server);
  REQUIRE(out);
  CHECK(out.value().method == "POST");
  CHECK(out.value().target_suffix == "/chat/completions");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

// The members behind model and messages of a request that says "hi".
std::string members(const chat_request& ask, bool stream = false, const deviations& server = compatible_deviations()) {
  const auto body = chat(ask, stream, server);
  const std::string start = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";
  REQUIRE(body.starts_with(start));
  return body.substr(start.size());
}

// The last of the messages, where nothing follows them.
std::string members_of_last(const std::string& body) {
  const auto start = body.rfind(R"({"role":)");
  return body.substr(start, body.size() - start - 2);
}

errc fault(const chat_request& ask, const surface& api = openai_chat()) {
  const auto out = api.encode(ask, "m", false, {});
  return out ? errc::none : out.error().code();
}

}  // namespace

TEST_CASE("chat: roles and turns", "[dialect][encode]") {
  chat_request ask;
  ask.system("Be \"brief\".").user("a\nb").assistant("c");
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"id1", "look", R"({"x":1})", false});
  calls.tool_calls.push_back({"id2", "stop", "", false});
  ask.add(calls).tool_result("id1", "seen").add({role::developer, "d"});
  CHECK(chat(ask) ==
        R"({"model":"m","messages":[{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"a\nb"},)"
        R"({"role":"assistant","content":"c"},{"role":"assistant","content":null,"tool_calls":[)"
        R"({"id":"id1","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}},)"
        R"({"id":"id2","type":"function","function":{"name":"stop","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"id1","content":"seen"},{"role":"system","content":"d"}]})");
  CHECK(chat(ask, false, openai_deviations()).find(R"({"role":"developer","content":"Be)") != std::string::npos);
}

TEST_CASE("chat: every setting is one member", "[dialect][encode]") {
  const auto with = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    return members(ask);
  };
  CHECK(with([](chat_request&) {}) == "}");
  CHECK(with([](chat_request& ask) { ask.max_tokens(60); }) == R"(,"max_tokens":60})");
  CHECK(with([](chat_request& ask) { ask.temperature(0.25); }) == R"(,"temperature":0.25})");
  CHECK(with([](chat_request& ask) { ask.top_p(0.5); }) == R"(,"top_p":0.5})");
  CHECK(with([](chat_request& ask) { ask.seed(-3); }) == R"(,"seed":-3})");
  CHECK(with([](chat_request& ask) { ask.stop("a").stop("\n"); }) == R"(,"stop":["a","\n"]})");
  CHECK(with([](chat_request& ask) { ask.end_user("u"); }) == R"(,"user":"u"})");
  CHECK(with([](chat_request& ask) { ask.session("s"); }) == "}");
  CHECK(with([](chat_request& ask) { ask.response_schema(R"({"type":"object"})"); }) ==
        R"(,"response_format":{"type":"json_schema","json_schema":)"
        R"({"name":"answer","schema":{"type":"object"},"strict":true}}})");
  CHECK(with([](chat_request& ask) { ask.extra("n", "2").extra("top_k", "5"); }) == R"(,"n":2,"top_k":5})");
}

TEST_CASE("chat: sampling and the rest of the vocabulary", "[dialect][encode]") {
  const auto with = [](auto set, const deviations& server = compatible_deviations()) {
    chat_request ask{"hi"};
    set(ask);
    return members(ask, false, server);
  };
  CHECK(with([](chat_request& ask) { ask.frequency_penalty(0.5).presence_penalty(-1); }) ==
        R"(,"frequency_penalty":0.5,"presence_penalty":-1})");
  CHECK(with([](chat_request& ask) { ask.choices(3); }) == R"(,"n":3})");
  CHECK(with([](chat_request& ask) { ask.logprobs(); }) == R"(,"logprobs":true})");
  CHECK(with([](chat_request& ask) { ask.logprobs(4); }) == R"(,"logprobs":true,"top_logprobs":4})");
  CHECK(with([](chat_request& ask) { ask.json(); }) == R"(,"response_format":{"type":"json_object"}})");
  CHECK(with([](chat_request& ask) { ask.response_schema("{}", "City", false); }) ==
        R"(,"response_format":{"type":"json_schema","json_schema":{"name":"City","schema":{},"strict":false}}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("low"); }) == R"(,"reasoning_effort":"low"})");
  CHECK(with([](chat_request& ask) { ask.cache_key("k").service_tier("flex"); }) ==
        R"(,"prompt_cache_key":"k","service_tier":"flex"})");
  // OpenAI keeps metadata with stored completions only; of a key given twice the last counts.
  CHECK(with([](chat_request& ask) { ask.metadata("a", "1").metadata("b", "\"").metadata("a", "2"); }) ==
        R"(,"metadata":{"b":"\"","a":"2"},"store":true})");
  CHECK(with([](chat_request& ask) { ask.metadata("a", "1").extra("store", "false"); }) ==
        R"(,"metadata":{"a":"1"},"store":false})");
  CHECK(with([](chat_request& ask) { ask.top_k(5); }, deviations{}.top_k(true)) == R"(,"top_k":5})");
  CHECK(with([](chat_request& ask) { ask.seed(7); }, deviations{}.random_seed(true)) == R"(,"random_seed":7})");
}

TEST_CASE("chat: how much to think, as servers put it", "[dialect][encode]") {
  using how = deviations::thinking_request;
  const auto with = [](how server, auto set) {
    chat_request ask{"hi"};
    set(ask.drop_unsupported());
    return members(ask, false, deviations{}.thinking_as(server));
  };
  const auto high = [](chat_request& ask) { ask.reasoning_effort("high"); };
  const auto off = [](chat_request& ask) { ask.reasoning_effort("none"); };
  const auto budget = [](chat_request& ask) { ask.reasoning_budget(1024).show_reasoning(false); };
  CHECK(with(how::reasoning_effort, off) == R"(,"reasoning_effort":"none"})");
  CHECK(with(how::reasoning_effort, budget) == "}");
  CHECK(with(how::reasoning, high) == R"(,"reasoning":{"effort":"high"}})");
  CHECK(with(how::reasoning, budget) == R"(,"reasoning":{"max_tokens":1024,"exclude":true}})");
  CHECK(with(how::thinking, high) == R"(,"reasoning_effort":"high"})");
  CHECK(with(how::thinking, off) == R"(,"thinking":{"type":"disabled"}})");
  CHECK(with(how::thinking, [](chat_request& ask) { ask.reasoning_budget(0); }) ==
        R"(,"thinking":{"type":"disabled"}})");
  CHECK(with(how::enable_thinking, budget) == R"(,"enable_thinking":true,"thinking_budget":1024})");
  CHECK(with(how::enable_thinking, off) == R"(,"enable_thinking":false})");
}

TEST_CASE("chat: parts", "[dialect][encode]") {
  message seen{role::user, "see"};
  seen.add(part::image("\x01\x02", "image/png").detail("low")).add(part::image_url("https://x/y.png"));
  seen.add(part::audio("ab", "audio/mpeg")).add(part::file("abc", "application/pdf", "a.pdf"));
  seen.add(part::file_id("file-1")).add(part::text("?"));
  const auto body = chat(chat_request{}.add(seen));
  CHECK(body ==
        R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AQI=","detail":"low"}},)"
        R"({"type":"image_url","image_url":{"url":"https://x/y.png"}},)"
        R"({"type":"input_audio","input_audio":{"data":"YWI=","format":"mp3"}},)"
        R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,YWJj"}},)"
        R"({"type":"file","file":{"file_id":"file-1"}},{"type":"text","text":"?"}]}]})");
  CHECK(fault(chat_request{}.add(message{role::user, ""}.add(part::file_url("https://x/y.pdf")))) == errc::unsupported);
  message tool{role::tool, "done"};
  tool.add(part::image_url("https://x"));
  CHECK(fault(chat_request{"hi"}.add(tool)) == errc::unsupported);
  const auto kept = chat(chat_request{"hi"}.add(tool).drop_unsupported());
  CHECK(kept.find(R"({"role":"tool","tool_call_id":"","content":"done"})") != std::string::npos);
}

TEST_CASE("chat: what goes back of an assistant's turn depends on the server", "[dialect][encode]") {
  message turn{role::assistant, ""};
  turn.refusal = "No.";
  turn.reasoning.push_back({"", "hm", "", "", 0});
  turn.reasoning.push_back({"r1", "", "", R"({"type":"reasoning.encrypted","data":"x"})", 0});
  turn.reasoning.push_back({"r2", "", "", "opaque", 0});
  const auto ask = chat_request{"hi"}.add(turn);
  const auto tail = [&](const deviations& server) {
    const auto body = members_of_last(chat(ask, false, server));
    return body;
  };
  CHECK(tail({}) == R"({"role":"assistant","content":"No."})");
  CHECK(tail(openai_deviations()) == R"({"role":"assistant","content":null,"refusal":"No."})");
  using member = deviations::reasoning_member;
  CHECK(tail(deviations{}.reasoning_back_as(member::reasoning_content)) ==
        R"({"role":"assistant","content":"No.","reasoning_content":"hm"})");
  CHECK(tail(deviations{}.reasoning_back_as(member::reasoning)) ==
        R"({"role":"assistant","content":"No.","reasoning":"hm"})");
  CHECK(tail(deviations{}.reasoning_back_as(member::reasoning_details)) ==
        R"({"role":"assistant","content":"No.","reasoning_details":[{"type":"reasoning.encrypted","data":"x"}]})");
}

TEST_CASE("chat: names, signatures, marks for the cache", "[dialect][encode]") {
  message said{role::user, "a"};
  said.name = "ann";
  said.cache_here = true;
  CHECK(members_of_last(chat(chat_request{"hi"}.add(said))) == R"({"role":"user","name":"ann","content":"a"})");
  CHECK(members_of_last(chat(chat_request{"hi"}.add(said), false, deviations{}.cache_control(true))) ==
        R"({"role":"user","name":"ann","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]})");
  said.add(part::image_url("u")).add(part::text("b"));
  CHECK(members_of_last(chat(chat_request{"hi"}.add(said), false, deviations{}.cache_control(true))) ==
        R"({"role":"user","name":"ann","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},)"
        R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]})");
  message calls{role::assistant, ""};
  calls.tool_calls.push_back({"i", "f", "{}", false, "sig"});
  CHECK(chat(chat_request{"hi"}.add(calls)).find("sig") == std::string::npos);
  CHECK(chat(chat_request{"hi"}.add(calls), false, deviations{}.call_signatures(true))
            .find(R"("extra_content":{"google":{"thought_signature":"sig"}})") != std::string::npos);
}

TEST_CASE("chat: what a server has no words for is refused, or left out and noted", "[dialect][encode]") {
  CHECK(fault(chat_request{"hi"}.top_k(3)) == errc::unsupported);
  CHECK(fault(chat_request{"hi"}.reasoning_budget(9)) == errc::unsupported);
  CHECK(fault(chat_request{"hi"}.show_reasoning(true)) == errc::none);
  CHECK(fault(chat_request{"hi"}.show_reasoning(false)) == errc::unsupported);
  CHECK_FALSE(openai_chat().encode(chat_request{"hi"}.show_reasoning(true), "m", false, openai_deviations()));
  const auto no_schema = deviations{}.json_schema(false);
  CHECK_FALSE(openai_chat().encode(chat_request{"hi"}.response_schema("{}"), "m", false, no_schema));
  const auto out = openai_chat().encode(
      chat_request{"hi"}.top_k(3).response_schema("{}").json().drop_unsupported(), "m", false, no_schema);
  REQUIRE(out);
  CHECK(out.value().dropped == std::vector<std::string>{"top_k", "a JSON schema for the answer"});
  CHECK(out.value().body.find(R"("response_format":{"type":"json_object"})") != std::string::npos);
}

TEST_CASE("chat: tools and the choice among them", "[dialect][encode]") {
  chat_request ask{"hi"};
  ask.tool({"look", "Look around.", R"({"type":"object"})"}).tool({"wait", "", ""});
  const std::string tools =
      R"(,"tools":[{"type":"function","function":{"name":"look","description":"Look around.",)"
      R"("parameters":{"type":"object"}}},{"type":"function","function":{"name":"wait"}}])";
  CHECK(members(ask) == tools + "}");
  CHECK(members(ask.tool_choice("required")) == tools + R"(,"tool_choice":"required"})");
  CHECK(members(ask.tool_choice("none")) == tools + R"(,"tool_choice":"none"})");
  CHECK(members(ask.tool_choice("wait")) ==
        tools + R"(,"tool_choice":{"type":"function","function":{"name":"wait"}}})");
  CHECK(members(ask.tool_choice("required"), false, deviations{}.required_is_any(true)) ==
        tools + R"(,"tool_choice":"any"})");
  CHECK(members(ask.tool_choice("auto").parallel_tool_calls(false)) ==
        tools + R"(,"parallel_tool_calls":false,"tool_choice":"auto"})");
  tool exact{"exact", "", ""};
  exact.strict = true;
  CHECK(members(chat_request{"hi"}.tool(exact)) ==
        R"(,"tools":[{"type":"function","function":{"name":"exact","strict":true}}]})");
  CHECK(fault(ask.tool_choice("run")) == errc::invalid_argument);
  // Without tools, "auto" and "none" say nothing, and OpenAI refuses them.
  CHECK(members(chat_request{"hi"}.tool_choice("auto")) == "}");
  CHECK(fault(chat_request{"hi"}.tool_choice("required")) == errc::invalid_argument);
}

TEST_CASE("chat: deviations", "[dialect][encode]") {
  chat_request ask{"hi"};
  CHECK(members(ask, true) == R"(,"stream":true,"stream_options":{"include_usage":true}})");
  CHECK(members(ask, true, openai_deviations()) ==
        R"(,"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}})");
  CHECK(members(ask, true, deviations{}.include_usage(false)) == R"(,"stream":true})");
  CHECK(members(ask.max_tokens(5), false, openai_deviations()) == R"(,"max_completion_tokens":5})");
  CHECK(openai_deviations() != compatible_deviations());
}

TEST_CASE("chat: extra members win over ours and are never doubled", "[dialect][encode]") {
  chat_request ask{"hi"};
  ask.max_tokens(5).temperature(1).stop("x").extra("max_completion_tokens", "7").extra("temperature", "0");
  ask.extra("temperature", "0.5").extra("stop", "null");
  CHECK(members(ask) == R"(,"max_completion_tokens":7,"temperature":0.5,"stop":null})");
  CHECK(members(chat_request{"hi"}.extra("stream_options", "{}"), true) == R"(,"stream":true,"stream_options":{}})");
}

TEST_CASE("what cannot be sent is refused before anything is", "[dialect][encode]") {
  CHECK(fault(chat_request{}) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.temperature(std::numeric_limits<double>::quiet_NaN())) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.top_p(std::numeric_limits<double>::infinity())) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.extra("x", "{")) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.extra("x", "1,\"y\":2")) == errc::invalid_argument);
  for (const char* own : {"model", "messages", "stream"})
    CHECK(fault(chat_request{"hi"}.extra(own, "1")) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.response_schema("{")) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.tool({"", "", ""})) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.tool({"a", "", "{"})) == errc::invalid_argument);
  CHECK_FALSE(openai_chat().encode(chat_request{"hi"}, "", false, {}));
  CHECK(openai_chat().encode(chat_request{}, "m", false, {}).error().kind() == error_class::caller_fault);
}

TEST_CASE("chat: bad UTF-8 in a prompt does not make a bad request", "[dialect][encode]") {
  CHECK(chat(chat_request{"a\xFF" "b"}).find("a\xEF\xBF\xBD" "b") != std::string::npos);
}

TEST_CASE("legacy: a prompt from the turns", "[dialect][encode]") {
  const auto body = [](const chat_request& ask, bool stream = false) {
    auto out = legacy_completions().encode(ask, "m", stream, openai_deviations().without_obfuscation(false));
    REQUIRE(out);
    CHECK(out.value().target_suffix == "/completions");
    CHECK(out.value().method == "POST");
    return out.value().body;
  };
  CHECK(body(chat_request{"Once upon"}.max_tokens(9).temperature(0).seed(1).stop(".")) ==
        R"({"model":"m","prompt":"Once upon","max_tokens":9,"temperature":0,"seed":1,"stop":["."]})");
  CHECK(body(chat_request{"q"}.system("s").assistant("a").user("r"), true) ==
        R"({"model":"m","prompt":"system: s\n\nuser: q\n\nassistant: a\n\nuser: r\n\nassistant:",)"
        R"("stream":true,"stream_options":{"include_usage":true}})");
}

TEST_CASE("legacy: what it cannot express", "[dialect][encode]") {
  const auto& api = legacy_completions();
  CHECK(fault(chat_request{"q"}.tool({"look", "", ""}), api) == errc::unsupported);
  CHECK(fault(chat_request{"q"}.tool_result("id", "text"), api) == errc::unsupported);
  CHECK(fault(chat_request{"q"}.response_schema("{}"), api) == errc::unsupported);
  CHECK(fault(chat_request{"q"}.json(), api) == errc::unsupported);
  CHECK(fault(chat_request{"q"}.reasoning_effort("low"), api) == errc::unsupported);
  CHECK(fault(chat_request{}.add(message{role::user, ""}.add(part::image_url("u"))), api) == errc::unsupported);
  const auto left = api.encode(chat_request{"q"}.tool({"look", "", ""}).choices(2).logprobs(3).drop_unsupported(), "m",
                               false, {});
  REQUIRE(left);
  CHECK(left.value().body == R"({"model":"m","prompt":"q","n":2,"logprobs":3})");
  CHECK(left.value().dropped == std::vector<std::string>{"tools"});
  CHECK(fault(chat_request{}, api) == errc::invalid_argument);
  CHECK(fault(chat_request{"q"}.extra("prompt", "1"), api) == errc::invalid_argument);
}

TEST_CASE("health checks", "[dialect]") {
  CHECK(openai_chat().name() == "openai.chat");
  CHECK(legacy_completions().name() == "legacy.completions");
  CHECK(openai_chat().check().method == "GET");
  CHECK(openai_chat().check().target_suffix == "/models");
  CHECK(legacy_completions().check().target_suffix == "/health");
  for (const auto* api : {&openai_chat(), &legacy_completions()}) {
    CHECK(api->check_answer(200, {}, ""));
    CHECK(api->check_answer(204, {}, ""));
    CHECK(api->check_answer(401, {}, "").error().kind() == error_class::credential);
    CHECK(api->check_answer(403, {}, "").error().kind() == error_class::credential);
    CHECK(api->check_answer(429, {}, "").error().kind() == error_class::rate_limited);
    CHECK(api->check_answer(503, {}, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})")
              .error()
              .kind() == error_class::transient);
  }
}
