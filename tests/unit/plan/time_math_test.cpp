#include "catch.hpp"

#include <cohedge/plan/time_math.hpp>

using namespace std::chrono_literals;
using cohedge::duration;
using cohedge::time_point;
using cohedge::plan::after;
using cohedge::plan::never;
using cohedge::plan::no_deadline;
using cohedge::plan::remaining;

TEST_CASE("time_math: after adds, and holds at the end of the scale", "[plan][time_math]") {
  constexpr time_point t = time_point{} + 10s;
  CHECK(after(t, 5s) == time_point{} + 15s);
  CHECK(after(t, 0s) == t);
  CHECK(after(t, -5s) == t);
  CHECK(after(t, never) == no_deadline);
  CHECK(after(no_deadline, 5s) == no_deadline);
  CHECK(after(no_deadline - 3s, 5s) == no_deadline);
  CHECK(after(no_deadline - 3s, 2s) == no_deadline - 1s);
  CHECK(after(time_point::min(), 2s) == time_point::min() + 2s);
  CHECK(after(time_point{} - 2s, never - 1ns) == time_point{} - 2s + (never - 1ns));
}

TEST_CASE("time_math: remaining is never negative and never overflows", "[plan][time_math]") {
  constexpr time_point t = time_point{} + 10s;
  CHECK(remaining(t, t + 3s) == 3s);
  CHECK(remaining(t, t) == 0s);
  CHECK(remaining(t, t - 3s) == 0s);
  CHECK(remaining(t, no_deadline) == never);
  CHECK(remaining(time_point{} - 5s, time_point{} + 5s) == 10s);
  CHECK(remaining(time_point{} - 5s, no_deadline - 1ns) == never);
  CHECK(remaining(time_point::min() + 1ns, t) == never);
  CHECK(remaining(time_point::min(), time_point::min() + 1s) == 1s);
}
