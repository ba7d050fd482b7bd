#include "catch.hpp"

#include <cohedge/plan/stagger.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace std::chrono_literals;
using cohedge::duration;
using cohedge::time_point;
using cohedge::plan::never;
using cohedge::plan::stagger;
using act = stagger::act;
using verdict = stagger::verdict;

namespace {

/// SplitMix64: the same numbers on every platform, which std::uniform_int_distribution does not promise.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_{seed} {}
  std::size_t below(std::size_t bound) {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>((x ^ (x >> 31)) % bound);
  }

 private:
  std::uint64_t state_;
};

/// A world of its own around one stagger, that keeps its own books and compares.
struct run {
  explicit run(std::uint64_t seed) : roll{seed} {
    candidates = roll.below(9);
    if (roll.below(50) == 0) candidates += 64;
    const duration choices[] = {never, 0ms, 10ms, 25ms};
    patience = choices[roll.below(4)];
    max_running = roll.below(3) == 0 ? 1 + roll.below(3) : stagger::none;
  }

  dice roll;
  std::size_t candidates = 0;
  duration patience{};
  std::size_t max_running = 0;
  time_point now{};
  std::vector<std::size_t> running;
  std::size_t started = 0;
  std::size_t failures = 0;
  std::size_t failure_starts = 0;  // starts allowed before their time, because something had failed
  time_point last_start{};
  bool stopped = false;
  act expected = act::wait;  // wait: not over
  std::size_t decided_by = stagger::none;

  void check_start(const stagger::action& action) {
    REQUIRE(expected == act::wait);
    REQUIRE_FALSE(stopped);
    REQUIRE(action.candidate == started);
    REQUIRE(started < candidates);
    REQUIRE(running.size() < max_running);
    if (started > 0 && (patience == never || now < last_start + patience)) {
      ++failure_starts;
      REQUIRE(failure_starts <= failures);
    }
    running.push_back(started++);
    last_start = now;
  }

  /// Asks until it does not start; true while it goes on.
  bool ask(stagger& machine) {
    auto action = machine.next(now);
    while (action.what == act::start) {
      check_start(action);
      action = machine.next(now);
    }
    if (action.what == act::wait) {
      REQUIRE(expected == act::wait);
      REQUIRE_FALSE(running.empty());
      REQUIRE(action.until > now);
      const bool could_start = !stopped && started < candidates && running.size() < max_running;
      if (!could_start || patience == never) REQUIRE(action.until == time_point::max());
      if (could_start && patience != never) REQUIRE(action.until <= now + patience);
      return true;
    }
    if (expected == act::wait) {  // only "everything failed" may end it without our knowing
      REQUIRE(action.what == act::lost);
      REQUIRE(running.empty());
      REQUIRE((stopped || started == candidates));
      expected = act::lost;
    } else {
      REQUIRE(action.what == expected);
      if (expected == act::won) REQUIRE(action.candidate == decided_by);
    }
    return false;
  }

  void end_one(stagger& machine) {
    const std::size_t which = roll.below(running.size());
    const std::size_t candidate = running[which];
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
    const std::size_t luck = roll.below(10);
    const verdict how = luck < 7 ? verdict::failed : luck < 9 ? verdict::good : verdict::fatal;
    machine.ended(candidate, how, now);
    if (expected != act::wait) return;
    if (how == verdict::failed) ++failures;
    if (how == verdict::good) expected = act::won, decided_by = candidate;
    if (how == verdict::fatal) expected = act::lost, decided_by = candidate;
  }

  act play() {
    stagger machine{candidates, patience, max_running};
    for (int turn = 0; turn < 1000; ++turn) {
      const bool goes_on = ask(machine);
      REQUIRE(machine.started() == started);
      REQUIRE(machine.running() == running.size());
      for (std::size_t i = 0; i <= candidates; ++i) {
        REQUIRE(machine.is_running(i) == (std::find(running.begin(), running.end(), i) != running.end()));
      }
      if (!goes_on && running.empty()) return expected;
      now += 1ms * static_cast<int>(roll.below(15));
      const std::size_t what = roll.below(20);
      if (what < 8 && !running.empty()) end_one(machine);
      if (what < 2 && !running.empty()) end_one(machine);  // two in one tick
      if (what == 18 && roll.below(4) == 0) machine.stop_starting(), stopped = true;
      if (what == 19 && roll.below(8) == 0) {
        machine.cancel();
        if (expected == act::wait) expected = act::cancelled;
      }
    }
    FAIL("no end after 1000 turns");
    return act::wait;
  }
};

}  // namespace

TEST_CASE("stagger: 10,000 random runs have one outcome each, and start in order, in time, within bounds",
          "[plan][stagger][property]") {
  std::size_t outcomes[5] = {};
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    INFO("seed " << seed);
    ++outcomes[static_cast<std::size_t>(run{seed}.play())];
  }
  CHECK(outcomes[static_cast<std::size_t>(act::won)] > 1000);  // the runs reach every kind of end
  CHECK(outcomes[static_cast<std::size_t>(act::lost)] > 1000);
  CHECK(outcomes[static_cast<std::size_t>(act::cancelled)] > 100);
}
