#include "catch.hpp"

#include <cohedge/plan/attempt_clocks.hpp>

#include <limits>
#include <vector>

using namespace std::chrono_literals;
using cohedge::duration;
using cohedge::errc;
using cohedge::time_point;
using cohedge::plan::attempt_clocks;
using cohedge::plan::clock_limits;
using cohedge::plan::never;
using cohedge::plan::no_deadline;
using phase = attempt_clocks::phase;

namespace {

constexpr time_point start = time_point{} + 1000s;

struct visit {
  phase to;
  duration when;
};

attempt_clocks clocks(const std::vector<visit>& visits, clock_limits limits = {}, duration deadline = never,
                      std::size_t prompt_bytes = 0) {
  attempt_clocks made{limits, start, deadline == never ? no_deadline : start + deadline, prompt_bytes};
  for (const auto& each : visits) made.enter(each.to, start + each.when);
  return made;
}

/// It expires exactly then, and so.
void check(const attempt_clocks& made, duration when, errc how) {
  CHECK(made.expires() == start + when);
  CHECK_FALSE(made.expired(start + when - 1ns).has_value());
  CHECK(made.expired(start + when) == how);
  CHECK(made.expired(start + when + 1h) == how);  // however late somebody looks
}

}  // namespace

TEST_CASE("attempt_clocks: the default limit of each phase", "[plan][attempt_clocks]") {
  check(clocks({}), 10s, errc::connect_timeout);
  check(clocks({{phase::headers, 2s}}), 17s, errc::header_timeout);
  check(clocks({{phase::headers, 2s}, {phase::first_content, 5s}}), 122s, errc::first_content_timeout);
  check(clocks({{phase::headers, 2s}, {phase::first_content, 5s}, {phase::between_content, 9s}}), 39s,
        errc::between_content_timeout);
  const auto done = clocks({{phase::done, 1s}});
  CHECK(done.expires() == no_deadline);
  CHECK_FALSE(done.expired(no_deadline).has_value());
}

TEST_CASE("attempt_clocks: the first content is counted from the sending, with its share of the prompt",
          "[plan][attempt_clocks]") {
  check(clocks({{phase::headers, 2s}, {phase::first_content, 5s}}, {}, never, 4'000'000), 362s,
        errc::first_content_timeout);
  check(clocks({{phase::headers, 2s}, {phase::first_content, 5s}}, {}, never, 40'000), 124400ms,
        errc::first_content_timeout);
  check(clocks({{phase::first_content, 3s}}), 123s, errc::first_content_timeout);  // sent as it connected
}

TEST_CASE("attempt_clocks: a short limit for the first content holds while waiting for headers",
          "[plan][attempt_clocks]") {
  const auto limits = clock_limits{}.first_content(1s);
  check(clocks({{phase::headers, 200ms}}, limits, never, 4'000'000), 1200ms, errc::first_content_timeout);
  check(clocks({{phase::headers, 200ms}, {phase::first_content, 900ms}}, limits), 1200ms, errc::first_content_timeout);
}

TEST_CASE("attempt_clocks: trap 5, headers do not clear the clock of the attempt", "[plan][attempt_clocks]") {
  const auto waiting = clocks({{phase::headers, 0s}, {phase::first_content, 14s}});
  CHECK(waiting.expires() < no_deadline);
}

TEST_CASE("attempt_clocks: only content resets the between-content clock", "[plan][attempt_clocks]") {
  auto made = clocks({{phase::headers, 0s}, {phase::first_content, 1s}});
  made.content(start + 2s);
  CHECK(made.current() == phase::between_content);
  check(made, 32s, errc::between_content_timeout);
  made.content(start + 20s);
  check(made, 50s, errc::between_content_timeout);
}

TEST_CASE("attempt_clocks: trap 18, entering the phase it is in, or an earlier one, resets nothing",
          "[plan][attempt_clocks]") {
  auto made = clocks({{phase::headers, 0s}, {phase::first_content, 1s}, {phase::between_content, 2s}});
  for (const auto again : {phase::between_content, phase::first_content, phase::headers, phase::connecting}) {
    made.enter(again, start + 20s);
    CHECK(made.current() == phase::between_content);
    check(made, 32s, errc::between_content_timeout);
  }
  auto waiting = clocks({{phase::headers, 0s}, {phase::headers, 9s}});
  check(waiting, 15s, errc::header_timeout);
}

TEST_CASE("attempt_clocks: content may come in one read with the headers", "[plan][attempt_clocks]") {
  auto made = clocks({{phase::headers, 0s}});
  made.content(start + 3s);
  check(made, 33s, errc::between_content_timeout);
}

TEST_CASE("attempt_clocks: when it is done nothing starts it again", "[plan][attempt_clocks]") {
  auto made = clocks({{phase::headers, 0s}, {phase::done, 1s}, {phase::headers, 2s}});
  made.content(start + 3s);
  CHECK(made.current() == phase::done);
  CHECK(made.expires() == no_deadline);
}

TEST_CASE("attempt_clocks: a replay on a fresh connection starts its clocks anew, but not the total",
          "[plan][attempt_clocks]") {
  check(clocks({{phase::headers, 0s}, {phase::connecting, 8s}}), 18s, errc::connect_timeout);
  check(clocks({{phase::headers, 0s}, {phase::connecting, 8s}, {phase::headers, 9s}}), 24s, errc::header_timeout);
  check(clocks({{phase::headers, 0s}, {phase::connecting, 8s}}, clock_limits{}.total(12s)), 12s, errc::total_timeout);
}

TEST_CASE("attempt_clocks: the total counts from the start in every phase", "[plan][attempt_clocks]") {
  const auto limits = clock_limits{}.total(4s);
  check(clocks({}, limits), 4s, errc::total_timeout);
  check(clocks({{phase::headers, 3s}}, limits), 4s, errc::total_timeout);
  check(clocks({{phase::first_content, 3s}}, limits), 4s, errc::total_timeout);
  auto flowing = clocks({{phase::first_content, 1s}}, limits);
  for (int n = 0; n < 20; ++n) flowing.content(start + 2s + 100ms * n);
  check(flowing, 4s, errc::total_timeout);
}

TEST_CASE("attempt_clocks: every limit is clipped to the call's deadline, which then is what is exceeded",
          "[plan][attempt_clocks]") {
  check(clocks({}, {}, 9s), 9s, errc::deadline_exceeded);
  check(clocks({{phase::headers, 2s}}, {}, 9s), 9s, errc::deadline_exceeded);
  check(clocks({{phase::first_content, 2s}}, {}, 9s), 9s, errc::deadline_exceeded);
  check(clocks({{phase::between_content, 2s}}, {}, 9s), 9s, errc::deadline_exceeded);
  check(clocks({}, clock_limits{}.total(20s).connect(never), 9s), 9s, errc::deadline_exceeded);
  check(clocks({}, {}, 11s), 10s, errc::connect_timeout);
  CHECK(clocks({}, {}, -1s).expired(start) == errc::deadline_exceeded);
}

TEST_CASE("attempt_clocks: of several at one moment, the deadline before a phase's limit before the total",
          "[plan][attempt_clocks]") {
  check(clocks({}, clock_limits{}.total(10s), 10s), 10s, errc::deadline_exceeded);
  check(clocks({}, clock_limits{}.total(10s)), 10s, errc::connect_timeout);
}

TEST_CASE("attempt_clocks: limits that are switched off never expire", "[plan][attempt_clocks]") {
  const auto off = clock_limits{}.connect(never).headers(never).first_content(never).between_content(never);
  for (const auto at : {phase::connecting, phase::headers, phase::first_content, phase::between_content}) {
    const auto made = clocks({{at, 1s}}, off);
    CHECK(made.expires() == no_deadline);
    CHECK_FALSE(made.expired(no_deadline).has_value());
  }
}

TEST_CASE("attempt_clocks: a limit of nothing is reached at once", "[plan][attempt_clocks]") {
  CHECK(clocks({}, clock_limits{}.connect(0s)).expired(start) == errc::connect_timeout);
  CHECK(clocks({}, clock_limits{}.connect(-5s)).expired(start) == errc::connect_timeout);
}

TEST_CASE("attempt_clocks: no prompt is large enough to overflow", "[plan][attempt_clocks]") {
  constexpr auto huge = std::numeric_limits<std::size_t>::max();
  CHECK(clock_limits{}.first_content_for(huge) > 120s);
  CHECK(clock_limits{}.first_content(120s, 1h).first_content_for(huge) == never);
  CHECK(clock_limits{}.first_content(never, 240s).first_content_for(10) == never);
  CHECK(clock_limits{}.first_content(120s, -1s).first_content_for(huge) == 120s);
  CHECK(clock_limits{}.first_content_for(0) == 120s);
}
