#include "catch.hpp"

#include <cohedge/plan/attempt_count.hpp>

using cohedge::plan::attempt_count;

TEST_CASE("attempt_count: gives out as many as there are and not one more", "[plan][attempt_count]") {
  attempt_count count{3};
  CHECK(count.most() == 3);
  for (std::size_t n = 1; n <= 3; ++n) {
    CHECK(count.take());
    CHECK(count.taken() == n);
    CHECK(count.left() == 3 - n);
  }
  for (int i = 0; i < 5; ++i) CHECK_FALSE(count.take());
  CHECK(count.taken() == 3);
  CHECK(count.left() == 0);
}

TEST_CASE("attempt_count: four by default, and zero allows nothing", "[plan][attempt_count]") {
  CHECK(attempt_count{}.left() == 4);
  attempt_count nothing{0};
  CHECK_FALSE(nothing.take());
  CHECK(nothing.left() == 0);
}

TEST_CASE("attempt_count: rule 18, nested layers draw on one count and do not multiply", "[plan][attempt_count]") {
  attempt_count count{4};
  int attempts = 0;
  for (int outer_retry = 0; outer_retry < 3; ++outer_retry) {
    for (int fallback = 0; fallback < 3; ++fallback) {
      for (int inner_retry = 0; inner_retry < 5; ++inner_retry) attempts += count.take() ? 1 : 0;
    }
  }
  CHECK(attempts == 4);
}
