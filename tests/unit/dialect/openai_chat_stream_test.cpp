#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::events;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

// One choice's delta as a chunk.
std::string chunk(const std::string& delta_members, const std::string& more = R"("finish_reason":null)") {
  return R"({"id":"c1","model":"m1","choices":[{"index":0,"delta":{)" + delta_members + "}," + more + "}]}";
}
const std::string hello = chunk(R"("content":"Hello")");
const std::string stop = chunk("", R"("finish_reason":"stop")");

lines deltas(const std::vector<std::string>& chunks, const surface& api = openai_chat()) {
  auto got = run_stream(api, events(chunks));
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

// How a stream failed, as "code/class".
std::string ended(std::string_view body, const limits& bounds = {}, const deviations& server = {}) {
  const auto got = run_stream(openai_chat(), body, {}, bounds, server);
  if (!got.failure) return "none";
  return std::string{to_string(got.failure->code())} + "/" + std::string{to_string(got.failure->kind())};
}

}  // namespace

TEST_CASE("stream: text, finish, usage, done", "[dialect][stream]") {
  const auto body = events({chunk(R"("role":"assistant","content":"")"), hello, chunk(R"("content":", \"w\u00f6rld\"\n")"),
                            stop, R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})",
                            "[DONE]"});
  const auto got = run_stream(openai_chat(), body);
  REQUIRE_FALSE(got.failure);
  CHECK(got.deltas == lines{"text Hello", "text , \"w\xC3\xB6rld\"\n", "finish stop", "usage 3 2"});
  CHECK(got.answer.text() == "Hello, \"w\xC3\xB6rld\"\n");
  CHECK(got.answer.finish() == finish_reason::stop);
  CHECK(got.answer.usage().total == 5);
  CHECK(got.answer.model() == "m1");
  CHECK(got.answer.id() == "c1");
  CHECK(got.committed);
}

TEST_CASE("stream: what carries nothing gives nothing", "[dialect][stream]") {
  const lines plain{"text Hello", "finish stop"};
  const auto ignored = GENERATE(as<std::string>{},
      R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}]})",           // Azure's and Copilot's first
      R"({"id":"x","choices":null})", R"({"type":"ping"})", R"({"unknown":{"deep":[1,{"a":"}"}]}})", R"({})",
      R"({"choices":[{"index":0,"delta":null,"finish_reason":""}]})",              // Snowflake's empty reason
      R"({"choices":[{"index":null,"delta":{"role":null,"content":null,"refusal":null,"tool_calls":null,"reasoning":null,"function_call":null}}]})",
      R"({"choices":[{"index":0,"delta":{"content":""},"error":null,"obfuscation":"aaaa"}],"error":null})",
      R"({"choices":[{"index":0,"delta":{}}],"error":{}})", " ", "");
  CHECK(deltas({ignored, hello, stop, "[DONE]"}) == plain);
  CHECK(run_stream(openai_chat(), ": keep-alive\n\n\n" + events({ignored}) + ": PROCESSING\n" + events({hello, stop}))
            .deltas == plain);
}

TEST_CASE("stream: reasoning, refusal, and lists of parts", "[dialect][stream]") {
  CHECK(deltas({chunk(R"("reasoning_content":"hm")"), chunk(R"("content":"","reasoning":"ok")"), chunk(R"("refusal":"no")"),
                stop}) == lines{"reasoning hm", "reasoning ok", "refusal no", "reasoned   ", "finish stop"});
  CHECK(deltas({chunk(R"("reasoning":"a","reasoning_content":"a")"), hello, stop}) ==
        lines{"reasoning a", "text Hello", "reasoned   ", "finish stop"});
  CHECK(deltas({chunk(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true}])"),
                chunk(R"("content":[{"type":"reference","reference_ids":[1]},{"type":"text","text":"a"},"b"])"), stop}) ==
        lines{"reasoning hm", "text a", "text b", "reasoned   ", "finish stop"});
  // Databricks' summaries of reasoning.
  CHECK(deltas({chunk(R"("content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}]}])"), stop}) ==
        lines{"reasoning s", "reasoned   ", "finish stop"});
}

TEST_CASE("stream: tool calls in pieces", "[dialect][stream]") {
  CHECK(deltas({chunk(R"("tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"look","arguments":""}}])"),
                chunk(R"("tool_calls":[{"index":0,"id":"","function":{"arguments":"{\"x\""}}])"),
                chunk(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":""}}])"),
                chunk(R"("tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"b","function":{"name":"go","arguments":"{}"}}])"),
                chunk("", R"("finish_reason":"tool_calls")")}) ==
        lines{"call0 a look ", "args0 {\"x\"", "args0 :1}", "call1 b go {}", "end0", "end1", "finish tool_calls"});
}

TEST_CASE("stream: tool calls as servers send them otherwise", "[dialect][stream]") {
  const auto call = [](const std::string& front, const std::string& id, const std::string& arguments) {
    return "{" + front + R"("id":")" + id + R"(","function":{"name":"f","arguments":")" + arguments + "\"}}";
  };
  SECTION("whole, two in one delta, on the finish chunk") {
    CHECK(deltas({chunk(R"("tool_calls":[)" + call(R"("index":0,)", "a", "{}") + "," + call(R"("index":1,)", "b", "1") + "]",
                        R"("finish_reason":"tool_calls")")}) ==
          lines{"call0 a f {}", "call1 b f 1", "end0", "end1", "finish tool_calls"});
  }
  SECTION("whole, without an index") {
    CHECK(deltas({chunk(R"("tool_calls":[)" + call("", "a", "1") + "," + call("", "b", "2") + "]"),
                  chunk(R"("tool_calls":[)" + call("", "", "3") + "]"), stop}) ==
          lines{"call0 a f 1", "call1 b f 2", "call2 call_2 f 3", "end0", "end1", "end2", "finish stop"});
  }
  SECTION("all with index 0") {
    CHECK(deltas({chunk(R"("tool_calls":[)" + call(R"("index":0,)", "a", "1") + "," + call(R"("index":0,)", "b", "2") + "]"),
                  stop}) == lines{"call0 a f 1", "call1 b f 2", "end0", "end1", "finish stop"});
  }
  SECTION("indices with holes become dense") {
    CHECK(deltas({chunk(R"("tool_calls":[)" + call(R"("index":255,)", "a", "1") + "," + call(R"("index":7,)", "b", "2") + "]"),
                  chunk(R"("tool_calls":[{"index":255,"function":{"arguments":"x"}}])"), stop}) ==
          lines{"call0 a f 1", "call1 b f 2", "args0 x", "end0", "end1", "finish stop"});
  }
  SECTION("the name after the id, members in another order, arguments as an object") {
    CHECK(deltas({chunk(R"("tool_calls":[{"id":"a","index":0}])"),
                  chunk(R"("tool_calls":[{"function":{"arguments":{"k":[1]},"name":"f"},"index":0}])"), stop}) ==
          lines{"call0 a  ", "call0 a f {\"k\":[1]}", "end0", "finish stop"});
  }
  SECTION("calls without an id are given one, each its own") {
    CHECK(deltas({chunk(R"("tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}}])"),
                  chunk(R"("tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"id":"b","function":{"name":"g"}}])"),
                  chunk(R"("tool_calls":[{"index":2,"function":{"name":"h","arguments":"{}"}},{"index":3}])"),
                  chunk(R"("tool_calls":[{"index":3,"function":{"name":"late","arguments":"{}"}}])"), stop}) ==
          lines{"call0 call_0 f {", "args0 }", "call1 b g ", "call2 call_2 h {}", "call3   ", "call3 call_3 late {}",
                "end0", "end1", "end2", "end3", "finish stop"});
  }
  SECTION("the function_call before there were tools") {
    CHECK(deltas({chunk(R"("function_call":{"name":"f","arguments":""})"), chunk(R"("function_call":{"arguments":"{}"})"),
                  chunk("", R"("finish_reason":"function_call")")}) ==
          lines{"call0 call_0 f ", "args0 {}", "end0", "finish tool_calls"});
  }
}

TEST_CASE("stream: arguments cut off are marked, whatever the finish reason says", "[dialect][stream]") {
  const auto got = run_stream(
      openai_chat(),
      events({chunk(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}},{"index":1,"id":"b","function":{"name":"g","arguments":""}}])"),
              chunk("", R"("finish_reason":"tool_calls")")}));
  REQUIRE(got.answer.tool_calls().size() == 2);
  CHECK(got.answer.tool_calls()[0].truncated);
  CHECK_FALSE(got.answer.tool_calls()[1].truncated);
}

TEST_CASE("stream: several choices", "[dialect][stream]") {
  CHECK(deltas({R"({"choices":[{"delta":{"content":"b"},"index":1},{"delta":{"content":"a"},"finish_reason":"stop","index":0}]})",
                R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})", "[DONE]"}) ==
        lines{"1:text b", "text a", "finish stop", "1:finish length"});
  // The second choice never finished.
  CHECK(ended(events({R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"},{"index":1,"delta":{"content":"b"}}]})"})) ==
        "truncated answer/truncated");
}

TEST_CASE("stream: usage wherever it comes, the last one counts", "[dialect][stream]") {
  const std::string counts = R"("usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12})";
  CHECK(deltas({hello, R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)" + counts + "}"}) ==
        lines{"text Hello", "finish stop", "usage 5 7"});
  CHECK(deltas({R"({"x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2}},"choices":[]})", hello, stop}) ==
        lines{"usage 1 2", "text Hello", "finish stop"});
  CHECK(deltas({hello, R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop",)" + counts + "}]}"}).back() ==
        "usage 5 7");  // Moonshot: inside the choice
  const auto got = run_stream(openai_chat(), events({R"({"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}})",
                                                     R"({"choices":[],)" + counts + "}", stop}));
  CHECK(got.answer.usage().output == 7);
  CHECK(got.answer.usage().total == 12);
}

TEST_CASE("stream: [DONE] is accepted anywhere and required nowhere", "[dialect][stream]") {
  CHECK(ended(events({hello, stop})) == "none");
  CHECK(ended(events({hello, "[DONE]"})) == "none");
  CHECK(ended(events({hello, stop, " [DONE] "})) == "none");
  CHECK(ended("data: " + hello + "\n\ndata: " + stop) == "none");   // the empty line at the end is missing
  CHECK(ended("data: " + hello + "\n\ndata: [DONE]") == "none");
  // Nothing behind the end is read, and it stays in the input.
  const auto decoder = openai_chat().decoder({}, {});
  const auto memory = tests::padded(events({hello, "[DONE]", "{bad"}));
  std::string_view input{memory.data(), memory.size() - 64};
  delta out;
  CHECK(decoder->next(input, out) == decode_step::event);
  CHECK(decoder->next(input, out) == decode_step::done);
  CHECK(input == "data: {bad\n\n");
  CHECK(decoder->next(input, out) == decode_step::done);
  CHECK(decoder->finish(out) == decode_step::done);
}

TEST_CASE("stream: an end without its marks", "[dialect][stream]") {
  CHECK(ended("") == "connection closed/pre_content");
  CHECK(ended(": keep-alive\n\n") == "connection closed/pre_content");
  CHECK(ended(events({chunk(R"("role":"assistant")")})) == "empty answer/pre_content");
  CHECK(ended(events({stop, "[DONE]"})) == "empty answer/pre_content");
  CHECK(ended(events({"[DONE]"})) == "empty answer/pre_content");
  CHECK(ended(events({hello})) == "truncated answer/truncated");
  CHECK(ended(events({hello}) + "data: " + stop.substr(0, 30)) == "truncated answer/truncated");
  CHECK(ended(events({hello}) + "data: " + stop.substr(0, stop.size() - 2)) == "truncated answer/truncated");
  CHECK(ended(events({hello}), {}, deviations{}.finish_reason_optional(true)) == "none");
  CHECK(ended(events({chunk(R"("role":"assistant")")}), {}, deviations{}.finish_reason_optional(true)) ==
        "empty answer/pre_content");
  // A model that spent all its tokens on hidden reasoning has answered: with nothing.
  CHECK(ended(events({chunk("", R"("finish_reason":"length")")})) == "none");
}

TEST_CASE("stream: errors in every recorded shape", "[dialect][stream]") {
  const std::string plain = R"({"error":{"message":"Overloaded, sorry","type":"overloaded_error","code":null}})";
  CHECK(ended(events({plain})) == "provider error/overloaded");
  CHECK(ended(events({hello, plain})) == "provider error/truncated");
  CHECK(ended("event: error\n" + events({R"({"error":{"message":"m","code":"tool_use_failed","status_code":400}})"})) ==
        "provider error/caller_fault");
  CHECK(ended("event: error\ndata: out of memory\n\n") == "provider error/pre_content");
  CHECK(ended("error: {\"code\":500,\"message\":\"slot failed\",\"type\":\"server_error\"}\n\n") ==
        "provider error/transient");
  CHECK(ended(events({hello}) + "error: {\"code\":500,\"message\":\"slot failed\"}") == "provider error/truncated");
  // OpenRouter: an error beside choices in one chunk. It wins, wherever it stands.
  CHECK(ended(events({R"({"choices":[{"index":0,"delta":{"content":"x"}}],"error":{"code":429,"message":"m"}})"})) ==
        "provider error/rate_limited");
  CHECK(ended(events({R"({"error":{"code":502,"message":"m"},"choices":[{"index":0,"delta":{"content":"x"}}]})"})) ==
        "provider error/transient");
  CHECK(ended(events({R"({"choices":[{"index":0,"delta":{"content":"x"},"error":{"code":502,"message":"m"}}]})"})) ==
        "provider error/transient");
  CHECK(ended(events({R"({"object":"error","message":"bad","code":400})"})) == "provider error/caller_fault");
  CHECK(ended(events({R"({"error":"model runner has stopped"})"})) == "provider error/pre_content");
  CHECK(ended(events({hello}) + plain) == "provider error/truncated");  // bare, behind the events
  const auto got = run_stream(openai_chat(), events({hello, plain}));
  CHECK(got.deltas == lines{"text Hello"});
  CHECK(got.failure->detail() == "Overloaded, sorry");
  CHECK(got.failure->provider_code() == "overloaded_error");
}

TEST_CASE("stream: a finish that is a failure", "[dialect][stream]") {
  const auto finish = [](const char* word) { return chunk("", R"("finish_reason":")" + std::string{word} + "\""); };
  CHECK(ended(events({finish("error")})) == "provider error/pre_content");
  CHECK(ended(events({hello, finish("network_error")})) == "provider error/truncated");
  CHECK(ended(events({finish("content_filter")})) == "provider error/content_policy");
  CHECK(deltas({hello, finish("content_filter")}) == lines{"text Hello", "finish content_filter"});
  CHECK(deltas({hello, stop, stop}) == lines{"text Hello", "finish stop"});  // said twice
}

TEST_CASE("stream: bad bytes", "[dialect][stream]") {
  CHECK(ended(events({"{\"choices\":[{"})) == "malformed answer/pre_content");
  CHECK(ended(events({hello, "{\"choices\":[{"})) == "malformed answer/truncated");
  CHECK(ended(events({"hello"})) == "malformed answer/pre_content");
  CHECK(ended(events({"[1]"})) == "malformed answer/pre_content");
  CHECK(ended(events({hello + hello})) == "malformed answer/pre_content");
  CHECK(ended(events({R"({"choices":[null]})"})) == "malformed answer/pre_content");
  CHECK(ended(events({R"({"choices":{"index":0}})"})) == "malformed answer/pre_content");
  CHECK(ended(events({R"({"choices":[{"index":-1,"delta":{}}]})"})) == "malformed answer/pre_content");
  CHECK(ended(events({R"({"choices":[{"index":0,"delta":"text"}]})"})) == "malformed answer/pre_content");
  CHECK(ended(events({chunk("\"content\":\"\\q\"")})) == "malformed answer/pre_content");
  CHECK(ended(events({chunk("\"content\":\"\\ud83\"")})) == "malformed answer/pre_content");
  CHECK(ended(events({chunk("\"content\":\"\xFF\"")})) == "malformed answer/pre_content");
  // A lone surrogate is what a server that splits escaped text leaves.
  CHECK(deltas({chunk("\"content\":\"\\ud83d\\ude00 \\ud83d\"")}).front() ==
        "text \xF0\x9F\x98\x80 \xEF\xBF\xBD");
}

TEST_CASE("stream: limits", "[dialect][stream]") {
  CHECK(ended(events({R"({"choices":[{"index":128,"delta":{"content":"x"}}]})"})) == "limit exceeded/pre_content");
  CHECK(ended(events({R"({"choices":[{"index":127,"delta":{"content":"x"},"finish_reason":"stop"}]})"})) == "none");
  CHECK(ended(events({R"({"choices":[{"index":99999999999999999999,"delta":{}}]})"})) == "malformed answer/pre_content");
  CHECK(ended(events({hello, chunk(R"("tool_calls":[{"index":256,"function":{"name":"f"}}])")})) ==
        "limit exceeded/truncated");
  std::string many;
  for (int i = 0; i < 257; ++i) many += (i ? "," : "") + std::string{R"({"id":"i)"} + std::to_string(i) + R"(","function":{"name":"f"}})";
  CHECK(ended(events({chunk("\"tool_calls\":[" + many + "]")})) == "limit exceeded/pre_content");

  limits bounds;
  bounds.neutral_events = 3;
  const auto role = chunk(R"("role":"assistant")");
  CHECK(ended(events({role, role, hello, role, role, stop}), bounds) == "none");
  CHECK(ended(events({role, role, role, hello, stop}), bounds) == "limit exceeded/pre_content");
  bounds = {};
  bounds.body = 300;
  CHECK(ended(events({hello, hello, hello, stop}), bounds) == "limit exceeded/truncated");
  bounds = {};
  bounds.sse_line = 100;
  CHECK(ended(events({chunk(R"("content":")" + std::string(200, 'x') + "\"")}), bounds) == "limit exceeded/pre_content");
}

TEST_CASE("stream: a used-up decoder repeats its failure", "[dialect][stream]") {
  const auto decoder = openai_chat().decoder({}, {});
  const auto memory = tests::padded(events({"{", hello}));
  std::string_view input{memory.data(), memory.size() - 64};
  delta out;
  CHECK(decoder->next(input, out) == decode_step::failed);
  CHECK(decoder->next(input, out) == decode_step::failed);
  CHECK(decoder->finish(out) == decode_step::failed);
  CHECK(decoder->failure().code() == errc::malformed_answer);
  CHECK_FALSE(decoder->committed());
}

TEST_CASE("stream: JSON or a page where a stream was asked for", "[dialect][stream]") {
  const auto whole = run_stream(
      openai_chat(),
      R"(  {"id":"w","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}})");
  CHECK_FALSE(whole.failure);
  CHECK(whole.deltas == lines{"text Hi", "call0 a f {}", "end0", "finish stop", "usage 1 2"});
  CHECK(whole.answer.id() == "w");
  CHECK(ended(R"({"choices":[{"message":{"content":"no reason given"}}]})") == "none");
  CHECK(ended("\n\n{\"error\":{\"code\":429,\"message\":\"m\"}}") == "provider error/rate_limited");
  CHECK(ended(R"([{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}])") == "provider error/transient");
  CHECK(ended("<html><title>Bad gateway</title></html>") == "malformed answer/pre_content");
  CHECK(ended("{\"choices\":[") == "malformed answer/pre_content");
  CHECK(ended(R"({"choices":[]})") == "empty answer/pre_content");
  limits bounds;
  bounds.body = 10;
  CHECK(ended(R"({"choices":[]})", bounds) == "limit exceeded/pre_content");
}

TEST_CASE("stream: what a chunk says twice is said once", "[dialect][stream]") {
  // Perplexity: the text so far in `message`, beside the delta, in either order, and alone at the end.
  CHECK(deltas({R"({"choices":[{"index":0,"message":{"content":"a"},"delta":{"content":"a"}}]})",
                R"({"choices":[{"index":0,"delta":{"content":"b"},"message":{"content":"ab"}}]})",
                R"({"choices":[{"index":0,"message":{"content":"ab"},"finish_reason":"stop"}]})"}) ==
        lines{"text a", "text b", "finish stop"});
  // Together: `text` beside the delta.
  CHECK(deltas({R"({"choices":[{"index":0,"text":"a","delta":{"content":"a"},"finish_reason":"eos"}]})"}) ==
        lines{"text a", "finish stop"});
}

TEST_CASE("stream: two streams of one thread do not disturb each other", "[dialect][stream]") {
  const auto one = openai_chat().decoder({}, {});
  const auto two = openai_chat().decoder({}, {});
  const auto body = events({chunk(R"("content":"first","refusal":"second")"), stop});
  const auto a = tests::padded(body), b = tests::padded(events({chunk(R"("content":"other text, much longer")"), stop}));
  std::string_view first{a.data(), body.size()}, second{b.data(), b.size() - 64};
  delta out, other;
  REQUIRE(one->next(first, out) == decode_step::event);
  REQUIRE(two->next(second, other) == decode_step::event);
  CHECK(out.text == "first");
  REQUIRE(one->next(first, out) == decode_step::event);
  CHECK(out.text == "second");
  CHECK(other.text == "other text, much longer");
}

TEST_CASE("stream: an event like the last is another one behind half a block", "[dialect][stream]") {
  const auto before = events({hello, hello});
  const auto after = events({hello, stop});
  for (const auto* half : {"data: [\n", "data:\n", "event: error\n", "da", ": comment ", "id: 1\n", "\r"}) {
    INFO(half);
    const auto body = before + half + after;
    const auto whole = run_stream(openai_chat(), body);
    const auto cut = run_stream(openai_chat(), body, {"", {before.size() + std::string_view{half}.size(), after.size()}});
    CHECK(cut.deltas == whole.deltas);
    CHECK(cut.failure.has_value() == whole.failure.has_value());
  }
  CHECK(run_stream(openai_chat(), before + "data: [\n" + after).failure);
  CHECK(run_stream(openai_chat(), before + "event: error\n" + after).failure);
}

TEST_CASE("stream: limits hold for an event like the last", "[dialect][stream]") {
  const auto text = [](std::size_t size) { return chunk(R"("content":")" + std::string(size, 'x') + '"'); };
  const auto size = text(100).size();
  limits event, line;
  event.sse_event = size;
  line.sse_line = size + std::string_view{"data: "}.size();
  for (const auto& bounds : {event, line}) {
    for (const std::string line_end : {"\n", "\r\n"}) {
      const auto stream = [&](std::size_t last) {
        std::string body;
        for (const auto& each : {text(1), text(1), text(1), text(last), stop})
          body.append("data: ").append(each).append(line_end).append(line_end);
        return body;
      };
      CHECK(ended(stream(100), bounds) == "none");
      CHECK(ended(stream(101), bounds) == "limit exceeded/truncated");
    }
  }
}

TEST_CASE("legacy: streams of text choices", "[dialect][stream]") {
  CHECK(deltas({R"({"id":"c","object":"text_completion","choices":[{"text":"ab","index":0,"logprobs":null,"finish_reason":null}],"model":"d"})",
                R"({"choices":[{"text":"","index":0,"finish_reason":"length"}]})", "[DONE]"},
               legacy_completions()) == lines{"text ab", "finish length"});
  CHECK(deltas({R"({"choices":[{"delta":{"content":"ab"},"text":"ab","index":0,"finish_reason":"stop"}]})"},
               legacy_completions()) == lines{"text ab", "finish stop"});
  CHECK(deltas({R"({"choices":[{"delta":{"content":"chat"},"index":0,"finish_reason":"stop"}]})"}, legacy_completions()) ==
        lines{"text chat", "finish stop"});
}
