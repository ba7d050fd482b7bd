#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/async/stagger.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/defer.hpp>
#include <asio/dispatch.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <array>

using namespace std::chrono_literals;
using cohedge::testing::trace;
using cohedge::testing::virtual_context;

namespace {

cohedge::task<void> say_after(trace& log, cohedge::duration wait, const char* what) {
  const auto slept = co_await cohedge::sleep_for(wait);
  log(slept ? what : "cancelled");
  co_return slept;
}

/// Counts how many of it are alive.
struct counted {
  explicit counted(int& of) : alive{of} { ++alive; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --alive; }
  int& alive;
};

cohedge::task<int> answer_after(cohedge::duration wait, int value) {
  const auto slept = co_await cohedge::sleep_for(wait);
  if (!slept) co_return slept.error();
  co_return value;
}

}  // namespace

TEST_CASE("virtual time jumps to the next alarm", "[testing][virtual]") {
  virtual_context world;
  trace log{world};
  cohedge::spawn(world, say_after(log, 1h, "late"));
  cohedge::spawn(world, say_after(log, 1500us, "soon"));
  CHECK(world.elapsed() == 0s);
  CHECK(world.run() == 4);  // two tasks begin, two alarms ring
  CHECK(log.text() == "1.5ms soon\n3600000ms late\n");
  CHECK(world.elapsed() == 1h);
  CHECK(world.idle());
  CHECK_FALSE(world.run_one());
}

TEST_CASE("alarms of one time ring in the order they were set, each with the work it makes ready", "[testing][virtual]") {
  virtual_context world;
  trace log{world};
  const auto two_steps = [](virtual_context& in, trace& out, const char* name) -> cohedge::task<void> {
    co_await cohedge::sleep_for(5ms);
    out(name);
    asio::post(in.get_executor(), [&out, name] { out(std::string{name} + " posted"); });
    co_return cohedge::success();
  };
  for (const auto* name : {"a", "b", "c"}) cohedge::spawn(world, two_steps(world, log, name));
  world.run();
  CHECK(log.text() == "5ms a\n5ms a posted\n5ms b\n5ms b posted\n5ms c\n5ms c posted\n");
}

TEST_CASE("post is first in first out, dispatch inside runs at once, defer waits", "[testing][virtual]") {
  virtual_context world;
  const auto executor = world.get_executor();
  std::string order;
  asio::dispatch(executor, [&] { order += '1'; });
  CHECK(order.empty());  // outside of run nothing ever runs
  asio::post(executor, [&] {
    asio::post(executor, [&] { order += '5'; });
    asio::defer(executor, [&] { order += '6'; });
    asio::dispatch(executor, [&] { order += '2'; });
    order += '3';
  });
  asio::post(executor, [&] { order += '4'; });
  CHECK(world.ready() == 3);
  CHECK(world.run() == 5);
  CHECK(order == "123456");
}

TEST_CASE("run_until stops at its time and run_for goes on from there", "[testing][virtual]") {
  virtual_context world;
  trace log{world};
  for (const auto wait : {10ms, 20ms, 30ms}) cohedge::spawn(world, say_after(log, wait, "x"));
  world.run_until(world.now() + 20ms);
  CHECK(log.text() == "10ms x\n20ms x\n");
  CHECK(world.elapsed() == 20ms);
  CHECK_FALSE(world.idle());
  world.run_for(5ms);
  CHECK(world.elapsed() == 25ms);
  world.run_for(1s);
  CHECK(log.text() == "10ms x\n20ms x\n30ms x\n");
  CHECK(world.elapsed() == 1025ms);
}

TEST_CASE("a virtual executor has the properties Asio asks for", "[testing][virtual]") {
  namespace execution = asio::execution;
  virtual_context world;
  virtual_context other;
  const asio::any_io_executor any{world.get_executor()};
  CHECK(&asio::query(any, execution::context) == static_cast<asio::execution_context*>(&world));
  CHECK(any == asio::any_io_executor{world.get_executor()});
  CHECK(any != asio::any_io_executor{other.get_executor()});
  const auto never = asio::require(world.get_executor(), execution::blocking.never);
  CHECK(asio::query(never, execution::blocking) == execution::blocking.never);
  CHECK(asio::query(asio::require(never, execution::blocking.possibly), execution::blocking) ==
        execution::blocking.possibly);
  CHECK(never != world.get_executor());
  const auto tracked = asio::prefer(any, execution::outstanding_work.tracked);
  CHECK(asio::query(*tracked.target<cohedge::testing::virtual_executor>(), execution::outstanding_work) ==
        execution::outstanding_work.tracked);
  const auto goes_on = asio::prefer(world.get_executor(), execution::relationship.continuation);
  CHECK(asio::query(goes_on, execution::relationship) == execution::relationship.continuation);
}

TEST_CASE("random numbers come from the seed", "[testing][virtual]") {
  const auto draw = [](std::uint64_t seed) {
    virtual_context world{seed};
    const auto time = cohedge::time_of(world.get_executor());
    return std::array{time->random(), time->random(), time->random()};
  };
  CHECK(draw(7) == draw(7));
  CHECK(draw(7) != draw(8));
  CHECK(draw(0)[0] == 0xe220a8397b1dcdaf);  // the published first value of SplitMix64 for seed 0
}

TEST_CASE("a context that dies destroys what is suspended and what is queued", "[testing][virtual]") {
  int alive = 0;
  const auto holding = [](int& count, cohedge::duration wait) -> cohedge::task<void> {
    const counted here{count};
    co_await cohedge::sleep_for(wait);
    co_return cohedge::success();
  };
  bool called = false;
  {
    virtual_context world;
    cohedge::spawn(world, holding(alive, 1h), [&](cohedge::result<void>) { called = true; });
    world.run_for(1s);
    CHECK(alive == 1);
    cohedge::spawn(world, holding(alive, 1s), [&](cohedge::result<void>) { called = true; });  // never begins
    auto token = std::make_unique<counted>(alive);
    asio::post(world.get_executor(), [kept = std::move(token)] {});
    CHECK(alive == 2);
  }
  CHECK(alive == 0);
  CHECK_FALSE(called);
}

TEST_CASE("what is destroyed with a context may still post to it", "[testing][virtual]") {
  struct poster {
    explicit poster(virtual_context& in) : world{in} {}
    ~poster() { asio::post(world.get_executor(), [] {}); }
    virtual_context& world;
  };
  virtual_context world;
  const auto posting = [](virtual_context& in) -> cohedge::task<void> {
    const poster last{in};
    co_await cohedge::sleep_for(1h);
    co_return cohedge::success();
  };
  cohedge::spawn(world, posting(world));
  world.run_for(1s);
  CHECK(world.ready() == 0);
}

TEST_CASE("a deadline and a hedge run on virtual time", "[testing][virtual]") {
  virtual_context world;
  trace log{world};
  auto late = cohedge::with_deadline(50ms, answer_after(80ms, 1));
  cohedge::spawn(world, std::move(late), [&](cohedge::result<int> got) {
    REQUIRE(got.has_error());
    log(cohedge::to_string(got.error().code()));
  });
  const auto hedge = []() -> cohedge::task<int> {
    std::vector<std::function<cohedge::task<int>()>> both;
    both.emplace_back([] { return answer_after(10s, 1); });
    both.emplace_back([] { return answer_after(100ms, 2); });
    auto race = cohedge::stagger<int>(200ms, std::move(both));
    auto won = co_await std::move(race);
    if (!won) co_return won.error();
    co_return won.value().value;
  };
  cohedge::spawn(world, hedge(), [&](cohedge::result<int> got) { log("hedge " + std::to_string(got.value())); });
  world.run();
  CHECK(log.text() == "50ms deadline exceeded\n300ms hedge 2\n");
  CHECK(world.elapsed() == 300ms);
}

TEST_CASE("the same seed gives the same run, byte for byte", "[testing][virtual]") {
  const auto run = [](std::uint64_t seed) {
    virtual_context world{seed};
    trace log{world};
    const auto walk = [](trace& out, int who) -> cohedge::task<void> {
      auto& here = co_await cohedge::this_chain;
      for (int step = 0; step < 20; ++step) {
        const auto wait = std::chrono::microseconds{here.time().random() % 5000};
        co_await cohedge::sleep_for(wait);
        out(std::to_string(who) + "." + std::to_string(step));
      }
      co_return cohedge::success();
    };
    for (int who = 0; who < 8; ++who) cohedge::spawn(world, walk(log, who));
    world.run();
    return log.text();
  };
  const auto first = run(42);
  CHECK(first == run(42));
  CHECK(first != run(43));
}
