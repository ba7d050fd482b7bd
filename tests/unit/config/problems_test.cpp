#include "catch.hpp"

#include <cohedge/config/quantity.hpp>
#include "config/problems.hpp"

using namespace std::chrono_literals;
namespace config = cohedge::config;

TEST_CASE("edit distance counts letters and swapped neighbours", "[config]") {
  struct row {
    const char* a;
    const char* b;
    std::size_t distance;
  };
  const row rows[] = {{"", "", 0},           {"", "abc", 3},           {"abc", "abc", 0},
                      {"modle", "model", 1}, {"model", "modl", 1},     {"kind", "mind", 1},
                      {"deley", "delay", 1}, {"delay", "deadline", 5}, {"sunday", "saturday", 3}};
  for (const auto& [a, b, distance] : rows) {
    CHECK(config::edit_distance(a, b) == distance);
    CHECK(config::edit_distance(b, a) == distance);
  }
}

TEST_CASE("only a near word is suggested", "[config]") {
  const std::vector<std::string_view> known{"candidates", "deadline", "delay"};
  CHECK(config::nearest("candidate", known) == "candidates");
  CHECK(config::nearest("dealine", known) == "deadline");
  CHECK(config::nearest("dely", known) == "delay");
  CHECK_FALSE(config::nearest("timeout", known));
  CHECK_FALSE(config::nearest(std::string(65, 'd'), known));
  CHECK(config::hint("dely", known) == "; did you mean \"delay\"?");
  CHECK(config::hint("timeout", known) == "; known are: candidates, deadline, delay");
  CHECK(config::hint("timeout", {}).empty());
}

TEST_CASE("problems come in the order of the file", "[config]") {
  config::problems noted{"f.toml"};
  CHECK_FALSE(noted.any());
  noted.add(7, "b", "wrong");
  noted.add(2, "a", "bad");
  noted.add(7, "", "worse");
  CHECK(noted.any());
  CHECK(noted.as_error().code() == cohedge::errc::invalid_config);
  CHECK(noted.as_error().detail() == "f.toml:2: a: bad\nf.toml:7: b: wrong\nf.toml:7: worse");
}

TEST_CASE("times and sizes", "[config]") {
  CHECK(config::duration_from("300ms") == 300ms);
  CHECK(config::duration_from("20s") == 20s);
  CHECK(config::duration_from("1.5s") == 1500ms);
  CHECK(config::duration_from("2m") == 2min);
  CHECK(config::duration_from("1h") == 1h);
  CHECK(config::duration_from("250us") == 250us);
  CHECK(config::duration_from("0s") == 0s);
  for (const auto* wrong : {"", "s", "20", "20 s", "-1s", "+1s", "1e3s", "20sec", "1..5s", ".5s", "5.s", "nans",
                            "1001h", "99999999999999999999999s", "20S"})
    CHECK_FALSE(config::duration_from(wrong));

  CHECK(config::bytes_from("100B") == 100);
  CHECK(config::bytes_from("512kB") == 512 * 1024);
  CHECK(config::bytes_from("64MB") == 64 * 1024 * 1024);
  CHECK(config::bytes_from("1.5GB") == 1536u * 1024 * 1024);
  for (const auto* wrong : {"", "64", "MB", "64 MB", "-1B", "2000000GB"}) CHECK_FALSE(config::bytes_from(wrong));
}
