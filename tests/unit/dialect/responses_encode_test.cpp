#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::dialect;

namespace {

std::string body_of(const chat_request& ask, bool stream = false, const deviations& server = openai_deviations()) {
  auto out = openai_responses().encode(ask, "m", stream, server);
  if (!out) FAIL(out.error().message());
  CHECK(out.value().method == "POST");
  CHECK(out.value().target_suffix == "/responses");
  CHECK(wire::is_json(out.value().body));
  return out.value().body;
}

// What stands behind the input of a request that says "hi", without its end, which is always the same.
std::string members(const chat_request& ask, bool stream = false, const deviations& server = openai_deviations()) {
  const auto body = body_of(ask, stream, server);
  const std::string start = R"({"model":"m","input":[{"role":"user","content":"hi"}])";
  REQUIRE(body.starts_with(start));
  return body.substr(start.size());
}

std::string input_of(const chat_request& ask, const deviations& server = openai_deviations()) {
  const auto body = body_of(ask, false, server);
  const auto start = body.find("\"input\":") + 8;
  const auto end = std::min(body.find("],\"store\""), body.find("],\"include\""));
  return body.substr(start, end + 1 - start);
}

errc fault(const chat_request& ask) {
  const auto out = openai_responses().encode(ask, "m", false, {});
  return out ? errc::none : out.error().code();
}

}  // namespace

TEST_CASE("responses: every setting", "[dialect][encode]") {
  const auto with = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    return members(ask);
  };
  CHECK(with([](chat_request&) {}) == R"(,"store":false})");
  CHECK(with([](chat_request& ask) { ask.max_tokens(60).temperature(0.5).top_p(0.25); }) ==
        R"(,"max_output_tokens":60,"temperature":0.5,"top_p":0.25,"store":false})");
  CHECK(with([](chat_request& ask) { ask.end_user("u").cache_key("k").service_tier("flex"); }) ==
        R"(,"user":"u","prompt_cache_key":"k","service_tier":"flex","store":false})");
  CHECK(with([](chat_request& ask) { ask.metadata("a", "b"); }) == R"(,"metadata":{"a":"b"},"store":true})");
  CHECK(with([](chat_request& ask) { ask.extra("store", "true").extra("truncation", "\"auto\""); }) ==
        R"(,"store":true,"truncation":"auto"})");
  CHECK(with([](chat_request& ask) { ask.logprobs(2); }) ==
        R"(,"top_logprobs":2,"include":["message.output_text.logprobs"],"store":false})");
  CHECK(with([](chat_request& ask) { ask.json(); }) == R"(,"text":{"format":{"type":"json_object"}},"store":false})");
  CHECK(with([](chat_request& ask) { ask.response_schema("{}", "City"); }) ==
        R"(,"text":{"format":{"type":"json_schema","name":"City","schema":{},"strict":true}},"store":false})");
  CHECK(members(chat_request{"hi"}, true) ==
        R"(,"store":false,"stream":true,"stream_options":{"include_obfuscation":false}})");
  CHECK(members(chat_request{"hi"}, true, {}) == R"(,"store":false,"stream":true})");
}

TEST_CASE("responses: reasoning is asked for so that it can be given back", "[dialect][encode]") {
  CHECK(members(chat_request{"hi"}.reasoning_effort("low")) ==
        R"(,"reasoning":{"effort":"low"},"include":["reasoning.encrypted_content"],"store":false})");
  CHECK(members(chat_request{"hi"}.show_reasoning(true)) ==
        R"(,"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"],"store":false})");
  CHECK(members(chat_request{"hi"}.show_reasoning(false)) == R"(,"store":false})");
  CHECK(members(chat_request{"hi"}.reasoning_effort("none")) == R"(,"reasoning":{"effort":"none"},"store":false})");
  CHECK(members(chat_request{"hi"}.reasoning_effort("low").extra("include", "[]")) ==
        R"(,"reasoning":{"effort":"low"},"store":false,"include":[]})");
}

TEST_CASE("responses: tools and the choice among them", "[dialect][encode]") {
  tool exact{"exact", "", ""};
  exact.strict = false;
  chat_request ask{"hi"};
  ask.tool({"look", "Look.", R"({"type":"object"})"}).tool(exact).parallel_tool_calls(false);
  const std::string tools =
      R"(,"tools":[{"type":"function","name":"look","description":"Look.","parameters":{"type":"object"}},)"
      R"({"type":"function","name":"exact","parameters":{"type":"object","properties":{}},"strict":false}],)"
      R"("parallel_tool_calls":false)";
  CHECK(members(ask) == tools + R"(,"store":false})");
  CHECK(members(ask.tool_choice("required")) == tools + R"(,"tool_choice":"required","store":false})");
  CHECK(members(ask.tool_choice("look")) ==
        tools + R"(,"tool_choice":{"type":"function","name":"look"},"store":false})");
}

TEST_CASE("responses: turns and parts", "[dialect][encode]") {
  message seen{role::user, "see"};
  seen.add(part::image("\x01\x02", "image/png").detail("low")).add(part::image_url("https://x"));
  seen.add(part::file("abc", "application/pdf", "a.pdf")).add(part::file_url("https://y")).add(part::file_id("f"));
  message no{role::assistant, ""};
  no.refusal = "No.";
  message shown{role::tool, "look"};
  shown.tool_call_id = "c1";
  shown.add(part::image_url("https://z"));
  chat_request ask;
  ask.system("s").add(seen).assistant("a").add(no).tool_result("c0", "out").add(shown);
  CHECK(input_of(ask) ==
        R"([{"role":"developer","content":"s"},{"role":"user","content":[{"type":"input_text","text":"see"},)"
        R"({"type":"input_image","image_url":"data:image/png;base64,AQI=","detail":"low"},)"
        R"({"type":"input_image","image_url":"https://x","detail":"auto"},)"
        R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,YWJj"},)"
        R"({"type":"input_file","file_url":"https://y"},{"type":"input_file","file_id":"f"}]},)"
        R"({"role":"assistant","content":"a"},{"role":"assistant","content":[{"type":"refusal","refusal":"No."}]},)"
        R"({"type":"function_call_output","call_id":"c0","output":"out"},)"
        R"({"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"look"},)"
        R"({"type":"input_image","image_url":"https://z","detail":"auto"}]}])");
  CHECK(input_of(chat_request{"q"}.system("s"), {}).starts_with(R"([{"role":"system","content":"s"})"));
}

TEST_CASE("responses: reasoning goes back in front of what it led to", "[dialect][encode]") {
  message turn{role::assistant, "said"};
  turn.reasoning.push_back({"rs1", "why", "", "E1", 0});
  turn.reasoning.push_back({"rs2", "", "", "E2", 0});
  turn.reasoning.push_back({"rs3", "", "", "E3", 1});
  turn.tool_calls.push_back({"c1", "f", R"({"x":1})", false});
  turn.tool_calls.push_back({"c2", "g", "", false});
  const auto reasoning = [](const std::string& id, const std::string& summary, const std::string& encrypted) {
    return R"({"type":"reasoning","id":")" + id + R"(","summary":[)" + summary + R"(],"encrypted_content":")" + encrypted + "\"}";
  };
  const std::string call1 = R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"})";
  const std::string call2 = R"({"type":"function_call","call_id":"c2","name":"g","arguments":"{}"})";
  CHECK(input_of(chat_request{}.add(turn)) ==
        "[" + reasoning("rs1", R"({"type":"summary_text","text":"why"})", "E1") + R"(,{"role":"assistant","content":"said"},)" +
            reasoning("rs2", "", "E2") + "," + call1 + "," + reasoning("rs3", "", "E3") + "," + call2 + "]");
  turn.text.clear();
  turn.reasoning.resize(1);
  CHECK(input_of(chat_request{}.add(turn)) ==
        "[" + reasoning("rs1", R"({"type":"summary_text","text":"why"})", "E1") + "," + call1 + "," + call2 + "]");
}

TEST_CASE("responses: reasoning that the provider would not know is left out", "[dialect][encode]") {
  message turn{role::assistant, "said"};
  turn.reasoning.push_back({"rs1", "stored only", "", "", 0});
  turn.reasoning.push_back({"", "thought", "sig", "", 0});                     // Anthropic's
  turn.reasoning.push_back({"r", "", "", R"({"type":"reasoning.text"})", 0});  // OpenRouter's
  CHECK(input_of(chat_request{"hi"}.add(turn)) ==
        R"([{"role":"user","content":"hi"},{"role":"assistant","content":"said"}])");
  // DeepSeek's Responses API takes its text.
  const auto as_text = deviations{}.reasoning_back_as(deviations::reasoning_member::reasoning_content);
  CHECK(input_of(chat_request{"hi"}.add(turn), as_text).find(
            R"({"type":"reasoning","id":"rs1","summary":[],"content":[{"type":"reasoning_text","text":"stored only"}]})") !=
        std::string::npos);
}

TEST_CASE("responses: what it cannot express", "[dialect][encode]") {
  CHECK(fault(chat_request{"hi"}.seed(1)) == errc::unsupported);
  CHECK(fault(chat_request{"hi"}.stop("x")) == errc::unsupported);
  CHECK(fault(chat_request{"hi"}.choices(2)) == errc::unsupported);
  CHECK(fault(chat_request{"hi"}.choices(1)) == errc::none);
  CHECK(fault(chat_request{"hi"}.reasoning_budget(5)) == errc::unsupported);
  CHECK(fault(chat_request{}.add(message{role::user, ""}.add(part::audio("x", "audio/wav")))) == errc::unsupported);
  CHECK(fault(chat_request{}) == errc::invalid_argument);
  CHECK(fault(chat_request{"hi"}.extra("input", "[]")) == errc::invalid_argument);
  const auto out = openai_responses().encode(
      chat_request{"hi"}.seed(1).stop("x").top_k(2).frequency_penalty(1).presence_penalty(1).drop_unsupported(), "m", false, {});
  REQUIRE(out);
  CHECK(out.value().body == R"({"model":"m","input":[{"role":"user","content":"hi"}],"store":false})");
  CHECK(out.value().dropped ==
        std::vector<std::string>{"a seed", "stop sequences", "top_k", "frequency_penalty", "presence_penalty"});
}

TEST_CASE("responses: the count of the prompt's tokens", "[dialect][encode]") {
  const auto out = openai_responses().encode_count(
      chat_request{"hi"}.tool({"f", "", "{}"}).max_tokens(5).reasoning_effort("low").seed(1), "m", {});
  REQUIRE(out);
  CHECK(out.value().target_suffix == "/responses/input_tokens");
  CHECK(out.value().body ==
        R"({"model":"m","input":[{"role":"user","content":"hi"}],"tools":[{"type":"function","name":"f","parameters":{}}],)"
        R"("reasoning":{"effort":"low"}})");
  const auto count = [](std::string_view json) {
    std::string memory{json};
    memory.append(64, '"');
    return openai_responses().decode_count({memory.data(), json.size()});
  };
  CHECK(count(R"({"object":"response.input_tokens","input_tokens":11})").value() == 11);
  CHECK(count(R"({"error":{"message":"no","type":"x","code":429}})").error().kind() == error_class::rate_limited);
  CHECK(count("").error().code() == errc::malformed_answer);
  CHECK(count("[]").error().code() == errc::malformed_answer);
}
