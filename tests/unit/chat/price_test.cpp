#include "catch.hpp"

#include <cohedge/chat/price.hpp>

using namespace cohedge;

TEST_CASE("prices: the longest name that fits counts, and a whole name most", "[chat][price]") {
  price_table table;
  table.set("*", {9, 9, {}, {}}).set("gpt-5*", {1, 2, 0.5, 4}).set("gpt-5-mini", {10, 20, {}, {}});
  usage used;
  used.reported = true;
  used.input = 1'000'000;
  used.output = 500'000;
  CHECK(table.cost(used, "gpt-5-nano") == 2.0);
  CHECK(table.cost(used, "gpt-5-mini") == 20.0);
  CHECK(table.cost(used, "claude") == 13.5);
  used.cached = 400'000;
  used.cache_written = 100'000;
  CHECK(table.cost(used, "gpt-5") == 0.5 + 0.2 + 0.4 + 1.0);
  CHECK(table.cost(used, "gpt-5-mini") == 20.0);
  table.set("gpt-5-mini", {1, 1, {}, {}});
  CHECK(table.cost(used, "gpt-5-mini") == 1.5);
}

TEST_CASE("prices: no price and no count are no cost of nothing", "[chat][price]") {
  price_table table;
  usage used;
  used.reported = true;
  CHECK_FALSE(table.cost(used, "m").has_value());
  table.set("m", {1, 1, {}, {}});
  CHECK(table.cost(used, "m") == 0.0);
  CHECK_FALSE(table.cost(usage{}, "m").has_value());
}
