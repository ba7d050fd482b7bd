#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/behaviour.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/wire/http1.hpp>
#include <cohedge/wire/retry_after.hpp>

#include <map>

using namespace std::chrono_literals;
using namespace cohedge::testing;

namespace {

server_request chat(bool stream, bool include_usage = false) {
  server_request asked;
  asked.method = "POST";
  asked.target = "/v1/chat/completions";
  asked.body = std::string{R"({"model":"m","messages":[{"role":"system","content":"x"},{"role":"user","content":"Hi you"}])"} +
               (stream ? R"(,"stream":true)" : "") +
               (include_usage ? R"(,"stream_options":{"include_usage":true})" : "") + "}";
  asked.read_body();
  return asked;
}

server_request legacy(bool stream) {
  server_request asked;
  asked.method = "POST";
  asked.target = "/v1/completions";
  asked.body = std::string{R"({"model":"m","prompt":"Hi","max_tokens":2)"} + (stream ? R"(,"stream":true})" : "}");
  asked.read_body();
  return asked;
}

server_request get(std::string target) {
  server_request asked;
  asked.method = "GET";
  asked.target = std::move(target);
  return asked;
}

/// A response read by the project's own parser.
struct seen {
  int status = 0;
  cohedge::wire::header_block headers;
  std::string body;
  bool complete = false;
};

seen read(const byte_script& script) {
  cohedge::wire::response_parser parser;
  parser.begin("POST");
  const auto text = script.text();
  std::string_view rest = text;
  seen what;
  for (;;) {
    auto step = parser.next(rest);
    if (!step) return what;
    if (step.value() == cohedge::wire::http1_step::need_more) {
      if (script.how_it_ends() != script_end::closes) return what;
      step = parser.finish();
      if (!step) return what;
    }
    what.status = parser.status();
    what.headers = parser.headers();
    if (step.value() == cohedge::wire::http1_step::body) what.body += parser.body();
    if (step.value() == cohedge::wire::http1_step::end) {
      what.complete = true;
      return what;
    }
  }
}

seen read(const behaviour& how, const server_request& asked) { return read(how.response(asked, 1).script()); }

/// A stream's events with the parts that all chunks share left out.
std::string events(const behaviour& how, const server_request& asked) {
  auto text = read(how, asked).body;
  for (const std::string common :
       {R"("id":"chatcmpl-0","object":"chat.completion.chunk","created":1736164800,"model":"m","system_fingerprint":"fp_loopback",)",
        R"("id":"cmpl-0","object":"text_completion","created":1736164800,"model":"m",)"})
    for (auto at = text.find(common); at != std::string::npos; at = text.find(common)) text.erase(at, common.size());
  return text;
}

std::string token(std::string_view text) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string{text} + R"("},"finish_reason":null}]})" +
         "\n\n";
}

const std::string role =
    R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})"
    "\n\n";
const std::string stop = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                         "\n\n";
const std::string done = "data: [DONE]\n\n";

}  // namespace

TEST_CASE("a whole chat answer is made from the prompt", "[testing][behaviour]") {
  const auto got = read({}, chat(false));
  CHECK(got.status == 200);
  CHECK(got.complete);
  CHECK(got.headers.find("content-type") == "application/json");
  CHECK(got.headers.find("x-request-id") == "req_0");
  CHECK(got.body ==
        R"({"id":"chatcmpl-0","object":"chat.completion","created":1736164800,"model":"m","system_fingerprint":)"
        R"("fp_loopback","choices":[{"index":0,"message":{"role":"assistant","content":"You said: Hi you","refusal":)"
        R"(null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":4,)"
        R"("total_tokens":6}})");
}

TEST_CASE("a streamed chat answer has role, tokens, finish and end", "[testing][behaviour]") {
  const auto got = read({}, chat(true));
  CHECK(got.headers.find("content-type") == "text/event-stream");
  CHECK(got.complete);
  CHECK(events({}, chat(true)) == role + token("You") + token(" said:") + token(" Hi") + token(" you") + stop + done);
  const auto counted = events({}, chat(true, true));
  CHECK(counted.find(R"("finish_reason":null}],"usage":null})") != std::string::npos);
  CHECK(counted.ends_with(R"(data: {"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6}})"
                          "\n\n" + done));
}

TEST_CASE("the completions API answers whole and streamed, and obeys max_tokens", "[testing][behaviour]") {
  CHECK(read({}, legacy(false)).body ==
        R"({"id":"cmpl-0","object":"text_completion","created":1736164800,"model":"m","choices":[{"text":"You said:",)"
        R"("index":0,"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,)"
        R"("total_tokens":3}})");
  CHECK(events({}, legacy(true)) ==
        R"(data: {"choices":[{"text":"You","index":0,"logprobs":null,"finish_reason":null}]})"
        "\n\n"
        R"(data: {"choices":[{"text":" said:","index":0,"logprobs":null,"finish_reason":null}]})"
        "\n\n"
        R"(data: {"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"length"}]})"
        "\n\n" + done);
}

TEST_CASE("health, models and what is not there", "[testing][behaviour]") {
  CHECK(read({}, get("/health")).body == R"({"status":"ok"})");
  CHECK(read({}, get("/v1/health?x")).status == 200);
  CHECK(read({}, get("/v1/models")).body.find(R"("id":"loopback")") != std::string::npos);
  CHECK(read({}, get("/v1/nothing")).status == 404);
  CHECK(read({}, get("/v1/chat/completions")).status == 405);
  auto nonsense = chat(false);
  nonsense.body = "{";
  nonsense.model.clear();
  CHECK(read({}, nonsense).status == 400);
}

TEST_CASE("text, tokens, finish, padding and keep-alives are as asked for", "[testing][behaviour]") {
  CHECK(events(behaviour{}.text("a b").tokens(3).finish("content_filter"), chat(true)) ==
        role + token("a") + token(" b") + token(" a") +
            R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]})"
            "\n\n" + done);
  CHECK(events(behaviour{}.text("a").keep_alives(2), chat(true)) ==
        role + ": keep-alive\n\n: keep-alive\n\n" + token("a") + stop + done);
  const auto plain = read(behaviour{}.text("a"), chat(true)).body.size();
  CHECK(read(behaviour{}.text("a").padding(10), chat(true)).body.size() == plain + 3 * (10 + 17));
  CHECK(read(behaviour{}.padding(10), chat(false)).body.substr(0, 11) == "          {");
  CHECK(read(behaviour{}.keep_alives(2), chat(false)).body.starts_with("\n\n{\"id\""));
}

TEST_CASE("answers are in the API of the request's path, with what is asked for there", "[testing][behaviour]") {
  struct row {
    std::string path;
    std::string body;
    bool stream;
    std::string has;  ///< a piece of the answer
  };
  const std::string messages = R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}])";
  const std::string contents = R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}],)"
                               R"("generationConfig":{"maxOutputTokens":2}})";
  const std::vector<row> rows{
      {"/v1/messages", R"({"model":"m","max_tokens":2,)" + messages + "}", false,
       R"("content":[{"type":"text","text":"You said:"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,)"},
      {"/v1/messages", R"({"model":"m","max_tokens":2,"stream":true,)" + messages + "}", true,
       "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
       "\"text_delta\",\"text\":\" said:\"}}\n\n"},
      {"/v1beta/models/m:generateContent", contents, false, R"("text":"You said:"}],"role":"model"},"finishReason":"MAX_TOKENS")"},
      {"/v1beta/models/m:streamGenerateContent?alt=sse", contents, true, R"("finishReason":"MAX_TOKENS","index":0}],"usage)"},
      {"/model/m/converse", R"({"inferenceConfig":{"maxTokens":2},)" + messages + "}", false,
       R"("content":[{"text":"You said:"}]}},"stopReason":"max_tokens")"},
      {"/model/m/converse-stream", R"({"inferenceConfig":{"maxTokens":2},)" + messages + "}", true,
       R"({"stopReason":"max_tokens"})"},
      {"/api/chat", R"({"model":"m","options":{"num_predict":2},"stream":false,)" + messages + "}", false,
       R"("content":"You said:"},"done":true,"done_reason":"length","prompt_eval_count":1,"eval_count":2})"},
      {"/api/chat", R"({"model":"m","options":{"num_predict":2},"stream":true,)" + messages + "}", true,
       R"("content":"You"},"done":false})" "\n"},
  };
  for (const auto& each : rows) {
    server_request asked;
    asked.method = "POST";
    asked.target = each.path;
    asked.body = each.body;
    asked.read_body();
    INFO(each.path);
    CHECK(asked.model == "m");
    CHECK(asked.stream == each.stream);
    const auto got = read({}, asked);
    INFO(got.body);
    CHECK(got.complete);
    CHECK(got.body.find(each.has) != std::string::npos);
  }
}

TEST_CASE("tokens take their time", "[testing][behaviour]") {
  const auto how = behaviour{}.text("a b c").after(100ms).first_token_after(50ms).between_tokens(10ms);
  const auto streamed = how.response(chat(true), 1).script();
  std::vector<cohedge::duration> waits;
  for (const auto& part : streamed.parts()) waits.push_back(part.wait);
  CHECK(waits == std::vector<cohedge::duration>{100ms, 0ms, 50ms, 10ms, 10ms, 0ms, 0ms, 0ms});
  const auto whole = how.response(chat(false), 1).script();
  CHECK(whole.parts().front().wait == 170ms);
}

TEST_CASE("streams break after so many tokens", "[testing][behaviour]") {
  const auto text = behaviour{}.text("a b c");
  const auto broken = [&](auto set) {
    auto how = text;
    set(how);
    return how;
  };
  const auto two = role + token("a") + token(" b");
  const auto cut = broken([](behaviour& b) { b.cut_after_tokens(2); });
  CHECK(events(cut, chat(true)) == two);
  CHECK_FALSE(read(cut, chat(true)).complete);
  CHECK(cut.response(chat(true), 1).script().how_it_ends() == script_end::closes);
  CHECK(broken([](behaviour& b) { b.reset_after_tokens(2); }).response(chat(true), 1).script().how_it_ends() ==
        script_end::resets);
  const auto stalled = broken([](behaviour& b) { b.stall_after_tokens(0); });
  CHECK(stalled.response(chat(true), 1).script().how_it_ends() == script_end::hangs);
  CHECK(events(stalled, chat(true)) == role);
  CHECK(events(broken([](behaviour& b) { b.no_finish(); }), chat(true)) == two + token(" c"));
  CHECK(events(broken([](behaviour& b) { b.no_done(); }), chat(true)) == two + token(" c") + stop);
  CHECK(read(broken([](behaviour& b) { b.no_finish(); }), chat(true)).complete);
  const auto malformed = events(broken([](behaviour& b) { b.malformed_after_tokens(1); }), chat(true));
  CHECK(malformed.ends_with(token(" b") + token(" c") + stop + done));
  CHECK(malformed.size() > (two + token(" c") + stop + done).size());
}

TEST_CASE("streams report errors in each recorded shape", "[testing][behaviour]") {
  const auto after_one = role + token("a");
  const std::map<stream_error, std::string> shapes{
      {stream_error::own, "data: {\"error\":{\"message\":"},
      {stream_error::data, "data: {\"error\":{\"message\":"},
      {stream_error::event, "event: error\ndata: {\"error\":{"},
      {stream_error::typed_event, "event: error\ndata: {\"type\":\"error\",\"error\":{"},
      {stream_error::choices_and_error, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},"},
      {stream_error::field, "error: {\"error\":{"},
      {stream_error::bare_json, "{\"error\":{\"message\":"},
      {stream_error::finish_reason, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}"},
  };
  for (const auto& [shape, begin] : shapes) {
    const auto text = events(behaviour{}.text("a b").error_after_tokens(1, shape), chat(true));
    INFO(text);
    CHECK(text.starts_with(after_one + begin));
    CHECK(text.find(" b") == std::string::npos);
    CHECK((text.find("[DONE]") != std::string::npos) == (shape == stream_error::finish_reason));
  }
}

TEST_CASE("every form of Retry-After says the same", "[testing][behaviour]") {
  for (const auto form : {retry_after_form::seconds, retry_after_form::http_date, retry_after_form::retry_after_ms,
                          retry_after_form::x_ms_retry_after_ms, retry_after_form::x_ratelimit_reset_requests,
                          retry_after_form::x_ratelimit_reset, retry_after_form::x_ratelimit_reset_unix,
                          retry_after_form::x_ratelimit_reset_unix_ms, retry_after_form::anthropic_ratelimit_reset,
                          retry_after_form::ratelimit, retry_after_form::ratelimit_reset,
                          retry_after_form::google_retry_info}) {
    const auto got = read(behaviour{}.rate_limited(3s, form), chat(true));
    INFO(static_cast<int>(form));
    CHECK(got.status == 429);
    CHECK(cohedge::wire::retry_after(got.headers, got.body, 429) == 3s);
  }
  const auto fraction = read(behaviour{}.rate_limited(2500ms, retry_after_form::seconds), chat(true));
  CHECK(cohedge::wire::retry_after(fraction.headers, {}, 429) == 2500ms);
}

TEST_CASE("error statuses, and errors with status 200", "[testing][behaviour]") {
  const auto plain = read(behaviour{}.status(503), chat(false));
  CHECK(plain.status == 503);
  CHECK(plain.body.find("overloaded") != std::string::npos);
  CHECK(read(behaviour{}.status(500, "boom"), chat(false)).body == "boom");
  const auto lying = read(behaviour{}.error(429, "insufficient_quota", "insufficient_quota", "No money.").as_200(), chat(false));
  CHECK(lying.status == 200);
  CHECK(lying.body == R"({"error":{"message":"No money.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})");
}

TEST_CASE("bytes are cut, dripped and left out", "[testing][behaviour]") {
  const auto stalled = behaviour{}.headers_then_silence().response(chat(true), 1).script();
  CHECK(stalled.text().ends_with("\r\n\r\n"));
  CHECK(stalled.how_it_ends() == script_end::hangs);
  CHECK(behaviour{}.no_answer(script_end::resets).response(chat(true), 1).script().size() == 0);
  const auto dripped = behaviour{}.drip(7, 2ms).response(chat(false), 1).script();
  for (std::size_t i = 1; i + 1 < dripped.parts().size(); ++i) CHECK(dripped.parts()[i].bytes.size() <= 7);
  CHECK(dripped.text() == behaviour{}.response(chat(false), 1).script().text());
  const auto cut = read(behaviour{}.cut_after(20), chat(false));
  CHECK(cut.body.size() == 20);
  CHECK_FALSE(cut.complete);
}

TEST_CASE("recorded traffic is replayed with any framing", "[testing][behaviour]") {
  const std::vector<std::pair<std::string, std::string>> headers{
      {"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}, {"Content-Encoding", "gzip"}, {"X-A", "b"}};
  for (const auto how : {framing::content_length, framing::chunked, framing::until_close}) {
    const auto got = read(behaviour::replay(202, headers, "data: 1\r\n\r\n").framed(how).in_pieces(1), chat(true));
    CHECK(got.status == 202);
    CHECK(got.body == "data: 1\r\n\r\n");
    CHECK(got.complete);
    CHECK(got.headers.find("x-a") == "b");
    CHECK_FALSE(got.headers.find("content-encoding"));
    CHECK(got.headers.find("transfer-encoding").has_value() == (how == framing::chunked));
  }
}

TEST_CASE("a latency curve goes through its quantiles", "[testing][behaviour]") {
  const latency_curve curve{100ms, 400ms, 800ms, 5s};
  CHECK(curve.quantile(0.5) == 100ms);
  CHECK(curve.quantile(0.9) == 400ms);
  CHECK(curve.quantile(0.95) == 800ms);
  CHECK(curve.quantile(0.99) == 5s);
  CHECK(curve.quantile(0.7) == 200ms);  // half way in the logarithm
  CHECK(curve.quantile(0.0) < 20ms);
  CHECK(curve.quantile(1.0) > 5s);
  CHECK(curve.quantile(1.0) < 10s);
  const auto drawn = [&](std::uint64_t seed) { return behaviour{}.latency(curve).response(chat(true), seed).latency(); };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
}

TEST_CASE("the same answers come from a scripted network", "[testing][behaviour]") {
  const auto answers = llm_answers([](const server_request& asked) {
    return asked.number == 0 ? behaviour{}.status(500) : behaviour{};
  });
  auto asked = chat(false);
  CHECK(answers(asked).status() == 500);
  asked.number = 1;
  CHECK(answers(asked).status() == 200);
}
