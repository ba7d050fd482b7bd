// Awaiting Asio operations that do not behave like most: begun in vain, or completed at once.

#include "catch.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/dispatch.hpp>
#include <asio/post.hpp>

#include <new>
#include <optional>

using namespace cohedge;
using namespace std::chrono_literals;

namespace {

/// An operation that cannot even begin, for want of memory say.
auto begin_in_vain() {
  const auto throws = [](auto&&) { throw std::bad_alloc{}; };
  return asio::async_initiate<const use_task_t, void(std::error_code)>(throws, use_task);
}

task<void> in_vain() {
  auto beginning = begin_in_vain();
  co_await beginning;
  co_return success();
}

template <class T>
result<T> play(task<T> work) {
  testing::virtual_context world;
  std::optional<result<T>> got;
  spawn(world, std::move(work), [&](result<T> outcome) { got.emplace(std::move(outcome)); });
  world.run();
  REQUIRE(got);
  return std::move(*got);
}

}  // namespace

TEST_CASE("an operation that throws when it begins is an error of the task that awaits it", "[async]") {
  CHECK(play(in_vain()).error().code() == errc::out_of_memory);

  const auto survives = []() -> task<int> {
    auto failing = in_vain();
    const auto failed = co_await std::move(failing);
    const auto waited = co_await sleep_for(1s);  // the chain goes on as if nothing had been begun
    co_return failed || !waited ? 1 : 2;
  };
  CHECK(play(survives()).value() == 2);
}

TEST_CASE("an operation that completes inside its beginning does not suspend", "[async]") {
  const auto dispatched = []() -> task<int> {
    const chain& here = co_await this_chain;
    for (int i = 0; i < 100'000; ++i) co_await asio::dispatch(here.executor(), use_task);
    co_await asio::post(here.executor(), use_task);
    co_return 7;
  };
  CHECK(play(dispatched()).value() == 7);
}
