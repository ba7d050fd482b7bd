#include "catch.hpp"
#include "drive.hpp"
#include "eventstream_body.hpp"

#include <string>
#include <vector>

using namespace cohedge;
using tests::chunk;
using tests::event;
using tests::exception;
using tests::run_stream;

namespace {

using list = std::vector<std::string>;

const dialect::surface& api() { return dialect::bedrock_converse(); }

const std::string start = event("messageStart", R"({"p":"abc","role":"assistant"})");
const std::string metadata = event(
    "metadata", R"({"metrics":{"latencyMs":5},"p":"ab","usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}})");

std::string delta_of(int index, std::string_view json) {
  std::string body = R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"delta":)";
  return event("contentBlockDelta", body.append(json).append(R"(,"p":"abcdef"})"));
}
std::string stop(int index) {
  return event("contentBlockStop", R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"p":"a"})");
}
std::string call(int index, std::string_view id, std::string_view name) {
  std::string body = R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"start":{"toolUse":{"name":")";
  return event("contentBlockStart", body.append(name).append(R"(","toolUseId":")").append(id).append(R"("}}})"));
}
std::string end(std::string_view reason) {
  return event("messageStop", R"({"p":"ab","stopReason":")" + std::string{reason} + R"("})");
}

tests::streamed all_ways(std::string_view body) {
  auto whole = run_stream(api(), body);
  for (const auto& cut : tests::cuttings({}, 77)) {
    INFO(cut.name);
    const auto got = run_stream(api(), body, cut);
    CHECK(got.deltas == whole.deltas);
    CHECK(got.failure.has_value() == whole.failure.has_value());
    if (got.failure && whole.failure) CHECK(got.failure->message() == whole.failure->message());
  }
  return whole;
}

}  // namespace

TEST_CASE("converse stream: text", "[bedrock]") {
  const auto got = all_ways(start + delta_of(0, R"({"text":""})") + delta_of(0, R"({"text":"Hel"})") +
                            delta_of(0, R"({"text":"lo"})") + delta_of(0, R"({"text":" \"you\""})") + stop(0) +
                            end("end_turn") + metadata);
  CHECK_FALSE(got.failure);
  CHECK(got.deltas == list{"text Hel", "text lo", "text  \"you\"", "finish stop", "usage 3 4"});
  CHECK(got.answer.text() == "Hello \"you\"");
}

TEST_CASE("converse stream: calls and reasoning", "[bedrock]") {
  const auto got = all_ways(
      start + delta_of(0, R"({"reasoningContent":{"text":"h"}})") +
      delta_of(0, R"({"reasoningContent":{"text":"m"}})") + delta_of(0, R"({"reasoningContent":{"signature":"si"}})") +
      delta_of(0, R"({"reasoningContent":{"signature":"g"}})") + stop(0) +
      delta_of(1, R"({"reasoningContent":{"redactedContent":"cmVk"}})") + stop(1) + call(2, "t1", "look") +
      delta_of(2, R"({"toolUse":{"input":""}})") + delta_of(2, R"({"toolUse":{"input":"{\"a\":"}})") +
      delta_of(2, R"({"toolUse":{"input":"1}"}})") + stop(2) + call(3, "t2", "wait") + stop(3) + end("tool_use") +
      metadata);
  CHECK_FALSE(got.failure);
  CHECK(got.deltas == list{"reasoning h", "reasoning m", "reasoned  sig ", "reasoned   cmVk", "call0 t1 look ",
                           "args0 {\"a\":", "args0 1}", "end0", "call1 t2 wait ", "end1", "finish tool_calls",
                           "usage 3 4"});
  const auto& first = got.answer.choices()[0];
  REQUIRE(first.tool_calls.size() == 2);
  CHECK(first.tool_calls[0].arguments == "{\"a\":1}");
  REQUIRE(first.reasoning_items.size() == 2);
  CHECK(first.reasoning_items[0].text == "hm");
  CHECK(first.reasoning_items[1].encrypted == "cmVk");
}

TEST_CASE("converse stream: blocks that nobody ends, and citations", "[bedrock]") {
  const auto got = all_ways(start + delta_of(0, R"({"reasoningContent":{"text":"hm"}})") + call(1, "t", "look") +
                            delta_of(2, R"({"citation":{"title":"A","source":"s","location":{"web":{"url":"u"}}}})") +
                            end("max_tokens") + metadata);
  CHECK_FALSE(got.failure);
  CHECK(got.deltas == list{"reasoning hm", "call0 t look ",
                           R"(cites s A {"title":"A","source":"s","location":{"web":{"url":"u"}}})", "reasoned   ",
                           "end0", "finish length", "usage 3 4"});
}

TEST_CASE("converse stream: it is over with metadata, and complete without", "[bedrock]") {
  const auto body = start + delta_of(0, R"({"text":"hi"})") + stop(0) + end("end_turn");
  CHECK_FALSE(all_ways(body).failure);
  CHECK(all_ways(body + metadata + exception("internalServerException", R"({"message":"late"})")).deltas ==
        list{"text hi", "finish stop", "usage 3 4"});
  const auto cut = all_ways(start + delta_of(0, R"({"text":"hi"})") + metadata);
  REQUIRE(cut.failure);
  CHECK(cut.failure->code() == errc::truncated);
}

TEST_CASE("converse stream: unknown events and members mean nothing", "[bedrock]") {
  const auto got = all_ways(start + event("ping", "no JSON") + event("initial-response", "{}") +
                            delta_of(0, R"({"futureContent":{"text":"x"}})") + delta_of(0, R"({"text":"hi","new":1})") +
                            end("a_new_reason") + metadata);
  CHECK_FALSE(got.failure);
  CHECK(got.deltas == list{"text hi", "finish other", "usage 3 4"});
}

TEST_CASE("converse stream: exceptions", "[bedrock]") {
  struct row {
    std::string body;
    error_class before, after;
  };
  const std::vector<row> rows{
      {exception("throttlingException", R"({"message":"slow down"})"), error_class::rate_limited,
       error_class::truncated},
      {exception("modelStreamErrorException", R"({"message":"slow down"})"), error_class::transient,
       error_class::truncated},
      {exception("serviceUnavailableException", R"({"message":"slow down"})"), error_class::transient,
       error_class::truncated},
      {exception("validationException", R"({"message":"slow down"})"), error_class::caller_fault,
       error_class::truncated},
      {tests::error_message("InternalFailure", "slow down"), error_class::pre_content, error_class::truncated},
  };
  for (const auto& [body, before, after] : rows) {
    const auto early = all_ways(start + body + metadata);
    REQUIRE(early.failure);
    CHECK(early.failure->code() == errc::provider_error);
    CHECK(early.failure->kind() == before);
    CHECK(early.failure->detail() == "slow down");
    CHECK_FALSE(early.failure->provider_code().empty());
    const auto late = all_ways(start + delta_of(0, R"({"text":"hi"})") + body);
    REQUIRE(late.failure);
    CHECK(late.failure->kind() == after);
    CHECK(late.deltas == list{"text hi"});
  }
}

TEST_CASE("converse stream: what cannot be read", "[bedrock]") {
  std::string damaged = start + delta_of(0, R"({"text":"hi"})");
  damaged[damaged.size() - 10] ^= 1;
  const std::vector<std::pair<std::string, errc>> rows{
      {damaged, errc::malformed_answer},
      {start + event("contentBlockDelta", "{"), errc::malformed_answer},
      {start + delta_of(0, R"({"text":1})"), errc::malformed_answer},
      {start + delta_of(0, R"({"toolUse":{"input":"x"}})"), errc::malformed_answer},
      {start + event("messageStop", R"({"stopReason":1})"), errc::malformed_answer},
      {start + event("messageStop", "{}"), errc::malformed_answer},
      {start + end("end_turn") + metadata, errc::empty_answer},
      {start, errc::empty_answer},
      {start.substr(0, start.size() - 1), errc::connection_closed},
      {"<html><title>Bad gateway</title></html>", errc::malformed_answer},
  };
  for (const auto& [body, code] : rows) {
    INFO(body);
    const auto got = all_ways(body);
    REQUIRE(got.failure);
    CHECK(got.failure->code() == code);
  }
}

TEST_CASE("converse stream: more calls than any answer has", "[bedrock]") {
  std::string body = start;
  for (int i = 0; i < 256; ++i) body += call(i, "t", "look") + stop(i);
  CHECK_FALSE(run_stream(api(), body + end("tool_use")).failure);
  CHECK(run_stream(api(), body + call(256, "t", "look")).failure->code() == errc::limit_exceeded);
  std::string thoughts = start;
  for (int i = 0; i < 257; ++i) thoughts += delta_of(i, R"({"reasoningContent":{"text":"x"}})");
  CHECK(run_stream(api(), thoughts).failure->code() == errc::limit_exceeded);
}

TEST_CASE("converse: a whole answer", "[bedrock]") {
  const std::string body =
      R"({"metrics":{"latencyMs":1},"output":{"message":{"content":[)"
      R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"sig"}}},{"text":"Hi."},)"
      R"({"citationsContent":{"content":[{"text":"Sky"}],"citations":[{"title":"T"}]}},)"
      R"({"toolUse":{"input":{"a":"}"},"name":"look","toolUseId":"t1","type":"tool_use"}}],"role":"assistant"}},)"
      R"("stopReason":"tool_use","usage":{"cacheReadInputTokenCount":27,"cacheReadInputTokens":27,)"
      R"("cacheWriteInputTokens":2,"inputTokens":1,"outputTokens":48,"serverToolUsage":{},"totalTokens":78}})";
  const auto got = tests::decode_whole(api(), body);
  REQUIRE(got);
  CHECK(got->text() == "Hi.Sky");
  CHECK(got->reasoning() == "hm");
  const auto& first = got->choices()[0];
  REQUIRE(first.reasoning_items.size() == 1);
  CHECK(first.reasoning_items[0].signature == "sig");
  CHECK(first.tool_calls == std::vector<tool_call>{{"t1", "look", R"({"a":"}"})"}});
  REQUIRE(first.citations.size() == 1);
  CHECK(first.citations[0].title == "T");
  CHECK(got->finish() == finish_reason::tool_calls);
  CHECK(got->usage() == usage{30, 48, 78, 27, 2, 0, true});
  // The same where a stream was asked for.
  const auto streamed = all_ways(body);
  CHECK_FALSE(streamed.failure);
  CHECK(streamed.answer.text() == "Hi.Sky");
  CHECK(streamed.answer.tool_calls() == got->tool_calls());
}

TEST_CASE("converse: whole answers that are none", "[bedrock]") {
  const std::vector<std::pair<std::string, errc>> rows{
      {"", errc::empty_answer},
      {"{}", errc::malformed_answer},
      {R"({"message":"x"})", errc::malformed_answer},
      {R"({"output":{"message":{"content":[]}},"stopReason":"end_turn"})", errc::empty_answer},
      {R"({"output":{"message":{"content":[{"text":1}]}}})", errc::malformed_answer},
      {R"({"output":{"message":{"content":[]}},"stopReason":"malformed_tool_use"})", errc::provider_error},
      {R"({"output":{"message":{"content":[]}},"stopReason":"guardrail_intervened"})", errc::provider_error},
      {R"({"output":{}} x)", errc::malformed_answer},
  };
  for (const auto& [body, code] : rows) {
    INFO(body);
    const auto got = tests::decode_whole(api(), body);
    REQUIRE_FALSE(got);
    CHECK(got.error().code() == code);
  }
}

TEST_CASE("bedrock: Claude's events in base64 within AWS's", "[bedrock]") {
  const auto begin = chunk(R"({"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3}}})") +
                     chunk(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  const auto text = chunk(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})");
  const auto over =
      chunk(R"({"type":"content_block_stop","index":0})") +
      chunk(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}})") +
      chunk(R"({"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3}})");
  const auto run = [](std::string_view body) { return run_stream(dialect::bedrock_invoke(), body, {"", {7}}); };
  const auto got = run(begin + text + text + over);
  CHECK_FALSE(got.failure);
  CHECK(got.answer.text() == "HiHi");
  CHECK(got.answer.id() == "msg_1");
  CHECK(got.answer.finish() == finish_reason::stop);
  CHECK(got.answer.usage().output == 2);

  const auto slow = run(begin + exception("throttlingException", R"({"message":"slow down"})"));
  REQUIRE(slow.failure);
  CHECK(slow.failure->kind() == error_class::rate_limited);
  CHECK(slow.failure->detail() == "slow down");
  CHECK(slow.failure->provider_code() == "throttlingException");
  CHECK(run(begin + text).failure->code() == errc::truncated);
  for (const auto* payload : {"{}", "{", R"({"bytes":1})", R"({"bytes":"!"})", R"({"bytes":""})", ""}) {
    INFO(payload);
    const auto bad = run(begin + text + event("chunk", payload) + over);
    if (std::string_view{payload} == R"({"bytes":""})") {
      CHECK_FALSE(bad.failure);
    } else {
      REQUIRE(bad.failure);
      CHECK(bad.failure->code() == errc::malformed_answer);
      CHECK(bad.failure->kind() == error_class::truncated);
    }
  }
}
