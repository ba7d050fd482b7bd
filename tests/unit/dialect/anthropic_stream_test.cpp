#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

// As Anthropic frames them: the event line repeats the type, and the JSON ends in some padding.
std::string events(const lines& documents) {
  std::string body;
  for (const auto& each : documents) {
    const auto at = each.find(R"("type":")");
    if (at != std::string::npos)
      body.append("event: ").append(each.substr(at + 8, each.find('"', at + 8) - at - 8)) += '\n';
    body.append("data: ").append(each.substr(0, each.size() - 1)).append("   }\n\n");
  }
  return body;
}

const std::string start =
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x",)"
    R"("content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":3,)"
    R"("cache_read_input_tokens":4,"output_tokens":1,"service_tier":"standard"}}})";
const std::string stop = R"({"type":"message_stop"})";
const std::string ping = R"({"type": "ping"})";

std::string begins(int index, const std::string& block) {
  return R"({"type":"content_block_start","index":)" + std::to_string(index) + R"(,"content_block":)" + block + "}";
}
std::string delta_of(int index, const std::string& members) {
  return R"({"type":"content_block_delta","index":)" + std::to_string(index) + R"(,"delta":{)" + members + "}}";
}
std::string text(const std::string& said, int index = 0) {
  return delta_of(index, R"("type":"text_delta","text":")" + said + "\"");
}
std::string ends(int index) { return R"({"type":"content_block_stop","index":)" + std::to_string(index) + "}"; }
std::string finish(const std::string& why, const std::string& usage = R"({"output_tokens":9})") {
  return R"({"type":"message_delta","delta":{"stop_reason":")" + why + R"(","stop_sequence":null},"usage":)" + usage +
         "}";
}
const std::string text_block = R"({"type":"text","text":""})";

lines deltas(const lines& documents) {
  auto got = run_stream(anthropic_messages(), events(documents));
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

// The deltas of one block, and the finish.
lines block(const std::string& first, lines pieces, const std::string& why = "end_turn") {
  pieces.insert(pieces.begin(), {start, begins(0, first)});
  pieces.insert(pieces.end(), {ends(0), finish(why), stop});
  auto all = deltas(pieces);
  REQUIRE(all.size() >= 3);
  return {all.begin() + 1, all.end() - 2};
}

std::string ended(std::string_view body) {
  const auto got = run_stream(anthropic_messages(), body);
  if (!got.failure) return "none";
  return std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())};
}

}  // namespace

TEST_CASE("anthropic stream: text, finish, usage", "[dialect][stream][anthropic]") {
  const auto got =
      run_stream(anthropic_messages(), events({start, begins(0, text_block), ping, text("Hello"),
                                               text(", \\\"w\\u00f6rld\\\""), ends(0), finish("end_turn"), stop}));
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"usage 17 1", "text Hello", "text , \"w\xC3\xB6rld\"", "finish stop", "usage 17 9"});
  usage want;
  want.input = 17;
  want.output = 9;
  want.total = 26;
  want.cached = 4;
  want.cache_written = 3;
  want.reported = true;
  CHECK(got.answer.usage() == want);
  CHECK(got.answer.model() == "claude-x");
  CHECK(got.answer.id() == "msg_1");
  CHECK(got.answer.choices()[0].finish_text == "end_turn");
}

TEST_CASE("anthropic stream: members in any order, pings anywhere, [DONE] behind the end",
          "[dialect][stream][anthropic]") {
  const lines sorted{
      R"({"type":"ping"})",
      R"({"message":{"content":[],"id":"msg_1","model":"claude-x","type":"message","usage":{"input_tokens":0}},"type":"message_start"})",
      R"({"content_block":{"text":"","type":"text"},"index":0,"type":"content_block_start"})",
      R"({"delta":{"text":"Hi","type":"text_delta"},"index":0,"type":"content_block_delta"})",
      R"({"type":"ping"})",
      R"({"index":0,"type":"content_block_stop"})",
      R"({"delta":{"stop_reason":"max_tokens"},"type":"message_delta","usage":{"input_tokens":32,"output_tokens":16,"output_tokens_details":{"thinking_tokens":5}}})",
      R"({"type":"ping"})"};
  const auto got = run_stream(anthropic_messages(), tests::events(sorted) + "data: {\"type\":\"message_stop\"}\n\n" +
                                                        "event: data\ndata: [DONE]\n\n");
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"usage 0 0", "text Hi", "finish length", "usage 32 16"});
  CHECK(got.answer.usage().reasoning == 5);
}

TEST_CASE("anthropic stream: what is not known is passed over", "[dialect][stream][anthropic]") {
  const lines plain{"text Hi"};
  const auto between =
      GENERATE(as<std::string>{}, R"({"type":"ping"})", R"({"type":"weather","index":[1]})", "{}",
               R"({"type":"content_block_delta","index":0,"delta":{"type":"shout_delta","text":"HI"}})",
               R"({"type":"content_block_delta","index":0,"delta":null})", R"({"type":null,"error":null})",
               R"({"type":"content_block_stop","index":7})", R"({"type":"content_block_stop","index":"0"})",
               R"({"type":"message_delta","delta":{"stop_reason":null}})");
  CHECK(block(text_block, {between, text("Hi")}) == plain);
  CHECK(block(text_block, {text("Hi"), between}) == plain);
}

TEST_CASE("anthropic stream: thinking is closed with its signature", "[dialect][stream][anthropic]") {
  const std::string thinking = R"({"type":"thinking","thinking":"","signature":""})";
  const auto thought = delta_of(0, R"("type":"thinking_delta","thinking":"hm")");
  const auto sign = [](const std::string& text) {
    return delta_of(0, R"("type":"signature_delta","signature":")" + text + "\"");
  };
  CHECK(block(thinking, {thought, thought, sign("s+/=")}) == lines{"reasoning hm", "reasoning hm", "reasoned  s+/= "});
  CHECK(block(thinking, {sign("s")}) == lines{"reasoned  s "});  // display: omitted
  CHECK(block(R"({"type":"thinking","thinking":"a","signature":"old"})", {sign("new")}) ==
        lines{"reasoning a", "reasoned  new "});
  CHECK(block(R"({"type":"redacted_thinking","data":"sealed"})", {}) == lines{"reasoned   sealed"});
  // Begun by nobody, ended by nobody: the finish ends it.
  CHECK(deltas({start, thought, sign("s"), finish("end_turn"), stop}) ==
        lines{"usage 17 1", "reasoning hm", "reasoned  s ", "finish stop", "usage 17 9"});
  const auto got = run_stream(anthropic_messages(),
                              events({start, begins(0, thinking), thought, sign("s"), ends(0), begins(1, text_block),
                                      text("So.", 1), ends(1), finish("end_turn"), stop}));
  const std::vector<reasoning_item> items{{"", "hm", "s", "", 0}};
  CHECK(got.answer.choices()[0].reasoning_items == items);
}

TEST_CASE("anthropic stream: tool calls", "[dialect][stream][anthropic]") {
  const std::string use = R"({"type":"tool_use","id":"toolu_1","name":"look","input":{}})";
  const auto piece = [](const std::string& json, int index = 0) {
    return delta_of(index, R"("type":"input_json_delta","partial_json":")" + json + "\"");
  };
  CHECK(block(use, {piece(""), piece("{\\\"x\\\""), piece(":1}")}, "tool_use") ==
        lines{"call0 toolu_1 look ", R"(args0 {"x")", "args0 :1}", "end0"});
  CHECK(block(use, {piece("")}) == lines{"call0 toolu_1 look ", "args0 {}", "end0"});
  // Gateways that have it whole, and one without an id.
  CHECK(block(R"({"type":"tool_use","id":"t","name":"look","input":{"x":[1]}})", {}) ==
        lines{"call0 t look ", R"(args0 {"x":[1]})", "end0"});
  CHECK(block(R"({"input":{"x":1},"name":"look","type":"tool_use"})", {piece("{}")}) ==
        lines{"call0 call_0 look ", "args0 {}", "end0"});
  const auto two =
      deltas({start, begins(1, use), piece("{}", 1), ends(1),
              begins(2, R"({"type":"tool_use","id":"toolu_2","name":"go","input":{}})"), finish("tool_use"), stop});
  CHECK(two == lines{"usage 17 1", "call0 toolu_1 look ", "args0 {}", "end0", "call1 toolu_2 go ", "args1 {}", "end1",
                     "finish tool_calls", "usage 17 9"});
  CHECK(ended(events({start, piece("{}", 3)})).starts_with("malformed"));
}

TEST_CASE("anthropic stream: citations and the server's tools", "[dialect][stream][anthropic]") {
  const std::string cited =
      R"({"type":"web_search_result_location","url":"https://x.test","title":"X","cited_text":"a\"b"})";
  CHECK(block(R"({"citations":[],"type":"text","text":""})",
              {delta_of(0, R"("type":"citations_delta","citation":)" + cited), text("Hi")}) ==
        lines{"cites https://x.test X " + cited, "text Hi"});
  const std::string use =
      R"({"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{},"caller":null})";
  const auto piece = [](const std::string& json) {
    return delta_of(0, R"("type":"input_json_delta","partial_json":")" + json + "\"");
  };
  const std::string result = R"({"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"url":"u"}]})";
  const auto both =
      deltas({start, begins(0, use), piece(""), piece("{\\\"query\\\":"), piece("\\\"w\\\"}"), ends(0),
              begins(1, result), ends(1), begins(2, text_block), text("Hi", 2), ends(2), finish("pause_turn"), stop});
  CHECK(both == lines{"usage 17 1",
                      R"(other server_tool_use {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search",)"
                      R"("input":{"query":"w"},"caller":null})",
                      "other web_search_tool_result " + result, "text Hi", "finish pause", "usage 17 9"});
  // Half an input is no JSON: the block stays as it began.
  CHECK(block(use, {piece("{\\\"query"), text("Hi")}) == lines{"text Hi", "other server_tool_use " + use});
}

TEST_CASE("anthropic stream: every stop reason", "[dialect][stream][anthropic]") {
  const auto finished = [](const std::string& why) {
    const auto all = deltas({start, begins(0, text_block), text("Hi"), ends(0), finish(why), stop});
    return all[all.size() - 2];
  };
  CHECK(finished("end_turn") == "finish stop");
  CHECK(finished("stop_sequence") == "finish stop");
  CHECK(finished("max_tokens") == "finish length");
  CHECK(finished("model_context_window_exceeded") == "finish length");
  CHECK(finished("tool_use") == "finish tool_calls");
  CHECK(finished("pause_turn") == "finish pause");
  CHECK(finished("refusal") == "finish content_filter");
  CHECK(finished("bored") == "finish other");
}

TEST_CASE("anthropic stream: errors, anywhere", "[dialect][stream][anthropic]") {
  const std::string overloaded = R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
  CHECK(ended(events({overloaded})) == "provider error/overloaded");
  CHECK(ended(events({start, begins(0, text_block), overloaded})) == "provider error/overloaded");
  CHECK(ended(events({start, begins(0, text_block), text("Hi"), overloaded})) == "provider error/truncated");
  CHECK(ended(tests::events({overloaded})) == "provider error/overloaded");  // without the event line
  CHECK(ended(tests::events({R"({"error":{"type":"rate_limit_error","message":"slow"}})"})) ==
        "provider error/rate_limited");
  CHECK(ended(events({start, finish("refusal"), stop})) == "provider error/content_policy");
  CHECK(ended(overloaded) == "provider error/overloaded");  // as a body
}

TEST_CASE("anthropic stream: empty and cut off", "[dialect][stream][anthropic]") {
  CHECK(ended(events({start, finish("end_turn"), stop})).starts_with("empty answer"));
  CHECK(ended(events({start, begins(0, text_block), ends(0), finish("end_turn"), stop})).starts_with("empty answer"));
  CHECK(ended(events({start, begins(0, text_block), text("Hi"), ends(0)})).starts_with("truncated"));
  CHECK(ended(events({start, begins(0, text_block), text("Hi"), ends(0), finish("end_turn")})) == "none");
  CHECK(ended(events({start, begins(0, text_block), text("Hi"), ends(0), stop})) == "none");
  CHECK(ended(events({start, begins(0, text_block)})).starts_with("empty answer"));
  CHECK(ended(tests::events({R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":1}})"}))
            .starts_with("malformed"));
  lines many{start};
  for (int i = 0; i < 257; ++i) many.push_back(begins(i, text_block));
  CHECK(ended(events(many)).starts_with("limit exceeded"));
  lines calls{start};
  for (int i = 0; i < 257; ++i) {
    calls.push_back(begins(i, R"({"type":"tool_use","id":"a","name":"b","input":{}})"));
    calls.push_back(ends(i));
  }
  CHECK(ended(events(calls)).starts_with("limit exceeded"));
}

TEST_CASE("anthropic stream: a whole answer where a stream was asked for", "[dialect][stream][anthropic]") {
  const auto got = run_stream(anthropic_messages(),
                              R"({"type":"message","id":"m","model":"c","content":[{"type":"text","text":"Hi"}],)"
                              R"("stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}})");
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"text Hi", "finish stop", "usage 1 2"});
}
