#include "catch.hpp"

#include <cohedge/plan/split.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using cohedge::plan::split;
using cohedge::plan::stable_hash;

namespace {

constexpr int sessions = 20'000;

std::string session(int n) { return "session-" + std::to_string(n); }

std::vector<double> shares(const split& arms) {
  std::vector<double> share(arms.size());
  for (int n = 0; n < sessions; ++n) share[arms.pick(session(n)).value()] += 1.0 / sessions;
  return share;
}

split ab(double a, double b, std::string_view salt = "test") {
  split arms{salt};
  arms.arm("a", a).arm("b", b);
  return arms;
}

}  // namespace

TEST_CASE("split: the hash never changes, for it would move sessions", "[plan][split]") {
  // FNV-1a of "", "a" and "foobar" is cbf29ce484222325, af63dc4c8601ec8c and 85944171f73967e8 (the authors' test
  // vectors); SplitMix64's finaliser of these was computed apart, in Python.
  CHECK(stable_hash("") == 0xf52a15e9a9b5e89bULL);
  CHECK(stable_hash("a") == 0x2c0bdbf481420f8ULL);
  CHECK(stable_hash("foobar") == 0x404da9e3b74078c2ULL);
}

TEST_CASE("split: a session's arm is the same on every platform and for good", "[plan][split]") {
  split arms{"salt"};
  arms.arm("a", 1).arm("b", 2).arm("c", 0.5);
  std::string picked;
  for (int n = 0; n < 40; ++n) picked += arms.name(arms.pick(session(n)).value());
  CHECK(picked == "babcabbabbcabbcbbabbcbcbacbabbbbbbabbbbc");
}

TEST_CASE("split: sticky, a session always meets the same arm", "[plan][split]") {
  const auto arms = ab(1, 1);
  const auto after_restart = ab(1, 1);
  for (int n = 0; n < 200; ++n) CHECK(arms.pick(session(n)) == after_restart.pick(session(n)));
}

TEST_CASE("split: sessions divide by weight", "[plan][split]") {
  split arms{"division"};
  arms.arm("a", 5).arm("b", 3).arm("c", 1.5).arm("d", 0.5);
  const double expected[] = {0.5, 0.3, 0.15, 0.05};
  const auto share = shares(arms);
  for (std::size_t i = 0; i < 4; ++i) {
    INFO(arms.name(i) << " got " << share[i]);
    CHECK(std::abs(share[i] - expected[i]) < 4 * std::sqrt(expected[i] * (1 - expected[i]) / sessions));
  }
}

TEST_CASE("split: weights are relative, and far apart they still hold", "[plan][split]") {
  const auto share = shares(ab(1, 1000));
  CHECK(share[0] > 0.0003);
  CHECK(share[0] < 0.002);
  for (int n = 0; n < 200; ++n) CHECK(ab(2, 6).pick(session(n)) == ab(1, 3).pick(session(n)));
}

TEST_CASE("split: one arm's new weight moves as few sessions as it must, all to or from that arm", "[plan][split]") {
  split before{"move"};
  before.arm("a", 4).arm("b", 4).arm("c", 1);
  split later{"move"};
  later.arm("a", 4).arm("b", 4).arm("c", 2);
  int moved = 0;
  for (int n = 0; n < sessions; ++n) {
    const auto from = before.pick(session(n)).value();
    const auto to = later.pick(session(n)).value();
    if (from == to) continue;
    ++moved;
    CHECK(to == 2);  // nobody moves between a and b, and nobody leaves the arm that grew
  }
  const double least = 2.0 / 10 - 1.0 / 9;
  CHECK(std::abs(static_cast<double>(moved) / sessions - least) < 0.01);
}

TEST_CASE("split: an arm that goes takes only its own sessions along", "[plan][split]") {
  split before{"gone"};
  before.arm("a", 1).arm("b", 1).arm("c", 1);
  split later{"gone"};
  later.arm("c", 1).arm("a", 1);  // b is gone, and the rest changed places
  for (int n = 0; n < 2000; ++n) {
    const auto was = before.name(before.pick(session(n)).value());
    if (was != "b") CHECK(later.name(later.pick(session(n)).value()) == was);
  }
}

TEST_CASE("split: two salts divide independently", "[plan][split]") {
  const auto one = ab(1, 1, "experiment 1");
  const auto two = ab(1, 1, "experiment 2");
  int same = 0;
  for (int n = 0; n < sessions; ++n) same += one.pick(session(n)) == two.pick(session(n)) ? 1 : 0;
  CHECK(std::abs(static_cast<double>(same) / sessions - 0.5) < 0.02);
}

TEST_CASE("split: salt and name do not run into each other", "[plan][split]") {
  split one{"ab"};
  one.arm("c", 1).arm("x", 1);
  split two{"a"};
  two.arm("bc", 1).arm("bx", 1);
  int same = 0;
  for (int n = 0; n < 2000; ++n) same += one.pick(session(n)) == two.pick(session(n)) ? 1 : 0;
  CHECK(same < 1200);  // 2000 if ("ab", "c") and ("a", "bc") were one arm
}

TEST_CASE("split: without a session the injected number decides", "[plan][split]") {
  split arms;
  arms.arm("a", 1).arm("off", 0).arm("b", 3);
  CHECK(arms.pick(0.0) == 0u);
  CHECK(arms.pick(0.2499) == 0u);
  CHECK(arms.pick(0.25) == 2u);
  CHECK(arms.pick(0.9999) == 2u);
  CHECK(arms.pick(1.0) == 2u);
  CHECK(arms.pick(-1.0) == 0u);
  CHECK(arms.pick(std::numeric_limits<double>::quiet_NaN()) == 0u);
}

TEST_CASE("split: weights that are none are never picked", "[plan][split]") {
  for (const double none : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    const auto arms = ab(none, 1);
    for (int n = 0; n < 50; ++n) CHECK(arms.pick(session(n)) == 1u);
    CHECK(arms.pick(0.0) == 1u);
    CHECK_FALSE(ab(none, none).pick("x").has_value());
    CHECK_FALSE(ab(none, none).pick(0.5).has_value());
  }
  CHECK_FALSE(split{}.pick("x").has_value());
  CHECK_FALSE(split{}.pick(0.5).has_value());
}

TEST_CASE("split: any bytes are a session", "[plan][split]") {
  const auto arms = ab(1, 1);
  CHECK(arms.pick("").has_value());
  CHECK(arms.pick(std::string(100'000, '\xff')).has_value());
  CHECK(arms.pick(std::string_view{"\0\0", 2}).has_value());
  CHECK(stable_hash(std::string_view{"\0", 1}) != stable_hash(std::string_view{"\0\0", 2}));
}
