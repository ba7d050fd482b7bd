#include "catch.hpp"

#include "cli/demo_table.cpp"  // the program's sources are in no library; text_table.cpp is with text_table_test.cpp

using namespace std::chrono_literals;
namespace cli = cohedge::cli;

namespace {

cli::strategy_outcome outcome(std::string name, std::size_t failed, std::size_t attempts, cohedge::duration slowest) {
  cli::strategy_outcome made;
  made.name = std::move(name);
  made.calls = 100;
  made.failed = failed;
  made.attempts = attempts;
  made.aborted = 7;
  made.lost = 5;
  made.answered.assign(100 - failed, 20ms);
  for (std::size_t i = 0; i < 4; ++i) made.answered[i] = slowest;
  return made;
}

}  // namespace

TEST_CASE("the demonstration's table", "[cli]") {
  const std::vector<cli::strategy_outcome> outcomes{outcome("one", 3, 100, 600ms), outcome("race", 0, 300, 40ms)};
  CHECK(cli::demo_table(outcomes, true) ==
        "  strategy    p50    p95     p99  failed calls  extra requests  aborted at servers  time to answer: █ p50  ▒ "
        "p95  ░ p99\n"
        "  one       20 ms  20 ms  600 ms     3 (3.0 %)             0 %                   7  "
        "█░░░░░░░░░░░░░░░░░░░░░░░░░░░░░\n"
        "  race      20 ms  20 ms   40 ms             0           200 %                   7  █░\n");
  CHECK(cli::demo_table(outcomes, false).find("superseded") != std::string::npos);
  CHECK(cli::demo_table({}, true).ends_with("p99\n"));
}

TEST_CASE("shares are short", "[cli]") {
  CHECK(cli::shown_share(0, 100) == "0 %");
  CHECK(cli::shown_share(3, 0) == "0 %");
  CHECK(cli::shown_share(1, 33) == "3.0 %");
  CHECK(cli::shown_share(30, 100) == "30 %");
  CHECK(cli::shown_share(200, 100) == "200 %");
}
