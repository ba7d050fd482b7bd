#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include "../../../src/net/handshake_line.hpp"
#include "catch.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>

#include <algorithm>
#include <vector>

namespace cohedge::tests {
namespace {

using std::chrono::milliseconds;
constexpr auto at_once = net::handshake_line::at_once;

/// Handshakes that take so long, and when each of them began.
class fixture {
 public:
  void start(duration length) { spawn(world, shake(length, started.size()), asio::detached); }
  std::size_t began_by(duration time) const {
    return static_cast<std::size_t>(std::ranges::count_if(began, [&](duration at) { return at <= time; }));
  }

  testing::virtual_context world;
  net::handshake_line line;
  std::vector<duration> began, started;
  std::vector<std::size_t> order;

 private:
  task<void> shake(duration length, std::size_t number) {
    const auto turn = co_await line.take();
    if (!turn) co_return turn.error();
    began.push_back(world.elapsed());
    order.push_back(number);
    co_return co_await sleep_for(length);
  }
};

TEST_CASE("so many handshakes go on at once, and the next ones as they end", "[net][tls]") {
  fixture f;
  for (std::size_t i = 0; i < 10 * at_once; ++i) f.start(milliseconds{10});
  f.world.run();
  REQUIRE(f.began.size() == 10 * at_once);
  for (std::size_t batch = 0; batch < 10; ++batch) CHECK(f.began_by(milliseconds{10} * batch) == (batch + 1) * at_once);
  CHECK(f.world.elapsed() == milliseconds{100});
}

TEST_CASE("a server that is far away keeps nobody waiting for long", "[net][tls]") {
  fixture f;
  for (std::size_t i = 0; i < 10 * at_once; ++i) f.start(std::chrono::seconds{1});
  f.world.run();
  REQUIRE(f.began.size() == 10 * at_once);
  for (std::size_t batch = 0; batch < 10; ++batch)
    CHECK(f.began_by(net::handshake_line::patience * batch) == (batch + 1) * at_once);
}

TEST_CASE("handshakes begin in the order in which they came", "[net][tls]") {
  fixture f;
  for (std::size_t i = 0; i < 3 * at_once; ++i) {
    f.start(milliseconds{i % 7});
    f.started.push_back({});
  }
  f.world.run();
  CHECK(f.order.size() == 3 * at_once);
  CHECK(std::ranges::is_sorted(f.order));
}

TEST_CASE("who gives up in line lets the others pass", "[net][tls]") {
  fixture f;
  for (std::size_t i = 0; i < at_once; ++i) f.start(milliseconds{10});
  asio::cancellation_signal stop;
  std::optional<result<void>> outcome;
  auto wait = [&]() -> task<void> {
    const auto turn = co_await f.line.take();
    if (!turn) co_return turn.error();
    co_return success();
  };
  auto on_end = [&](result<void> of) { outcome.emplace(std::move(of)); };
  spawn(f.world, wait(), asio::bind_cancellation_slot(stop.slot(), std::move(on_end)));
  f.start(milliseconds{10});
  f.world.run_for(milliseconds{5});
  stop.emit(asio::cancellation_type::terminal);
  f.world.run();
  REQUIRE(outcome);
  CHECK(outcome->error().code() == errc::cancelled);
  CHECK(f.began_by(milliseconds{10}) == at_once + 1);
}

}  // namespace
}  // namespace cohedge::tests
