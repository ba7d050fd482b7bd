// Bedrock through a whole client: signed requests, and answers in AWS's framing.

#include "catch.hpp"
#include "unit/dialect/eventstream_body.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::recorded_request;
using testing::scripted_network;
using testing::scripted_response;

namespace {

constexpr std::string_view model = "us.amazon.nova-lite-v1:0";

wire::sigv4_signer signer() {
  wire::aws_credentials who{secret{"AKIDEXAMPLE"}, secret{"a-secret-access-key"}, {}};
  return {who, "us-east-1", "bedrock"};
}

/// Collects a streamed answer; how it ended is the result.
task<std::string> collected(provider from) {
  auto opening = from.stream(chat_request{"hi"});
  auto stream = co_await std::move(opening);
  if (!stream) co_return stream.error();
  std::string text;
  while (auto event = co_await stream->next())
    if (event->kind == delta_kind::text) text.append(event->text);
  const auto end = stream->ended();
  if (!end) co_return error{end.error()}.with_detail(text + "; " + std::string{end.error().detail()});
  co_return text;
}

struct seen {
  recorded_request request;
  result<std::string> text{error{}};
};

seen streamed(const dialect::surface& speaks, scripted_response answer, std::string_view key = {}) {
  testing::virtual_context time;
  scripted_network network;
  network.on_request([&](const recorded_request&) { return answer; });
  client_options options;
  options.network(network.connector());
  client with{time.get_executor(), std::move(options)};
  endpoint where{"http://bedrock-runtime.test", std::string{model}};
  if (key.empty())
    where.sign(signer());
  else
    where.key(secret{key});
  seen got;
  auto work = collected(make_provider(with, speaks, std::move(where)));
  spawn(time, std::move(work), [&](result<std::string> done) { got.text = std::move(done); });
  time.run();
  REQUIRE(network.requests().size() == 1);
  got.request = network.requests().front();
  return got;
}

scripted_response of(std::string body) {
  scripted_response answer;
  answer.content_type("application/vnd.amazon.eventstream").framed(testing::framing::chunked);
  return answer.body(std::move(body)).in_pieces(13, 1ms);
}

std::string text_event(std::string_view text) {
  return tests::event("contentBlockDelta",
                      R"({"contentBlockIndex":0,"delta":{"text":")" + std::string{text} + R"("},"p":"abc"})");
}

const std::string over = tests::event("messageStop", R"({"p":"a","stopReason":"end_turn"})") +
                         tests::event("metadata", R"({"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3}})");

}  // namespace

TEST_CASE("bedrock: a signed stream", "[provider][bedrock]") {
  const auto got = streamed(dialect::bedrock_converse(), of(text_event("Hel") + text_event("lo") + over));
  REQUIRE(got.text);
  CHECK(*got.text == "Hello");
  CHECK(got.request.target == "/model/us.amazon.nova-lite-v1%3A0/converse-stream");

  // The server computes the signature anew, from what it was sent.
  const wire::header signed_ones[] = {{"Host", "bedrock-runtime.test"}, {"Content-Type", "application/json"}};
  wire::header_block expected;
  REQUIRE(signer().sign({"POST", got.request.target, signed_ones, got.request.body}, 1767225600, expected));
  CHECK(got.request.headers.find("authorization") == expected.find("authorization"));
  const auto steps = signer().steps({"POST", got.request.target, signed_ones, got.request.body}, 1767225600);
  CHECK(steps->canonical_request.find("\n/model/us.amazon.nova-lite-v1%253A0/converse-stream\n") != std::string::npos);
}

TEST_CASE("bedrock: a key of Bedrock's own instead of a signature", "[provider][bedrock]") {
  const auto got = streamed(dialect::bedrock_converse(), of(text_event("Hello") + over), "bedrock-api-key-1");
  REQUIRE(got.text);
  CHECK(got.request.headers.find("authorization") == "Bearer bedrock-api-key-1");
  CHECK_FALSE(got.request.headers.find("x-amz-date"));
}

TEST_CASE("bedrock: streams that fail", "[provider][bedrock]") {
  const auto slow = tests::exception("throttlingException", R"({"message":"slow down"})");
  const auto early = streamed(dialect::bedrock_converse(), of(tests::event("messageStart", "{}") + slow));
  REQUIRE_FALSE(early.text);
  CHECK(early.text.error().kind() == error_class::rate_limited);
  const auto late = streamed(dialect::bedrock_converse(), of(text_event("Hel") + slow));
  REQUIRE_FALSE(late.text);
  CHECK(late.text.error().kind() == error_class::truncated);
  CHECK(late.text.error().detail() == "Hel; slow down");
  const auto cut = streamed(dialect::bedrock_converse(), of(text_event("Hel") + text_event("lo").substr(0, 40)));
  REQUIRE_FALSE(cut.text);
  CHECK(cut.text.error().code() == errc::truncated);

  scripted_response refused{403, R"({"message":"The security token included in the request is invalid."})"};
  refused.header("x-amzn-ErrorType", "UnrecognizedClientException:http://internal.amazon.com/");
  refused.header("x-amzn-RequestId", "id-1");
  const auto denied = streamed(dialect::bedrock_converse(), refused);
  REQUIRE_FALSE(denied.text);
  CHECK(denied.text.error().kind() == error_class::credential);
  CHECK(denied.text.error().request_id() == "id-1");
}
