// Whoever goes on in the executor's next turn: in order, behind all that is ready, and gone with its context.

#include "catch.hpp"

#include <cohedge/async/bell.hpp>
#include <cohedge/async/next_turn.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <memory>
#include <optional>
#include <string>

namespace cohedge::tests {
namespace {

task<void> takes_turns(std::string& log, char name, int turns) {
  for (int i = 0; i < turns; ++i) {
    log += name;
    co_await next_turn{};
  }
  co_return success();
}

TEST_CASE("next_turn: everybody who is ready has a turn before anybody has another", "[async]") {
  asio::io_context io;
  std::string log;
  spawn(io, takes_turns(log, 'a', 3));
  spawn(io, takes_turns(log, 'b', 2));
  asio::post(io, [&] { log += '.'; });
  io.run();
  CHECK(log == "ab.aba");  // and the program ends: nothing keeps it running
}

TEST_CASE("next_turn: in virtual time it takes none", "[async]") {
  testing::virtual_context world;
  std::string log;
  spawn(world, takes_turns(log, 'a', 2));
  spawn(world, takes_turns(log, 'b', 2));
  world.run();
  CHECK(log == "abab");
  CHECK(world.elapsed() == duration::zero());
}

TEST_CASE("next_turn: dies with its context", "[async]") {
  const auto held = std::make_shared<int>(1);
  const auto holds = [](std::shared_ptr<int> value) -> task<void> {
    co_await next_turn{};
    co_return (*value = 2, success());
  };
  {
    asio::io_context io;
    spawn(io, holds(held));
    io.run_one();
    CHECK(held.use_count() == 2);
  }
  CHECK(held.use_count() == 1);
  CHECK(*held == 1);
}

struct ringing {
  std::optional<bell> first, second;
  std::string log;
};

task<void> waits(ringing& all, std::optional<bell>& mine, char name) {
  chain& here = co_await this_chain;
  auto& rings = mine.emplace(here);
  co_await rings;
  all.log += name;
  mine.reset();
  co_return success();
}

TEST_CASE("bell: rung for later, it wakes in the order of ringing and not before the ringer is done", "[async]") {
  asio::io_context io;
  ringing all;
  spawn(io, waits(all, all.first, '1'));
  spawn(io, waits(all, all.second, '2'));
  asio::post(io, [&] {
    all.second->ring_later();
    all.first->ring_later();
    all.second->ring_later();  // again: behind the first
    all.log += 'r';
  });
  io.run();
  CHECK(all.log == "r12");
}

TEST_CASE("bell: rung for later and then at once, it wakes once", "[async]") {
  asio::io_context io;
  ringing all;
  spawn(io, waits(all, all.first, '1'));
  spawn(io, waits(all, all.second, '2'));
  asio::post(io, [&] {
    all.first->ring_later();
    all.second->ring_later();
    all.second->ring();
    all.log += 'r';
  });
  io.run();
  CHECK(all.log == "2r1");
}

TEST_CASE("bell: one that is cancelled has its turn like the others", "[async]") {
  asio::io_context io;
  ringing all;
  asio::cancellation_signal stop;
  spawn(io, waits(all, all.first, '1'), asio::bind_cancellation_slot(stop.slot(), [](const result<void>&) {}));
  spawn(io, waits(all, all.second, '2'));
  asio::post(io, [&] {
    all.second->ring_later();
    stop.emit(asio::cancellation_type::terminal);
    all.log += 'r';
  });
  io.run();
  CHECK(all.log == "r21");
}

}  // namespace
}  // namespace cohedge::tests
