#include "catch.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/wire/json_check.hpp>

#include <limits>

using namespace cohedge;
using namespace cohedge::dialect;

namespace {

request_bytes encoded(const chat_request& ask, bool stream = false, const surface& api = anthropic_messages()) {
  auto out = api.encode(ask, "m", stream, {});
  if (!out) FAIL(out.error().message());
  CHECK(out.value().method == "POST");
  CHECK(wire::is_json(out.value().body));
  return std::move(out).value();
}

// The members behind max_tokens.
std::string members(const chat_request& ask, bool stream = false) {
  const auto body = encoded(ask, stream).body;
  const std::string start = R"({"model":"m","max_tokens":4096,)";
  REQUIRE(body.starts_with(start));
  return body.substr(start.size());
}

// What of a request that says "hi" is not that.
std::string setting(const chat_request& ask) {
  auto text = members(ask);
  const std::string hi = R"("messages":[{"role":"user","content":"hi"}])";
  const auto at = text.find(hi);
  REQUIRE(at != std::string::npos);
  return text.erase(at, hi.size());
}

std::string fault(const chat_request& ask) {
  const auto out = anthropic_messages().encode(ask, "m", false, {});
  if (out) return "none";
  const auto code = out.error().code();
  const std::string name = code == errc::unsupported        ? "unsupported"
                           : code == errc::invalid_argument ? "invalid_argument"
                                                            : "another";
  return name + ": " + std::string{out.error().detail()};
}

std::vector<std::string> dropped(chat_request ask) {
  CHECK(fault(ask).starts_with("unsupported: "));
  return encoded(ask.drop_unsupported()).dropped;
}

}  // namespace

TEST_CASE("anthropic: path, model and stream", "[dialect][encode][anthropic]") {
  CHECK(encoded(chat_request{"hi"}).target_suffix == "/v1/messages");
  CHECK(encoded(chat_request{"hi"}).body ==
        R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":"hi"}]})");
  CHECK(members(chat_request{"hi"}, true) == R"("messages":[{"role":"user","content":"hi"}],"stream":true})");
}

TEST_CASE("anthropic: headers", "[dialect][encode][anthropic]") {
  CHECK(anthropic_messages().credential().name == "x-api-key");
  CHECK(anthropic_messages().credential().prefix.empty());
  const auto fixed = anthropic_messages().fixed_headers();
  REQUIRE(fixed.size() == 1);
  CHECK(fixed[0].name == "anthropic-version");
  CHECK(fixed[0].value == "2023-06-01");
  CHECK(anthropic_vertex().credential().name == "Authorization");
  CHECK(anthropic_vertex().fixed_headers().empty());
}

TEST_CASE("anthropic: the system prompt, wherever it stood", "[dialect][encode][anthropic]") {
  chat_request ask;
  ask.system("Be \"brief\".").user("a").add({role::developer, "More."}).user("b");
  CHECK(members(ask) ==
        R"("system":"Be \"brief\".\n\nMore.",)"
        R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})");
  message cached{role::system, "Long."};
  cached.cache_here = true;
  CHECK(members(chat_request{"hi"}.add(cached).add({role::system, "Short."}))
            .starts_with(R"("system":[{"type":"text","text":"Long.","cache_control":{"type":"ephemeral"}},)"
                         R"({"type":"text","text":"Short."}],)"));
  message parts{role::system, ""};
  parts.add(part::text("One.")).add(part::text("Two."));
  CHECK(members(chat_request{"hi"}.add(parts)).starts_with(R"("system":"One.\n\nTwo.",)"));
  CHECK(members(chat_request{"hi"}.system("x").extra("system", "[]")).find("\"x\"") == std::string::npos);
  CHECK(fault(chat_request{}.system("alone")).starts_with("invalid_argument: "));
  CHECK(fault(chat_request{""}).starts_with("invalid_argument: "));
}

TEST_CASE("anthropic: calls, results before words, turns of one role joined", "[dialect][encode][anthropic]") {
  message calls{role::assistant, "Looking."};
  calls.tool_calls.push_back({"functions.look:0", "look", R"({"x":1})", false});
  calls.tool_calls.push_back({"id2", "stop", "", false});
  message seen{role::tool, "seen"};
  seen.tool_call_id = "id2";
  seen.failed = true;
  seen.add(part::image("\x89P", "image/png"));
  chat_request ask{"go"};
  ask.add(calls).user("quickly").tool_result("functions.look:0", "done").add(seen).tool_result("id3", "");
  CHECK(
      members(ask) ==
      R"("messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"text","text":"Looking."},)"
      R"({"type":"tool_use","id":"functions_look_0","name":"look","input":{"x":1}},)"
      R"({"type":"tool_use","id":"id2","name":"stop","input":{}}]},{"role":"user","content":[)"
      R"({"type":"tool_result","tool_use_id":"functions_look_0","content":"done"},)"
      R"({"type":"tool_result","tool_use_id":"id2","content":[{"type":"text","text":"seen"},)"
      R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVA="}}],"is_error":true},)"
      R"({"type":"tool_result","tool_use_id":"id3"},{"type":"text","text":"quickly"}]}]})");
  calls.tool_calls[0].arguments = R"({"x":)";
  CHECK(fault(chat_request{"go"}.add(calls)) ==
        R"(invalid_argument: the arguments of the call of "look" are not a JSON object)");
  calls.tool_calls[0].arguments = "[1]";
  CHECK(fault(chat_request{"go"}.add(calls)).starts_with("invalid_argument"));
}

TEST_CASE("anthropic: turns that say nothing are left out", "[dialect][encode][anthropic]") {
  chat_request ask{"a"};
  ask.assistant("").user("b").user("");
  message refused{role::assistant, ""};
  refused.refusal = "No.";
  ask.add(refused);
  CHECK(members(ask) ==
        R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
        R"({"role":"assistant","content":[{"type":"text","text":"No."}]}]})");
}

TEST_CASE("anthropic: thinking goes back as it came, in its order", "[dialect][encode][anthropic]") {
  message turn{role::assistant, "So."};
  turn.reasoning.push_back({"", "hm \"1\"", "sig1", "", 0});
  turn.reasoning.push_back({"", "", "", "sealed", 0});
  turn.reasoning.push_back({"", "", "sig2", "", 1});
  turn.reasoning.push_back({"rs_1", "another provider's", "", "blob", 1});
  turn.reasoning.push_back({"", "last", "sig3", "", 2});
  turn.tool_calls.push_back({"a", "look", "{}", false});
  turn.tool_calls.push_back({"b", "look", "{}", false});
  CHECK(members(chat_request{"hi"}.add(turn)) ==
        R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[)"
        R"({"type":"thinking","thinking":"hm \"1\"","signature":"sig1"},{"type":"redacted_thinking","data":"sealed"},)"
        R"({"type":"text","text":"So."},{"type":"tool_use","id":"a","name":"look","input":{}},)"
        R"({"type":"thinking","thinking":"","signature":"sig2"},{"type":"tool_use","id":"b","name":"look","input":{}},)"
        R"({"type":"thinking","thinking":"last","signature":"sig3"}]}]})");
}

TEST_CASE("anthropic: pictures and documents", "[dialect][encode][anthropic]") {
  const auto block = [](part piece) {
    message turn{role::user, ""};
    turn.add(std::move(piece));
    chat_request ask;
    const auto text = members(ask.add(turn));
    const std::string start = R"("messages":[{"role":"user","content":[)";
    REQUIRE(text.starts_with(start));
    return text.substr(start.size(), text.size() - start.size() - 4);
  };
  CHECK(block(part::image("abc", "image/webp")) ==
        R"({"type":"image","source":{"type":"base64","media_type":"image/webp","data":"YWJj"}})");
  CHECK(block(part::image_url("https://x.test/a.png")) ==
        R"({"type":"image","source":{"type":"url","url":"https://x.test/a.png"}})");
  CHECK(block(part::image_url("data:image/gif;base64,R0lG")) ==
        R"({"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lG"}})");
  CHECK(
      block(part::file("%PDF", "application/pdf", "a.pdf")) ==
      R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="},"title":"a.pdf"})");
  CHECK(block(part::file("# a", "text/markdown")) ==
        R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"# a"}})");
  CHECK(block(part::file_url("https://x.test/a.pdf")) ==
        R"({"type":"document","source":{"type":"url","url":"https://x.test/a.pdf"}})");
  CHECK(block(part::file_id("file_1")) == R"({"type":"document","source":{"type":"file","file_id":"file_1"}})");
  CHECK(block(part::text("t").cache_here()) == R"({"type":"text","text":"t","cache_control":{"type":"ephemeral"}})");
}

TEST_CASE("anthropic: a cached turn is marked at its last block", "[dialect][encode][anthropic]") {
  const std::string mark = R"("cache_control":{"type":"ephemeral"})";
  const auto conversation = [](message turn) {
    turn.cache_here = true;
    return members(chat_request{"hi"}.add(turn));
  };
  CHECK(conversation({role::assistant, "a"}).ends_with(R"([{"type":"text","text":"a",)" + mark + "}]}]}"));
  message calls{role::assistant, "a"};
  calls.reasoning.push_back({"", "r", "s", "", 1});
  calls.tool_calls.push_back({"1", "look", "{}", false});
  CHECK(conversation(calls).ends_with(
      R"({"type":"text","text":"a"},{"type":"tool_use","id":"1","name":"look","input":{},)" + mark +
      R"(},{"type":"thinking","thinking":"r","signature":"s"}]}]})"));
  message result{role::tool, "r"};
  result.tool_call_id = "1";
  result.add(part::text("more"));
  CHECK(conversation(result).find(R"({"type":"text","text":"more"}],)" + mark + "}") != std::string::npos);
  tool offered{"look", "", ""};
  offered.cache_here = true;
  CHECK(setting(chat_request{"hi"}.tool(offered)) ==
        R"(,"tools":[{"name":"look","input_schema":{"type":"object"},)" + mark + "}]}");
}

TEST_CASE("anthropic: every setting is one member", "[dialect][encode][anthropic]") {
  const auto with = [](auto set) {
    chat_request ask{"hi"};
    set(ask);
    return setting(ask);
  };
  CHECK(with([](chat_request& ask) { ask.temperature(1); }) == R"("temperature":1,})");
  CHECK(with([](chat_request& ask) { ask.top_p(0.5); }) == R"("top_p":0.5,})");
  CHECK(with([](chat_request& ask) { ask.top_k(7); }) == R"("top_k":7,})");
  CHECK(with([](chat_request& ask) { ask.stop("a").stop("\n"); }) == R"("stop_sequences":["a","\n"],})");
  CHECK(with([](chat_request& ask) { ask.end_user("u"); }) == R"(,"metadata":{"user_id":"u"}})");
  CHECK(with([](chat_request& ask) { ask.metadata("user_id", "u"); }) == R"(,"metadata":{"user_id":"u"}})");
  CHECK(with([](chat_request& ask) { ask.service_tier("standard_only"); }) == R"(,"service_tier":"standard_only"})");
  CHECK(with([](chat_request& ask) { ask.choices(1).session("s"); }) == "}");
  CHECK(with([](chat_request& ask) { ask.extra("inference_geo", R"("us")"); }) == R"(,"inference_geo":"us"})");
  CHECK(with([](chat_request& ask) { ask.top_k(7).extra("top_k", "8"); }) == R"(,"top_k":8})");
  CHECK(encoded(chat_request{"hi"}.max_tokens(60)).body.find(R"("max_tokens":60,)") != std::string::npos);
  CHECK(encoded(chat_request{"hi"}.extra("max_tokens", "70")).body.find("4096") == std::string::npos);
  CHECK(fault(chat_request{"hi"}.temperature(1.5)) == "invalid_argument: temperature: Anthropic's range is 0 to 1");
  CHECK(fault(chat_request{"hi"}.temperature(-0.1).drop_unsupported()).starts_with("invalid_argument"));
  CHECK(
      fault(chat_request{"hi"}.temperature(std::numeric_limits<double>::quiet_NaN())).starts_with("invalid_argument"));
}

TEST_CASE("anthropic: how hard to think", "[dialect][encode][anthropic]") {
  const auto with = [](auto set) {
    chat_request ask{"hi"};
    set(ask.max_tokens(9000));
    const auto body = encoded(ask).body;
    const auto at = body.find(R"("thinking")"), config = body.find(R"("output_config")");
    return body.substr(std::min({at, config, body.size() - 1}));
  };
  CHECK(with([](chat_request& ask) { ask.reasoning_budget(2048); }) ==
        R"("thinking":{"type":"enabled","budget_tokens":2048}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_budget(2048).show_reasoning(false); }) ==
        R"("thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_budget(0); }) == R"("thinking":{"type":"disabled"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("none"); }) == R"("thinking":{"type":"disabled"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("xhigh"); }) ==
        R"("thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("minimal").show_reasoning(true); }) ==
        R"("thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low"}})");
  CHECK(with([](chat_request& ask) { ask.reasoning_effort("low").reasoning_budget(1024); }) ==
        R"("thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"low"}})");
  CHECK(with([](chat_request& ask) { ask.show_reasoning(true); }) ==
        R"("thinking":{"type":"adaptive","display":"summarized"}})");
  CHECK(with([](chat_request& ask) { ask.show_reasoning(false); }) == "}");
  // The budget is a part of max_tokens.
  CHECK(encoded(chat_request{"hi"}.reasoning_budget(1024)).body.find(R"("max_tokens":5120,)") != std::string::npos);
}

TEST_CASE("anthropic: structured output", "[dialect][encode][anthropic]") {
  const std::string schema = R"({"type":"object"})";
  CHECK(setting(chat_request{"hi"}.response_schema(schema)) ==
        R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}})");
  CHECK(setting(chat_request{"hi"}.response_schema(schema).reasoning_effort("high")) ==
        R"(,"thinking":{"type":"adaptive"},)"
        R"("output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}}})");
  CHECK(dropped(chat_request{"hi"}.json()) == std::vector<std::string>{"JSON without a schema"});
}

TEST_CASE("anthropic: tools and the choice among them", "[dialect][encode][anthropic]") {
  tool look{"look", "Look around.", R"({"type":"object","properties":{}})"};
  look.strict = true;
  chat_request ask{"hi"};
  ask.tool(look).tool({"wait", "", ""});
  const std::string tools =
      R"(,"tools":[{"name":"look","description":"Look around.","input_schema":{"type":"object","properties":{}},)"
      R"("strict":true},{"name":"wait","input_schema":{"type":"object"}}])";
  const auto choice = [&](const std::string& json) { return tools + R"(,"tool_choice":)" + json + "}"; };
  CHECK(setting(ask) == tools + "}");
  CHECK(setting(chat_request{ask}.tool_choice("auto")) == choice(R"({"type":"auto"})"));
  CHECK(setting(chat_request{ask}.tool_choice("required")) == choice(R"({"type":"any"})"));
  CHECK(setting(chat_request{ask}.tool_choice("wait")) == choice(R"({"type":"tool","name":"wait"})"));
  CHECK(setting(chat_request{ask}.parallel_tool_calls(false)) ==
        choice(R"({"type":"auto","disable_parallel_tool_use":true})"));
  CHECK(setting(chat_request{ask}.tool_choice("wait").parallel_tool_calls(true)) ==
        choice(R"({"type":"tool","name":"wait","disable_parallel_tool_use":false})"));
  CHECK(setting(chat_request{ask}.tool_choice("none").parallel_tool_calls(false)) == choice(R"({"type":"none"})"));
  CHECK(setting(chat_request{"hi"}.tool_choice("auto").parallel_tool_calls(false)) == "}");
}

TEST_CASE("anthropic: what it has no words for", "[dialect][encode][anthropic]") {
  using names = std::vector<std::string>;
  CHECK(dropped(chat_request{"hi"}.seed(1).choices(2)) == names{"a seed", "several choices"});
  CHECK(dropped(chat_request{"hi"}.frequency_penalty(1).presence_penalty(1).logprobs()) ==
        names{"frequency_penalty", "presence_penalty", "logprobs"});
  CHECK(dropped(chat_request{"hi"}.cache_key("k").metadata("a", "b")) ==
        names{"a cache key", "metadata other than user_id"});
  message turn{role::user, "hi"};
  turn.name = "Ann";
  turn.add(part::audio("RIFF", "audio/wav")).add(part::file("PK", "application/zip"));
  turn.add(part::image_url("https://x.test/a.png").detail("low"));
  CHECK(dropped(chat_request{}.add(turn)) ==
        names{"audio", "files other than PDF and text", "the detail of images", "names of speakers"});
  message system{role::system, "s"};
  system.add(part::image("a", "image/png"));
  CHECK(dropped(chat_request{"hi"}.add(system)) == names{"pictures and files but from the user"});
  CHECK(setting(chat_request{"hi"}.add(system).drop_unsupported()) == R"("system":"s",})");
}

TEST_CASE("anthropic on Vertex: the model is in the path", "[dialect][encode][anthropic]") {
  const auto whole = anthropic_vertex().encode(chat_request{"hi"}, "claude-3-7-sonnet@20250219", false, {});
  REQUIRE(whole);
  CHECK(whole.value().target_suffix == "/models/claude-3-7-sonnet@20250219:rawPredict");
  CHECK(whole.value().body == R"({"anthropic_version":"vertex-2023-10-16","max_tokens":4096,)"
                              R"("messages":[{"role":"user","content":"hi"}]})");
  const auto stream = anthropic_vertex().encode(chat_request{"hi"}, "a/b:c", true, {});
  REQUIRE(stream);
  CHECK(stream.value().target_suffix == "/models/a%2Fb%3Ac:streamRawPredict");
  CHECK(stream.value().body.ends_with(R"(,"stream":true})"));
}

TEST_CASE("anthropic: counting tokens asks with the prompt only", "[dialect][encode][anthropic]") {
  chat_request ask{"hi"};
  ask.system("s").max_tokens(5).temperature(0.5).seed(3).reasoning_budget(2048).tool({"look", "", ""});
  ask.extra("inference_geo", R"("us")").extra("mcp_servers", "[]");
  const auto out = anthropic_messages().encode_count(ask, "m", {});
  REQUIRE(out);
  CHECK(out.value().target_suffix == "/v1/messages/count_tokens");
  CHECK(out.value().body == R"({"model":"m","system":"s","messages":[{"role":"user","content":"hi"}],)"
                            R"("tools":[{"name":"look","input_schema":{"type":"object"}}],)"
                            R"("thinking":{"type":"enabled","budget_tokens":2048},"mcp_servers":[]})");
  const auto vertex = anthropic_vertex().encode_count(chat_request{"hi"}, "m", {});
  REQUIRE(vertex);
  CHECK(vertex.value().target_suffix == "/models/count-tokens:rawPredict");
  CHECK(vertex.value().body ==
        R"({"anthropic_version":"vertex-2023-10-16","model":"m","messages":[{"role":"user","content":"hi"}]})");
}

TEST_CASE("anthropic: the list of models, page by page", "[dialect][encode][anthropic]") {
  const auto first = anthropic_messages().encode_models("");
  REQUIRE(first);
  CHECK(first.value().method == "GET");
  CHECK(first.value().target_suffix == "/v1/models?limit=1000");
  const auto next = anthropic_messages().encode_models("claude&x");
  REQUIRE(next);
  CHECK(next.value().target_suffix == "/v1/models?limit=1000&after_id=claude%26x");
  CHECK(anthropic_vertex().encode_models("").error().code() == errc::unsupported);
  CHECK(anthropic_messages().encode_embeddings(embedding_request{"a"}, "m").error().code() == errc::unsupported);
}
