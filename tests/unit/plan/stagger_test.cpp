#include "catch.hpp"

#include <cohedge/plan/stagger.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using cohedge::duration;
using cohedge::time_point;
using cohedge::plan::never;
using cohedge::plan::stagger;
using verdict = stagger::verdict;

namespace {

constexpr time_point at(duration since_start) { return time_point{} + since_start; }

/// Asks until there is nothing to start, and writes down what was said: "start 0, start 1, wait 30ms".
std::string say(stagger& machine, duration now) {
  std::string said;
  for (;;) {
    const auto action = machine.next(at(now));
    if (!said.empty()) said += ", ";
    switch (action.what) {
      case stagger::act::start: said += "start " + std::to_string(action.candidate); continue;
      case stagger::act::won: return said + "won " + std::to_string(action.candidate);
      case stagger::act::lost:
        return said + "lost" + (action.candidate == stagger::none ? "" : " " + std::to_string(action.candidate));
      case stagger::act::cancelled: return said + "cancelled";
      case stagger::act::wait:
        if (action.until == time_point::max()) return said + "wait";
        const auto until = std::chrono::duration_cast<std::chrono::milliseconds>(action.until - at(0ms));
        return said + "wait " + std::to_string(until.count());
    }
  }
}

/// One step of a table: at `now` candidate `ended` came out as `how` (`none`: only time passed), then `says`.
struct step {
  duration now;
  std::size_t ended;
  verdict how;
  std::string says;
};

void play(stagger machine, const std::vector<step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    INFO("step " << i);
    if (steps[i].ended != stagger::none) machine.ended(steps[i].ended, steps[i].how, at(steps[i].now));
    REQUIRE(say(machine, steps[i].now) == steps[i].says);
  }
}

constexpr auto none = stagger::none;
constexpr auto good = verdict::good;
constexpr auto failed = verdict::failed;
constexpr auto fatal = verdict::fatal;

}  // namespace

TEST_CASE("stagger: a fallback starts the next candidate only after a failure", "[plan][stagger]") {
  play(stagger{3, never}, {{0ms, none, good, "start 0, wait"},
                           {1h, none, good, "wait"},
                           {2h, 0, failed, "start 1, wait"},
                           {3h, 1, failed, "start 2, wait"},
                           {4h, 2, good, "won 2"}});
}

TEST_CASE("stagger: a race starts all in one tick, in order", "[plan][stagger]") {
  play(stagger{3, 0ms}, {{0ms, none, good, "start 0, start 1, start 2, wait"}, {5ms, 1, good, "won 1"}});
  play(stagger{3, -1ms}, {{0ms, none, good, "start 0, start 1, start 2, wait"}});
}

TEST_CASE("stagger: a hedge starts the next after its patience, counted from the last start", "[plan][stagger]") {
  play(stagger{3, 100ms}, {{0ms, none, good, "start 0, wait 100"},
                           {99ms, none, good, "wait 100"},
                           {130ms, none, good, "start 1, wait 230"},  // the timer came late
                           {230ms, none, good, "start 2, wait"},
                           {300ms, 0, good, "won 0"}});
}

TEST_CASE("stagger: rule 5, a failure starts the next at once and later delays count from there", "[plan][stagger]") {
  play(stagger{4, 100ms}, {{0ms, none, good, "start 0, wait 100"},
                           {20ms, 0, failed, "start 1, wait 120"},
                           {120ms, none, good, "start 2, wait 220"},
                           {150ms, 1, failed, "start 3, wait"},
                           {160ms, 3, good, "won 3"}});
}

TEST_CASE("stagger: rule 5, two failures in one tick start two candidates", "[plan][stagger]") {
  stagger machine{5, 100ms};
  CHECK(say(machine, 0ms) == "start 0, wait 100");
  CHECK(say(machine, 100ms) == "start 1, wait 200");
  machine.ended(0, failed, at(150ms));
  machine.ended(1, failed, at(150ms));
  CHECK(say(machine, 150ms) == "start 2, start 3, wait 250");
}

TEST_CASE("stagger: rule 3, the first error does not win while another attempt runs", "[plan][stagger]") {
  play(stagger{2, 0ms}, {{0ms, none, good, "start 0, start 1, wait"},
                         {1ms, 0, failed, "wait"},
                         {2ms, 1, good, "won 1"}});
}

TEST_CASE("stagger: rule 3, a fatal failure ends all at once and leaves the losers to be cancelled",
          "[plan][stagger]") {
  stagger machine{3, 0ms};
  CHECK(say(machine, 0ms) == "start 0, start 1, start 2, wait");
  machine.ended(1, fatal, at(1ms));
  CHECK(say(machine, 1ms) == "lost 1");
  CHECK(machine.running() == 2);
  CHECK(machine.is_running(0));
  CHECK_FALSE(machine.is_running(1));
  CHECK(machine.is_running(2));
}

TEST_CASE("stagger: a fatal failure starts nobody else", "[plan][stagger]") {
  play(stagger{3, never}, {{0ms, none, good, "start 0, wait"}, {1ms, 0, fatal, "lost 0"}, {2ms, none, good, "lost 0"}});
}

TEST_CASE("stagger: all failed is lost, decided by the last", "[plan][stagger]") {
  play(stagger{2, 0ms}, {{0ms, none, good, "start 0, start 1, wait"},
                         {1ms, 1, failed, "wait"},
                         {2ms, 0, failed, "lost 0"},
                         {3ms, none, good, "lost 0"}});
}

TEST_CASE("stagger: without candidates it is lost at once", "[plan][stagger]") {
  play(stagger{0, 0ms}, {{0ms, none, good, "lost"}, {1s, none, good, "lost"}});
}

TEST_CASE("stagger: rule 10, a timer that fires after the commit does nothing", "[plan][stagger]") {
  play(stagger{3, 100ms}, {{0ms, none, good, "start 0, wait 100"}, {99ms, 0, good, "won 0"},
                           {100ms, none, good, "won 0"}});
}

TEST_CASE("stagger: rule 10, of two completions in one tick the first reported wins", "[plan][stagger]") {
  stagger machine{2, 0ms};
  CHECK(say(machine, 0ms) == "start 0, start 1, wait");
  machine.ended(1, good, at(5ms));
  machine.ended(0, good, at(5ms));
  CHECK(say(machine, 5ms) == "won 1");
  CHECK(machine.running() == 0);
  machine.ended(0, fatal, at(6ms));
  CHECK(say(machine, 6ms) == "won 1");
}

TEST_CASE("stagger: after the end a loser's report only clears is_running", "[plan][stagger]") {
  stagger machine{3, 0ms};
  CHECK(say(machine, 0ms) == "start 0, start 1, start 2, wait");
  machine.ended(0, good, at(1ms));
  CHECK(machine.over());
  CHECK(machine.running() == 2);
  machine.ended(2, failed, at(2ms));
  CHECK(machine.running() == 1);
  CHECK(machine.is_running(1));
  CHECK_FALSE(machine.is_running(2));
  CHECK(say(machine, 2ms) == "won 0");
}

TEST_CASE("stagger: reports about candidates that do not run change nothing", "[plan][stagger]") {
  stagger machine{3, never};
  machine.ended(0, good, at(0ms));
  CHECK(say(machine, 0ms) == "start 0, wait");
  machine.ended(1, good, at(1ms));
  machine.ended(77, fatal, at(1ms));
  machine.ended(stagger::none, fatal, at(1ms));
  CHECK(say(machine, 1ms) == "wait");
  machine.ended(0, failed, at(2ms));
  CHECK(say(machine, 2ms) == "start 1, wait");
  machine.ended(0, failed, at(2ms));  // the second report of one end earns no second start
  CHECK(say(machine, 2ms) == "wait");
}

TEST_CASE("stagger: rule 19, out of budget the running attempts go on", "[plan][stagger]") {
  SECTION("and win") {
    stagger machine{3, 100ms};
    CHECK(say(machine, 0ms) == "start 0, wait 100");
    machine.stop_starting();
    CHECK(say(machine, 0ms) == "wait");
    CHECK(say(machine, 200ms) == "wait");
    machine.ended(0, good, at(300ms));
    CHECK(say(machine, 300ms) == "won 0");
  }
  SECTION("or fail, and nobody follows") {
    stagger machine{3, 100ms};
    CHECK(say(machine, 0ms) == "start 0, wait 100");
    machine.stop_starting();
    machine.ended(0, failed, at(300ms));
    CHECK(say(machine, 300ms) == "lost 0");
  }
  SECTION("before the first start it is lost") {
    stagger machine{3, 0ms};
    machine.stop_starting();
    CHECK(say(machine, 0ms) == "lost");
  }
}

TEST_CASE("stagger: rule 11, hedges that cannot start never fail the call", "[plan][stagger]") {
  stagger machine{3, 100ms};
  CHECK(say(machine, 0ms) == "start 0, wait 100");
  CHECK(machine.next(at(100ms)).candidate == 1);
  machine.ended(1, failed, at(100ms));  // no permit
  CHECK(machine.next(at(100ms)).candidate == 2);
  machine.ended(2, failed, at(100ms));  // breaker open
  CHECK(say(machine, 100ms) == "wait");
  machine.ended(0, good, at(900ms));
  CHECK(say(machine, 900ms) == "won 0");
}

TEST_CASE("stagger: max_running holds starts back until one fails", "[plan][stagger]") {
  play(stagger{4, 0ms, 2}, {{0ms, none, good, "start 0, start 1, wait"},
                            {1ms, 0, failed, "start 2, wait"},
                            {2ms, 1, failed, "start 3, wait"},
                            {3ms, 3, failed, "wait"},
                            {4ms, 2, failed, "lost 2"}});
  play(stagger{2, 0ms, 0}, {{0ms, none, good, "start 0, wait"}, {1ms, 0, failed, "start 1, wait"}});
}

TEST_CASE("stagger: cancel ends it, but not after the end", "[plan][stagger]") {
  stagger machine{3, 0ms};
  CHECK(say(machine, 0ms) == "start 0, start 1, start 2, wait");
  machine.cancel();
  CHECK(say(machine, 0ms) == "cancelled");
  CHECK(machine.running() == 3);
  machine.ended(0, good, at(1ms));  // too late
  CHECK(say(machine, 1ms) == "cancelled");
  CHECK(machine.running() == 2);

  stagger won{1, never};
  CHECK(say(won, 0ms) == "start 0, wait");
  won.ended(0, good, at(1ms));
  won.cancel();
  CHECK(say(won, 1ms) == "won 0");

  stagger unstarted{1, never};
  unstarted.cancel();
  CHECK(say(unstarted, 0ms) == "cancelled");
}

TEST_CASE("stagger: more than 64 candidates", "[plan][stagger]") {
  stagger machine{200, 0ms};
  for (std::size_t i = 0; i < 200; ++i) REQUIRE(machine.next(at(0ms)).candidate == i);
  CHECK(say(machine, 0ms) == "wait");
  machine.ended(63, failed, at(1ms));
  machine.ended(64, failed, at(1ms));
  machine.ended(199, failed, at(1ms));
  CHECK(machine.running() == 197);
  for (const std::size_t i : {0UL, 62UL, 65UL, 127UL, 128UL, 192UL, 198UL}) CHECK(machine.is_running(i));
  for (const std::size_t i : {63UL, 64UL, 199UL, 200UL, stagger::none}) CHECK_FALSE(machine.is_running(i));
}

TEST_CASE("stagger: times at the end of the scale do not overflow", "[plan][stagger]") {
  stagger machine{2, never - 1ns};
  CHECK(machine.next(time_point::max() - 1ns).what == stagger::act::start);
  const auto action = machine.next(time_point::max() - 1ns);
  CHECK(action.what == stagger::act::wait);
  CHECK(action.until == time_point::max());

  stagger early{2, 100ms};
  CHECK(early.next(time_point::min()).what == stagger::act::start);
  CHECK(early.next(time_point::min()).until == time_point::min() + 100ms);
}
