// Recorded traffic through everything: loopback server, socket, HTTP, dialect, provider, route.

#include "replay/socket_replay.hpp"
#include "catch.hpp"
#include "replay/place.hpp"
#include "replay/recordings.hpp"

#include <algorithm>

using namespace cohedge;
using cohedge::tests::recording;

TEST_CASE("recorded exchanges served over a real socket are answered as an independent reader reads them",
          "[replay][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  const auto report = tests::replay_over_sockets(all);
  for (const auto& difference : report.differences) UNSCOPED_INFO(difference);
  const auto total = report.total();
  CHECK(total.failed == 0);
  CHECK(total.passed + total.awaiting + total.not_ours == 428);
  CHECK(total.not_ours == 32);
  CHECK(total.passed == 396);
  CHECK(report.streams == 114);
}

TEST_CASE("every recording that is not replayed has a reason, and every other a reader", "[replay][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  for (const auto& exchange : all) {
    CAPTURE(exchange.id, exchange.surface);
    const auto at = tests::place_of(exchange);
    CHECK(at.why_not.find("no rule") == std::string::npos);
    if (at.why_not.empty()) CHECK_FALSE(at.dialect.empty());
  }
}

namespace {

recording made(std::string surface, std::string framing, std::string content_type, std::string body) {
  recording one;
  one.id = "made";
  one.provider = "p";
  one.surface = std::move(surface);
  one.method = "POST";
  one.status = 200;
  one.framing = std::move(framing);
  one.headers = {{"content-type", std::move(content_type)}};
  one.body = std::move(body);
  return one;
}

}  // namespace

TEST_CASE("a replay takes an answer and an error alike", "[replay]") {
  auto altered = made("openai.chat", "json", "application/json",
                      R"({"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]})");
  CHECK(tests::replay_over_sockets({altered}).total().passed == 1);
  altered.status = 500;  // the reader then expects an error of a server's fault
  altered.body = R"({"error":{"message":"boom"}})";
  CHECK(tests::replay_over_sockets({altered}).total().passed == 1);
}

TEST_CASE("a replay reports what differs, once for each exchange, with its place and layout", "[replay]") {
  const auto whole = made("openai.chat", "json", "application/json",
                          R"({"choices":[{"message":{"content":"answer"},"finish_reason":"stop"}]})");
  const auto stream = made(
      "anthropic.messages", "sse", "text/event-stream",
      "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1}}}\n\n"
      "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
      "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"answer\"}}\n\n"
      "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
      "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n"
      "data: {\"type\":\"message_stop\"}\n\n");
  CHECK(tests::replay_over_sockets({whole, stream}).total().passed == 2);
  const auto report = tests::replay_over_sockets({whole, stream}, {}, [](const recording& exchange) {
    auto want = tests::read_independently(exchange);
    want.choices.at(0).text.back() = 'R';
    return want;
  });
  CHECK(report.total().failed == 2);
  REQUIRE(report.differences.size() == 2);
  CHECK(report.differences[0].find("whole: choice 0 text differs at byte 5: want \"R\", got \"r\"") !=
        std::string::npos);
  CHECK(report.differences[1].find("streamed whole: choice 0 text differs at byte 5") != std::string::npos);
}
