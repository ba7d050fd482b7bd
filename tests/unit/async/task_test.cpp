// task<T>: laziness, results, exceptions, memory, destruction, and every way in which Asio can run one.

#include "catch.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>

#include <memory>
#include <new>
#include <optional>
#include <stdexcept>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::virtual_context;

namespace {

struct move_only {  // neither copyable nor default constructible
  explicit move_only(int n) : value{std::make_unique<int>(n)} {}
  std::unique_ptr<int> value;
};

task<int> doubled(int n) { co_return 2 * n; }
task<int> failing(errc why) { co_return why; }
task<move_only> made(int n) { co_return move_only{n}; }

task<int> sum_of(int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    auto part = co_await doubled(i);
    if (!part) co_return part.error();
    sum += part.value();
  }
  co_return sum;
}

template <class T>
std::optional<result<T>> run(virtual_context& world, task<T> work) {
  std::optional<result<T>> outcome;
  spawn(world, std::move(work), [&](result<T> got) { outcome.emplace(std::move(got)); });
  world.run();
  return outcome;
}

}  // namespace

TEST_CASE("a task gives its value or its error to whoever awaits it", "[task]") {
  virtual_context world;
  CHECK(run(world, sum_of(5)).value().value() == 20);
  CHECK(run(world, failing(errc::truncated)).value().error().code() == errc::truncated);
  CHECK(*run(world, made(7)).value().value().value == 7);
}

TEST_CASE("a task that nobody awaits does not run", "[task]") {
  bool ran = false;
  const auto note = [](bool& flag) -> task<void> {
    flag = true;
    co_return success();
  };
  { auto never = note(ran); }
  CHECK_FALSE(ran);
}

TEST_CASE("an awaited task holds nothing once its outcome is taken", "[task]") {
  virtual_context world;
  const auto held = std::make_shared<int>(7);
  const auto reads = [](std::shared_ptr<int> what, bool waits) -> task<int> {
    if (waits) co_await sleep_for(1s);
    co_return *what;
  };
  const auto awaits = [&]() -> task<int> {
    int sum = 0;
    for (const bool waits : {false, true}) {
      auto reading = reads(held, waits);
      CHECK(held.use_count() == 2);
      sum += (co_await std::move(reading)).value();
      CHECK(held.use_count() == 1);
      CHECK_FALSE(reading.has_frame());
    }
    co_return sum;
  };
  CHECK(run(world, awaits()).value().value() == 14);
}

TEST_CASE("an exception in a task becomes its error and reaches nobody", "[task]") {
  const auto throwing = [](int what) -> task<int> {
    if (what == 0) throw std::runtime_error{"out of ink"};
    if (what == 1) throw std::bad_alloc{};
    if (what == 2) throw 42;
    co_return what;
  };
  virtual_context world;
  const auto text = run(world, throwing(0));
  CHECK(text->error().code() == errc::unhandled_exception);
  CHECK(text->error().detail() == "out of ink");
  CHECK(run(world, throwing(1))->error().code() == errc::out_of_memory);
  CHECK(run(world, throwing(2))->error().code() == errc::unhandled_exception);
}

TEST_CASE("a task without a frame, for want of memory, fails and nothing else happens", "[task]") {
  const auto awaiting_nothing = []() -> task<int> {
    task<int> no_frame;  // what a coroutine returns when its frame cannot be allocated
    co_return co_await std::move(no_frame);
  };
  virtual_context world;
  CHECK(run(world, awaiting_nothing())->error().code() == errc::out_of_memory);
  CHECK(run(world, task<int>{})->error().code() == errc::out_of_memory);
}

TEST_CASE("a completion handler that throws leaves everything in order", "[task][spawn]") {
  virtual_context world;
  spawn(world, doubled(1), [](result<int>) { throw std::runtime_error{"the user's own"}; });
  CHECK_THROWS_AS(world.run(), std::runtime_error);
  CHECK(run(world, doubled(2))->value() == 4);

  // Wherever the task ends: here in an alarm, which must go on to ring the others.
  spawn(world, sleep_for(1s), [](result<void>) { throw std::runtime_error{"the user's own"}; });
  bool rang = false;
  spawn(world, sleep_for(1s), [&](result<void>) { rang = true; });
  CHECK_THROWS_AS(world.run(), std::runtime_error);
  world.run();
  CHECK(rang);
}

TEST_CASE("spawn never runs the task inside the call", "[task][spawn]") {
  virtual_context world;
  bool ran = false;
  const auto note = [](bool& flag) -> task<void> {
    flag = true;
    co_return success();
  };
  spawn(world, note(ran));
  CHECK_FALSE(ran);
  world.run();
  CHECK(ran);
}

TEST_CASE("every kind of completion token works", "[task][spawn]") {
  asio::io_context io;
  auto future = spawn(io, made(1), asio::use_future);
  std::optional<int> from_awaitable;
  const auto awaiting = [&]() -> asio::awaitable<void> {
    auto got = co_await spawn(io, made(2), asio::use_awaitable);
    auto own = co_await doubled(10)(asio::use_awaitable);  // on the awaitable's own executor
    from_awaitable = *got.value().value + own.value();
  };
  asio::co_spawn(io, awaiting(), asio::detached);
  std::optional<int> bound;
  doubled(4)(asio::bind_executor(io.get_executor(), [&](result<int> got) { bound = got.value(); }));
  io.run();
  CHECK(*future.get().value().value == 1);
  CHECK(from_awaitable == 22);
  CHECK(bound == 8);
}

TEST_CASE("Asio operations are awaited as tuples and cancelled with the chain", "[task][asio]") {
  asio::io_context io;
  std::error_code normal{1, std::generic_category()};
  std::error_code cancelled;
  const auto waiting = [&](duration how_long, std::error_code& out) -> task<void> {
    asio::steady_timer timer{io, how_long};
    auto [failed] = co_await timer.async_wait(use_task);
    out = failed;
    auto [again] = co_await timer.async_wait(use_task);  // after a cancellation every await fails at once
    if (again) out = again;
    co_return success();
  };
  spawn(io, waiting(0ms, normal));
  asio::cancellation_signal stop;
  spawn(io, waiting(1h, cancelled), asio::bind_cancellation_slot(stop.slot(), [](result<void>) {}));
  io.poll();
  stop.emit(asio::cancellation_type::terminal);
  io.run();
  CHECK_FALSE(normal);
  CHECK(cancelled == asio::error::operation_aborted);
}

TEST_CASE("an execution context that dies takes its suspended tasks with it", "[task]") {
  auto watched = std::make_shared<int>(1);
  const auto forever = []([[maybe_unused]] std::shared_ptr<int> held, asio::io_context& io) -> task<void> {
    asio::steady_timer timer{io, 1h};
    auto [failed] = co_await timer.async_wait(use_task);
    co_return failed ? result<void>{error{errc::cancelled}} : result<void>{success()};
  };
  const auto sleeping = []([[maybe_unused]] std::shared_ptr<int> held) -> task<void> { co_return co_await sleep_for(1h); };
  {
    asio::io_context io;
    spawn(io, forever(watched, io));
    spawn(io, sleeping(watched));
    io.poll();
    CHECK(watched.use_count() == 3);
  }
  CHECK(watched.use_count() == 1);
  {
    virtual_context world;
    spawn(world, sleeping(watched));
    world.run_for(1s);
    CHECK(watched.use_count() == 2);
  }
  CHECK(watched.use_count() == 1);
}
