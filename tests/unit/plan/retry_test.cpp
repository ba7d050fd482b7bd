#include "catch.hpp"

#include <cohedge/plan/backoff.hpp>
#include <cohedge/plan/retry.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

using namespace std::chrono_literals;
using cohedge::duration;
using cohedge::errc;
using cohedge::error;
using cohedge::error_class;
using cohedge::percent;
using cohedge::time_point;
using cohedge::plan::backoff_ceiling;
using cohedge::plan::explain;
using cohedge::plan::full_jitter;
using cohedge::plan::never;
using cohedge::plan::no_deadline;
using cohedge::plan::retry;
using cohedge::plan::retry_options;

namespace {

constexpr time_point start = time_point{} + 1000s;

error failure(error_class kind) { return error{errc::http_status, kind}; }

error limited(duration wait) { return failure(error_class::rate_limited).with_retry_after(wait); }

retry::decision ask(const error& latest, int done, double luck = 1, duration left = 1h, bool another = false,
                    retry_options options = {}) {
  return retry{options}.on_failure(latest, done, start, left == never ? no_deadline : start + left, luck, another);
}

}  // namespace

TEST_CASE("backoff: the ceiling doubles up to the cap", "[plan][backoff]") {
  const duration expected[] = {500ms, 1s, 2s, 4s, 8s, 8s, 8s};
  for (int n = 0; n < 7; ++n) CHECK(backoff_ceiling(n, 500ms, 8s) == expected[n]);
  CHECK(backoff_ceiling(2, 500ms, 1700ms) == 1700ms);
  CHECK(backoff_ceiling(0, 10s, 8s) == 8s);
  CHECK(backoff_ceiling(-3, 500ms, 8s) == 500ms);
  CHECK(backoff_ceiling(5, -1s, 8s) == 0s);
  CHECK(backoff_ceiling(5, 1s, -1s) == 0s);
  CHECK(backoff_ceiling(5, 0s, 8s) == 0s);
}

TEST_CASE("backoff: neither many retries nor an endless cap overflow", "[plan][backoff]") {
  CHECK(backoff_ceiling(std::numeric_limits<int>::max(), 1ns, never) == never);
  CHECK(backoff_ceiling(1000, 500ms, 8s) == 8s);
  CHECK(full_jitter(never, 1) == never);
  CHECK(full_jitter(never, 0.9999999999999999) <= never);
  CHECK(full_jitter(never, 0.5) > 0s);
}

TEST_CASE("backoff: rule 17, full jitter covers the whole span", "[plan][backoff]") {
  CHECK(full_jitter(8s, 0) == 0s);
  CHECK(full_jitter(8s, 0.25) == 2s);
  CHECK(full_jitter(8s, 1) == 8s);
  CHECK(full_jitter(8s, 2) == 8s);
  CHECK(full_jitter(8s, -1) == 0s);
  CHECK(full_jitter(8s, std::numeric_limits<double>::quiet_NaN()) == 0s);
  CHECK(full_jitter(-1s, 0.5) == 0s);
}

TEST_CASE("retry: which classes are tried again on the same target, and how often", "[plan][retry]") {
  struct row {
    error_class kind;
    int most;
  };
  const row rows[] = {
      {error_class::cancelled, 0},   {error_class::caller_fault, 0}, {error_class::context_window, 0},
      {error_class::content_policy, 0}, {error_class::credential, 0}, {error_class::quota, 0},
      {error_class::model_gone, 0},  {error_class::rate_limited, 2}, {error_class::transient, 2},
      {error_class::overloaded, 1},  {error_class::connect, 2},      {error_class::transport, 1},
      {error_class::pre_content, 2}, {error_class::truncated, 0},    {error_class::stalled, 0},
      {error_class::superseded, 0},  {error_class::all_cooled, 0},   {error_class::local, 0},
  };
  for (const auto& row : rows) {
    for (int done = 0; done < 4; ++done) {
      INFO(to_string(row.kind) << " after " << done);
      CHECK(ask(failure(row.kind), done).again == (done < row.most));
      CHECK_FALSE(ask(failure(row.kind), done).why.empty());
    }
  }
}

TEST_CASE("retry: which classes are tried again on another target", "[plan][retry]") {
  for (const auto kind : {error_class::credential, error_class::quota, error_class::model_gone,
                          error_class::rate_limited, error_class::transient, error_class::overloaded,
                          error_class::connect, error_class::transport, error_class::pre_content,
                          error_class::all_cooled, error_class::local}) {
    INFO(to_string(kind));
    CHECK(ask(failure(kind), 0, 1, 1h, true).again);
    CHECK(ask(failure(kind), 1, 1, 1h, true).again);
    CHECK_FALSE(ask(failure(kind), 2, 1, 1h, true).again);
  }
  for (const auto kind : {error_class::cancelled, error_class::caller_fault, error_class::context_window,
                          error_class::content_policy, error_class::truncated, error_class::stalled,
                          error_class::superseded}) {
    INFO(to_string(kind));
    CHECK_FALSE(ask(failure(kind), 0, 1, 1h, true).again);
  }
}

TEST_CASE("retry: trap 4, the number of retries is the number of retries", "[plan][retry]") {
  for (int most = -1; most < 4; ++most) {
    int done = 0;
    while (ask(failure(error_class::transient), done, 1, 1h, false, retry_options{}.retries(most)).again) ++done;
    CHECK(done == std::max(most, 0));
  }
}

TEST_CASE("retry: rule 17, waits are jittered backoff", "[plan][retry]") {
  CHECK(ask(failure(error_class::transient), 0, 1).wait == 500ms);
  CHECK(ask(failure(error_class::transient), 1, 1).wait == 1s);
  CHECK(ask(failure(error_class::transient), 1, 0.5).wait == 500ms);
  CHECK(ask(failure(error_class::transient), 1, 0).wait == 0s);
  CHECK(ask(failure(error_class::overloaded), 0, 1).wait == 500ms);  // row 12: one quick retry
  const auto options = retry_options{}.retries(9).base(10ms).cap(50ms);
  CHECK(ask(failure(error_class::connect), 2, 1, 1h, false, options).wait == 40ms);
  CHECK(ask(failure(error_class::connect), 8, 1, 1h, false, options).wait == 50ms);
}

TEST_CASE("retry: rule 17, the first retry to another target needs no backoff", "[plan][retry]") {
  CHECK(ask(failure(error_class::transient), 0, 1, 1h, true).wait == 0s);
  CHECK(ask(failure(error_class::transient), 1, 1, 1h, true).wait == 1s);
}

TEST_CASE("retry: rule 16, Retry-After is a floor", "[plan][retry]") {
  CHECK(ask(limited(20s), 0, 0).wait == 20s);
  CHECK(ask(limited(20s), 0, 1).wait == 22s);  // spread by up to a tenth, upwards only
  CHECK(ask(limited(100ms), 0, 1).wait == 500ms);  // the backoff is longer
  CHECK(ask(limited(0s), 0, 0).wait == 0s);
  CHECK(ask(limited(20s), 0, 1, 1h, false, retry_options{}.retry_after_spread(percent{0})).wait == 20s);
}

TEST_CASE("retry: rule 16, Retry-After is honoured whatever the class", "[plan][retry]") {
  for (const auto kind : {error_class::transient, error_class::overloaded, error_class::all_cooled}) {
    INFO(to_string(kind));
    CHECK(ask(failure(kind).with_retry_after(7s), 0, 0).wait == 7s);
  }
}

TEST_CASE("retry: rule 16, a wait above the cap is not waited for, and the reason says how long", "[plan][retry]") {
  CHECK(ask(limited(60s), 0, 0).again);
  const auto refused = ask(limited(60s + 1ns), 0, 0);
  CHECK_FALSE(refused.again);
  CHECK(refused.wait == 60s + 1ns);
  CHECK(explain(refused) == "the provider asks for a longer wait than allowed; retry possible in 61 s");
  CHECK(ask(limited(90s), 0, 0, 1h, false, retry_options{}.retry_after_cap(2min)).again);
  CHECK_FALSE(ask(limited(never), 0, 1).again);
  CHECK(ask(limited(never), 0, 1, never, false, retry_options{}.retry_after_cap(never)).wait == never);
}

TEST_CASE("retry: rule 16, a wait beyond the deadline fails now with the time at which it could be", "[plan][retry]") {
  const auto refused = ask(limited(42s), 0, 0, 42s);
  CHECK_FALSE(refused.again);
  CHECK(refused.wait == 42s);
  CHECK(explain(refused) == "the wait the provider asks for exceeds the deadline; retry possible in 42 s");
  CHECK(ask(limited(42s), 0, 0, 42s + 1ns).again);
}

TEST_CASE("retry: what chance adds to Retry-After never makes a possible retry impossible", "[plan][retry]") {
  const auto tight = ask(limited(42s), 0, 1, 43s);
  CHECK(tight.again);
  CHECK(tight.wait == 42s);
}

TEST_CASE("retry: rule 16, Retry-After binds only the target that said it", "[plan][retry]") {
  CHECK(ask(limited(20s), 0, 1, 1h, true).wait == 0s);
  CHECK(ask(limited(20s), 1, 1, 1h, true).wait == 1s);
  CHECK(ask(limited(2h), 0, 1, 1h, true).again);
}

TEST_CASE("retry: trap 1, the wait is that of the latest error", "[plan][retry]") {
  const retry plan;
  CHECK(plan.on_failure(limited(30s), 0, start, no_deadline, 0, false).wait == 30s);
  CHECK(plan.on_failure(failure(error_class::transient), 1, start, no_deadline, 0, false).wait == 0s);
  CHECK(plan.on_failure(limited(3s), 1, start, no_deadline, 0, false).wait == 3s);
}

TEST_CASE("retry: a negative Retry-After is none", "[plan][retry]") {
  CHECK(ask(limited(-5s), 0, 1).wait == 500ms);
  CHECK_FALSE(ask(failure(error_class::all_cooled).with_retry_after(-5s), 0, 1).again);
}

TEST_CASE("retry: row 21, cooled targets are waited for only when their end is known and in time", "[plan][retry]") {
  CHECK_FALSE(ask(failure(error_class::all_cooled), 0).again);
  CHECK(ask(failure(error_class::all_cooled).with_retry_after(5s), 0, 0, 6s).again);
  CHECK(explain(ask(failure(error_class::all_cooled).with_retry_after(5s), 0, 0, 4s)) ==
        "the wait the provider asks for exceeds the deadline; retry possible in 5 s");
}

TEST_CASE("retry: rules 17 and 20, never sleeps past the deadline", "[plan][retry]") {
  CHECK(ask(failure(error_class::transient), 0, 1, 500ms + 1ns).again);
  const auto refused = ask(failure(error_class::transient), 0, 1, 500ms);
  CHECK_FALSE(refused.again);
  CHECK(explain(refused) == "too little time left before the deadline");
  CHECK_FALSE(ask(failure(error_class::transient), 0, 0, 0s).again);
  CHECK_FALSE(ask(failure(error_class::transient), 0, 0, -1s).again);
  CHECK_FALSE(ask(failure(error_class::transient), 0, 0, 0s, true).again);
}

TEST_CASE("retry: rule 20, an attempt needs the least useful time after the wait", "[plan][retry]") {
  const auto options = retry_options{}.min_useful(2s);
  CHECK(ask(failure(error_class::transient), 0, 1, 2500ms, false, options).again);
  CHECK_FALSE(ask(failure(error_class::transient), 0, 1, 2500ms - 1ns, false, options).again);
  CHECK(ask(failure(error_class::transient), 0, 1, 2s, true, options).again);
  CHECK_FALSE(ask(failure(error_class::transient), 0, 1, 2s - 1ns, true, options).again);
  CHECK_FALSE(ask(limited(3s), 0, 0, 4s, false, options).again);
}

TEST_CASE("retry: without a deadline every wait fits", "[plan][retry]") {
  const retry plan{retry_options{}.min_useful(never)};
  CHECK(plan.on_failure(failure(error_class::transient), 0, start, no_deadline, 1, false).again);
}

TEST_CASE("retry: no run of failures sleeps past its deadline or more often than allowed", "[plan][retry][property]") {
  std::uint64_t state = 42;
  const auto roll = [&state] {  // SplitMix64
    std::uint64_t x = state += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  };
  std::size_t retried = 0;
  for (int run = 0; run < 2000; ++run) {
    INFO("run " << run);
    const duration least = 1ms * static_cast<int>(roll() % 300);
    const retry plan{retry_options{}.retries(static_cast<int>(roll() % 6)).min_useful(least)};
    const time_point deadline = start + 1ms * static_cast<int>(roll() % 20'000);
    time_point now = start;
    int done = 0;
    for (;;) {
      error latest = failure(static_cast<error_class>(roll() % 18));
      if (roll() % 3 == 0) latest.with_retry_after(1ms * static_cast<int>(roll() % 9000));
      const double luck = static_cast<double>(roll() >> 11) * 0x1p-53;
      const bool another = roll() % 4 == 0;
      const auto decided = plan.on_failure(latest, done, now, deadline, luck, another);
      if (!decided.again) break;
      REQUIRE(decided.wait >= 0s);
      if (!another && latest.retry_after()) REQUIRE(decided.wait >= *latest.retry_after());
      now += decided.wait;
      REQUIRE(now < deadline);
      REQUIRE(deadline - now >= plan.options().min_useful());
      ++done;
      ++retried;
    }
    REQUIRE(done <= plan.options().retries());
  }
  CHECK(retried > 500);
}
