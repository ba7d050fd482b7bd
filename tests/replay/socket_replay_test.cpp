// Recorded traffic through everything: loopback server, socket, HTTP, dialect, provider, route.

#include "catch.hpp"
#include "replay/socket_replay.hpp"
#include "shared.hpp"

#include <algorithm>

using namespace cohedge;

TEST_CASE("recorded exchanges served over a real socket are answered as an independent reader reads them",
          "[replay][recorded]") {
  const auto path = tests::shared("fixtures/golden.jsonl.gz");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  auto all = tests::load(*path);
  std::erase_if(all, [](const tests::recording& one) {
    return one.surface != "openai.chat" && one.surface != "legacy.completions";
  });
  REQUIRE(all.size() == 199);
  const auto report = tests::replay_over_sockets(all);
  for (const auto& difference : report.differences) UNSCOPED_INFO(difference);
  CHECK(report.total().failed == 0);
  CHECK(report.total().passed + report.total().not_ours == 199);
  CHECK(report.total().passed > 180);
  CHECK(report.runs > 600);
}

TEST_CASE("a replay takes an answer and an error alike", "[replay]") {
  tests::recording altered;
  altered.id = "altered";
  altered.provider = "p";
  altered.surface = "openai.chat";
  altered.method = "POST";
  altered.status = 200;
  altered.framing = "json";
  altered.headers = {{"content-type", "application/json"}};
  altered.body = R"({"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]})";
  CHECK(tests::replay_over_sockets({altered}).total().passed == 1);
  altered.status = 500;  // the reader then expects an error of a server's fault
  altered.body = R"({"error":{"message":"boom"}})";
  const auto as_error = tests::replay_over_sockets({altered});
  CHECK(as_error.total().passed == 1);
}
