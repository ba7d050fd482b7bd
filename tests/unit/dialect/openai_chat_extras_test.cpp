// What chat completions carry beside text and tool calls: reasoning that goes back, sources, media, log probabilities.

#include "catch.hpp"
#include "drive.hpp"

using namespace cohedge;
using namespace cohedge::dialect;
using cohedge::tests::decode_whole;
using cohedge::tests::events;
using cohedge::tests::run_stream;

namespace {

using lines = std::vector<std::string>;

std::string chunk(const std::string& delta, const std::string& more = R"("finish_reason":null)") {
  return R"({"id":"c1","choices":[{"index":0,"delta":{)" + delta + "}," + more + "}]}";
}
const std::string hello = chunk(R"("content":"Hello")");
const std::string stop = chunk("", R"("finish_reason":"stop")");

lines deltas(const std::vector<std::string>& chunks) {
  auto got = run_stream(openai_chat(), events(chunks));
  if (got.failure) got.deltas.push_back("error " + got.failure->message());
  return got.deltas;
}

completion whole(const std::string& message, const std::string& top = "") {
  auto got = decode_whole(openai_chat(), R"({"choices":[{"index":0,"message":{)" + message +
                                             R"(},"finish_reason":"stop"}])" + top + "}");
  if (!got) FAIL(got.error().message());
  return std::move(got).value();
}

}  // namespace

TEST_CASE("chat: a turn's reasoning is one item to give back", "[dialect][decode]") {
  const auto answer = whole(R"("content":"a","reasoning_content":"hm")");
  REQUIRE(answer.choices()[0].reasoning_items.size() == 1);
  CHECK(answer.choices()[0].reasoning_items[0].text == "hm");
  CHECK(answer.choices()[0].as_message().reasoning.size() == 1);
  CHECK(whole(R"("content":"a")").choices()[0].reasoning_items.empty());
  // Said twice, closed once: some servers repeat the finish reason.
  CHECK(deltas({chunk(R"("reasoning":"hm")"), hello, stop, stop}) ==
        lines{"reasoning hm", "text Hello", "reasoned   ", "finish stop"});
}

TEST_CASE("chat: OpenRouter's reasoning details come back as they were", "[dialect][decode]") {
  const std::string first = R"({"type":"reasoning.text","text":"a\"b","signature":"s","format":"f","id":null,"index":0})";
  const std::string second = R"({"type":"reasoning.encrypted","data":"x","id":"r2","index":1,"odd":{"deep":[1]}})";
  const auto answer = whole(R"("content":"x","reasoning":"a\"b","reasoning_details":[)" + first + "," + second + "]");
  const auto& items = answer.choices()[0].reasoning_items;
  REQUIRE(items.size() == 2);
  CHECK(items[0].encrypted == first);
  CHECK(items[0].text == "a\"b");
  CHECK(items[1].encrypted == second);
  CHECK(items[1].id == "r2");
  // And into the next request.
  const auto server = deviations{}.reasoning_back_as(deviations::reasoning_member::reasoning_details);
  chat_request next{"q"};
  next.add(answer.choices()[0].as_message()).user("r");
  const auto body = openai_chat().encode(next, "m", false, server);
  REQUIRE(body);
  CHECK(body.value().body.find(R"("reasoning_details":[)" + first + "," + second + "]") != std::string::npos);
}

TEST_CASE("chat: reasoning details in pieces", "[dialect][stream]") {
  const auto piece = [](const std::string& text, const std::string& detail) {
    return chunk(R"("content":"","reasoning":")" + text + R"(","reasoning_details":[)" + detail + "]");
  };
  const auto got = run_stream(
      openai_chat(),
      events({piece("We", R"({"type":"reasoning.text","text":"We","index":0,"format":null})"),
              piece(" need", R"({"type":"reasoning.text","text":" need","index":0,"format":null})"),
              piece(" need", R"({"type":"reasoning.text","text":" need","index":0,"format":null})"),
              chunk(R"("reasoning_details":[{"type":"reasoning.text","signature":"s","format":"f","index":0},)"
                    R"({"type":"reasoning.encrypted","data":"x","index":1}])"),
              chunk(R"("reasoning_details":[{"type":"reasoning.encrypted","data":"y","index":1}])"), hello, stop}));
  REQUIRE_FALSE(got.failure);
  CHECK(got.answer.reasoning() == "We need need");
  const auto& items = got.answer.choices()[0].reasoning_items;
  REQUIRE(items.size() == 3);
  CHECK(items[0].encrypted ==
        R"({"type":"reasoning.text","text":"We need need","index":0,"format":"f","signature":"s"})");
  CHECK(items[0].text == "We need need");
  CHECK(items[1].encrypted == R"({"type":"reasoning.encrypted","data":"x","index":1})");
  CHECK(items[2].encrypted == R"({"type":"reasoning.encrypted","data":"y","index":1})");
}

TEST_CASE("chat: reasoning details are bounded, and belong to their choice", "[dialect][stream]") {
  std::string many;
  for (int i = 0; i < 257; ++i) many += (i ? "," : "") + std::string{R"({"type":"t","index":)"} + std::to_string(i) + "}";
  const auto got = run_stream(openai_chat(), events({chunk(R"("reasoning_details":[)" + many + "]")}));
  REQUIRE(got.failure);
  CHECK(got.failure->code() == errc::limit_exceeded);
  const auto two = decode_whole(openai_chat(),
                                R"({"choices":[{"message":{"content":"b","reasoning_details":[{"type":"t","n":1}]},"finish_reason":"stop","index":1},)"
                                R"({"message":{"content":"a","reasoning_details":[{"type":"t","n":0}]},"finish_reason":"stop","index":0}]})");
  REQUIRE(two);
  CHECK(two.value().choices()[0].reasoning_items.at(0).encrypted == R"({"type":"t","n":0})");
  CHECK(two.value().choices()[1].reasoning_items.at(0).encrypted == R"({"type":"t","n":1})");
}

TEST_CASE("chat: annotations are sources", "[dialect][decode]") {
  const std::string raw =
      R"({"type":"url_citation","url_citation":{"url":"https:\/\/x","title":"X","start_index":1,"end_index":2}})";
  const auto answer = whole(R"("content":"a","annotations":[)" + raw + R"(,{"type":"file_citation","file_id":"f1","filename":"a.txt"}])");
  const auto& found = answer.choices()[0].citations;
  REQUIRE(found.size() == 2);
  CHECK(found[0].url == "https://x");
  CHECK(found[0].title == "X");
  CHECK(found[0].raw == raw);
  CHECK(found[1].url == "f1");
  CHECK(found[1].title == "a.txt");
  CHECK(deltas({hello, chunk(R"("annotations":[{"type":"url_citation","url":"u","title":"t"}])"), stop}) ==
        lines{"text Hello", R"(cites u t {"type":"url_citation","url":"u","title":"t"})", "finish stop"});
}

TEST_CASE("chat: Perplexity's sources come once", "[dialect][stream]") {
  const auto with = [](const std::string& text, const std::string& sources, const char* finish = "null") {
    return R"({"choices":[{"index":0,"delta":{"content":")" + text + R"("},"finish_reason":)" + finish + "}]," + sources + "}";
  };
  const std::string urls = R"("citations":["u1","u2"])";
  const std::string results = R"("citations":["u1","u2"],"search_results":[{"title":"A","url":"u1"},{"title":"B","url":"u2"}])";
  CHECK(deltas({with("a", results), with("b", results), with("c", results, "\"stop\"")}) ==
        lines{"text a", R"(cites u1 A {"title":"A","url":"u1"})", R"(cites u2 B {"title":"B","url":"u2"})", "text b",
              "text c", "finish stop"});
  // More of them with the last chunk.
  CHECK(deltas({with("a", R"("citations":["u1"])"), with("b", urls, "\"stop\"")}) ==
        lines{"text a", R"(cites u1  "u1")", "text b", R"(cites u2  "u2")", "finish stop"});
  const auto answer = whole(R"("content":"a")", "," + results);
  REQUIRE(answer.choices()[0].citations.size() == 2);
  CHECK(answer.choices()[0].citations[1].url == "u2");
}

TEST_CASE("chat: pictures and sound", "[dialect][decode]") {
  const auto drawn = whole(R"("content":"","images":[{"type":"image_url","image_url":{"url":"data:image\/png;base64,AQI="},"index":0}])");
  REQUIRE(drawn.choices()[0].media.size() == 1);
  CHECK(drawn.choices()[0].media[0].media_type() == "image/png");
  CHECK(drawn.choices()[0].media[0].bytes() == "\x01\x02");
  CHECK(deltas({chunk(R"("images":[{"image_url":{"url":"https://x/y.png"}}])"), hello, stop}) ==
        lines{R"(other image_url "https://x/y.png")", "text Hello", "finish stop"});
  const auto spoken = whole(R"("content":null,"audio":{"id":"a1","data":"UklGRg==","expires_at":1,"transcript":"Hi"})");
  CHECK(spoken.text() == "Hi");
  REQUIRE(spoken.choices()[0].media.size() == 1);
  CHECK(spoken.choices()[0].media[0].media_type() == "audio/wav");
  CHECK(spoken.choices()[0].media[0].what() == part::kind::audio);
  CHECK(deltas({chunk(R"("audio":{"id":"a1","transcript":"Hi"})"), chunk(R"("audio":{"data":"AAAA"})"), stop}) ==
        lines{"text Hi", "media audio/pcm AAAA", "finish stop"});
}

TEST_CASE("chat: log probabilities", "[dialect][stream]") {
  const auto with = [](const std::string& logprobs) {
    return R"({"choices":[{"index":0,"delta":{"content":"x"},"logprobs":)" + logprobs + R"(,"finish_reason":null}]})";
  };
  const auto got = run_stream(openai_chat(), events({with(R"({"content":[{"token":"a"}],"refusal":null})"),
                                                     with(R"({"content":[],"refusal":null})"), with("null"),
                                                     with(R"({"content":[{"token":"b"}]})"), stop}));
  CHECK(got.deltas == lines{"text x", R"(logprobs [{"token":"a"}])", "text x", "text x", "text x",
                            R"(logprobs [{"token":"b"}])", "finish stop"});
  CHECK(got.answer.choices()[0].logprobs == R"([{"token":"a"},{"token":"b"}])");
  const auto old = decode_whole(legacy_completions(),
                                R"({"choices":[{"text":"x","logprobs":{"tokens":["x"],"token_logprobs":[-1.5]},"finish_reason":"stop"}]})");
  REQUIRE(old);
  CHECK(old.value().choices()[0].logprobs == R"([{"tokens":["x"],"token_logprobs":[-1.5]}])");
}

TEST_CASE("chat: the tier, and a call's signature", "[dialect][decode]") {
  CHECK(whole(R"("content":"a")", R"(,"service_tier":"flex")").service_tier() == "flex");
  CHECK(whole(R"("content":"a")", R"(,"service_tier":null)").service_tier().empty());
  const auto called = whole(
      R"("tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"sig"}}}])");
  REQUIRE(called.tool_calls().size() == 1);
  CHECK(called.tool_calls()[0].signature == "sig");
}
