// Cancellation: sticky, scoped, with its reason; deadlines; scopes of children.

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <optional>
#include <vector>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::virtual_context;

namespace {

task<int> value_after(duration wait, int value) {
  auto slept = co_await sleep_for(wait);
  if (!slept) co_return slept.error();
  co_return value;
}

template <class T>
std::optional<result<T>> run(virtual_context& world, task<T> work) {
  std::optional<result<T>> outcome;
  spawn(world, std::move(work), [&](result<T> got) { outcome.emplace(std::move(got)); });
  world.run();
  return outcome;
}

}  // namespace

TEST_CASE("cancellation is sticky: every await after it fails at once", "[cancellation]") {
  virtual_context world;
  asio::cancellation_signal stop;
  std::vector<errc> seen;
  const auto stubborn = [](std::vector<errc>& codes) -> task<void> {
    for (int i = 0; i < 3; ++i) {
      auto slept = co_await value_after(10s, i);
      codes.push_back(slept ? errc::none : slept.error().code());
    }
    co_return success();
  };
  bool done = false;
  spawn(world, stubborn(seen), asio::bind_cancellation_slot(stop.slot(), [&](result<void>) { done = true; }));
  world.run_for(15s);
  stop.emit(asio::cancellation_type::terminal);
  world.run();
  CHECK(seen == std::vector{errc::none, errc::cancelled, errc::cancelled});
  CHECK(done);
  CHECK(world.elapsed() == 15s);
}

TEST_CASE("a task that is cancelled before it starts never runs", "[cancellation]") {
  virtual_context world;
  asio::cancellation_signal stop;
  bool ran = false;
  std::optional<errc> code;
  const auto note = [](bool& flag) -> task<void> {
    flag = true;
    co_return success();
  };
  spawn(world, note(ran), asio::bind_cancellation_slot(stop.slot(), [&](result<void> got) { code = got.error().code(); }));
  stop.emit(asio::cancellation_type::terminal);
  world.run();
  CHECK_FALSE(ran);
  CHECK(code == errc::cancelled);
}

TEST_CASE("a deadline stops what it encloses and nothing more", "[cancellation][deadline]") {
  virtual_context world;
  const auto patient = []() -> task<int> {
    auto late = co_await with_deadline(duration{1s}, value_after(10s, 1));
    if (late || late.error().code() != errc::deadline_exceeded) co_return -1;
    auto in_time = co_await with_deadline(duration{1s}, value_after(500ms, 2));
    co_return in_time;
  };
  CHECK(run(world, patient())->value() == 2);
  CHECK(world.elapsed() == 1500ms);
}

TEST_CASE("of nested deadlines the earlier one holds, and its scope's reason is given", "[cancellation][deadline]") {
  virtual_context world;
  const auto nested = []() -> task<int> {
    auto inner = with_deadline(duration{5s}, value_after(10s, 1));
    auto outer = with_deadline(duration{2s}, std::move(inner));
    co_return co_await std::move(outer);
  };
  CHECK(run(world, nested())->error().code() == errc::deadline_exceeded);
  CHECK(world.elapsed() == 2s);
}

TEST_CASE("a cancel scope gives its own reason, the outermost first", "[cancellation]") {
  virtual_context world;
  const auto scoped = []() -> task<int> {
    chain& here = co_await this_chain;
    const cancel_scope outer{here, here.now() + 3s, here.now(), errc::total_timeout};
    {
      const cancel_scope inner{here, here.now() + 1s, here.now(), errc::connect_timeout};
      auto first = co_await sleep_for(10s);
      if (first.error().code() != errc::connect_timeout) co_return 1;
    }
    if (here.stopped()) co_return 2;  // the inner scope is gone, and its stop with it
    auto second = co_await sleep_for(10s);
    if (second.error().code() != errc::total_timeout) co_return 3;
    co_return 0;
  };
  CHECK(run(world, scoped())->value() == 0);
  CHECK(world.elapsed() == 3s);
}

TEST_CASE("a scope owns its chains: cancel, join, and destruction in mid-flight", "[scope]") {
  virtual_context world;
  int finished = 0;
  auto watched = std::make_shared<int>(0);
  const auto child = [](int& count, std::shared_ptr<int>, duration how_long) -> task<void> {
    co_await sleep_for(how_long);
    ++count;
    co_return success();
  };
  const auto parent = [&](scope& children) -> task<void> {
    chain& here = co_await this_chain;
    children.start(here.executor(), child(finished, watched, 1s));
    children.start(here.executor(), child(finished, watched, 1h));
    co_await sleep_for(2s);
    if (children.size() != 1 || finished != 1) co_return errc::invalid_argument;
    children.cancel_all();
    co_return co_await children.join();
  };
  scope children;
  CHECK(run(world, parent(children))->has_value());
  CHECK(finished == 2);
  CHECK(children.size() == 0);
  CHECK(world.elapsed() == 2s);
  {
    scope dying;
    dying.start(world.get_executor(), child(finished, watched, 1h));
    CHECK(watched.use_count() == 2);
  }
  CHECK(watched.use_count() == 1);
  world.run();
  CHECK(finished == 2);
}
