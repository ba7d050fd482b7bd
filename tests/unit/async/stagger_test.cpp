// The stagger driver: the machine's decisions carried out on chains, losers cancelled and reaped.

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/retry.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/async/stagger.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::trace;
using testing::virtual_context;

namespace {

struct plan_of {
  duration after;
  std::optional<errc> fails;
};

task<int> candidate(trace& log, int id, plan_of what) {
  log("start " + std::to_string(id));
  auto slept = co_await sleep_for(what.after);
  if (!slept) {
    log("stop " + std::to_string(id) + ": " + std::string{to_string(slept.error().code())});
    co_return slept.error();
  }
  log((what.fails ? "fail " : "answer ") + std::to_string(id));
  if (what.fails) co_return *what.fails;
  co_return id;
}

struct outcome {
  std::string log;
  std::optional<result<staggered<int>>> got;
  duration took{};
};

class numbered final : public contest<int> {
 public:
  numbered(trace& log, std::vector<plan_of> plans) : log_{log}, plans_{std::move(plans)} {}
  task<int> start(std::size_t i, time_point) override { return candidate(log_, static_cast<int>(i), plans_[i]); }

 private:
  trace& log_;
  std::vector<plan_of> plans_;
};

outcome run(duration patience, std::vector<plan_of> plans, duration deadline = 1h) {
  virtual_context world;
  trace log{world};
  outcome out;
  scope reaper;
  numbered entrants{log, plans};
  auto work = with_deadline(deadline, stagger<int>(plan::stagger{plans.size(), patience}, entrants, &reaper));
  spawn(world, std::move(work), [&](result<staggered<int>> got) {
    log("done");
    out.got.emplace(std::move(got));
    out.took = world.elapsed();
  });
  world.run();
  CHECK(reaper.size() == 0);
  out.log = log.text();
  return out;
}

}  // namespace

TEST_CASE("fallback asks the next only after a failure", "[stagger]") {
  const auto out = run(plan::never, {{100ms, errc::connection_reset}, {50ms, {}}, {1ms, {}}});
  CHECK(out.got->value().winner == 1);
  CHECK(out.log == "0ms start 0\n100ms fail 0\n100ms start 1\n150ms answer 1\n150ms done\n");
}

TEST_CASE("race starts everybody; a first failure does not win; losers are cancelled at once", "[stagger]") {
  const auto out = run(duration::zero(), {{100ms, {}}, {10ms, errc::connection_reset}, {20ms, {}}});
  CHECK(out.got->value().winner == 2);
  CHECK(out.log ==
        "0ms start 0\n0ms start 1\n0ms start 2\n10ms fail 1\n20ms answer 2\n20ms done\n20ms stop 0: superseded\n");
}

TEST_CASE("hedge waits its delay, and a failure shortens it", "[stagger]") {
  const auto out = run(300ms, {{5s, {}}, {100ms, errc::http_status}, {200ms, {}}});
  CHECK(out.got->value().winner == 2);
  CHECK(out.log == "0ms start 0\n300ms start 1\n400ms fail 1\n400ms start 2\n600ms answer 2\n600ms done\n"
                   "600ms stop 0: superseded\n");
}

TEST_CASE("a hedge that is not needed is not sent", "[stagger]") {
  const auto out = run(300ms, {{299ms, {}}, {1ms, {}}});
  CHECK(out.log == "0ms start 0\n299ms answer 0\n299ms done\n");
}

TEST_CASE("a fatal failure ends a race for all", "[stagger]") {
  const auto out = run(duration::zero(), {{100ms, {}}, {10ms, errc::invalid_argument}});
  CHECK(out.got->error().code() == errc::invalid_argument);
  CHECK(out.took == 10ms);
}

TEST_CASE("when all fail the error of the one that decided it is given", "[stagger]") {
  const auto out = run(duration::zero(), {{30ms, errc::connection_reset}, {10ms, errc::connection_refused}});
  CHECK(out.got->error().code() == errc::connection_reset);
  CHECK(out.took == 30ms);
}

TEST_CASE("a deadline stops all candidates", "[stagger]") {
  const auto out = run(100ms, {{1h, {}}, {1h, {}}}, 250ms);
  CHECK(out.got->error().code() == errc::deadline_exceeded);
  CHECK(out.took == 250ms);
  CHECK(out.log.find("250ms stop 0: deadline exceeded") != std::string::npos);
  CHECK(out.log.find("250ms stop 1: deadline exceeded") != std::string::npos);
}

TEST_CASE("two answers in one tick: one wins, nothing is lost or doubled", "[stagger]") {
  const auto out = run(duration::zero(), {{50ms, {}}, {50ms, {}}});
  CHECK(out.got->value().winner == 0);
  CHECK(out.took == 50ms);
}

TEST_CASE("without candidates there is an error", "[stagger]") {
  CHECK(run(duration::zero(), {}).got->error().code() == errc::no_candidates);
}

TEST_CASE("plain functions can be staggered, and the losers have ended when it completes", "[stagger]") {
  virtual_context world;
  trace log{world};
  std::vector<std::function<task<int>()>> functions{
      [&] { return candidate(log, 0, {1h, {}}); },
      [&] { return candidate(log, 1, {1s, {}}); },
  };
  std::optional<int> winner;
  spawn(world, stagger<int>(duration{100ms}, std::move(functions)), [&](result<staggered<int>> got) {
    log("done");
    winner = got.value().value;
  });
  world.run();
  CHECK(winner == 1);
  CHECK(log.text() == "0ms start 0\n100ms start 1\n1100ms answer 1\n1100ms stop 0: superseded\n1100ms done\n");
}

TEST_CASE("retry runs again after a backoff, and only for failures that pass", "[retry]") {
  virtual_context world;
  int runs = 0;
  std::function<task<int>()> third_time = [&runs]() { return [](int n) -> task<int> {
    if (n < 3) co_return errc::http_status;
    co_return n;
  }(++runs); };
  std::optional<result<int>> got;
  spawn(world, retry<int>(plan::retry_options{}, third_time), [&](result<int> r) { got.emplace(std::move(r)); });
  world.run();
  CHECK(got->value() == 3);
  CHECK(world.elapsed() > 0ms);

  runs = 0;
  std::function<task<int>()> hopeless = [&runs]() { return [](int& n) -> task<int> {
    ++n;
    co_return errc::invalid_argument;
  }(runs); };
  spawn(world, retry<int>(plan::retry_options{}, hopeless), [&](result<int> r) { got.emplace(std::move(r)); });
  world.run();
  CHECK(got->error().code() == errc::invalid_argument);
  CHECK(runs == 1);
}

TEST_CASE("whoever has no memory to start fails alone", "[async][stagger]") {
  virtual_context world;
  std::vector<std::function<task<int>()>> candidates{
      [] { return task<int>{}; },  // what a coroutine without memory for its frame returns
      []() -> task<int> {
        co_await sleep_for(10ms);
        co_return 2;
      },
      [] { return task<int>{}; }};
  for (const auto patience : {0ms, 5ms}) {
    std::optional<result<staggered<int>>> got;
    spawn(world, stagger<int>(patience, candidates), [&](result<staggered<int>> ended) { got.emplace(std::move(ended)); });
    world.run();
    REQUIRE(got);
    REQUIRE(*got);
    CHECK(got->value().value == 2);
  }
}
