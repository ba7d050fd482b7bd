// Requests that are ready in the same turn of the event loop leave one right after the other.

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/net/transport.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::tests {
namespace {

/// A connection that takes every request and has an answer to each at once.
class ready_stream final : public net::byte_stream {
 public:
  explicit ready_stream(std::string& log) noexcept : log_{log} {}

  bool start_read(std::span<char> into, net::io_operation&, result<std::size_t>& done) override {
    constexpr std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n";
    std::ranges::copy(answer, into.begin());
    done = answer.size();
    return true;
  }
  bool start_write(std::span<const char> data, net::io_operation&, result<std::size_t>& done) override {
    log_ += "write ";
    done = data.size();
    return true;
  }
  void cancel() noexcept override {}
  void close() noexcept override {}
  bool idle_and_open() noexcept override { return true; }

 private:
  std::string& log_;
};

class ready_network final : public net::connector {
 public:
  explicit ready_network(std::string& log) noexcept : log_{log} {}
  task<std::unique_ptr<net::byte_stream>> connect(const net::destination&) override {
    co_return std::make_unique<ready_stream>(log_);
  }

 private:
  std::string& log_;
};

/// Some requests at once, and what becomes of them.
struct world : net::exchange_watch {
  void sending() override {
    log += "sending ";
    if (on_sending) on_sending();
  }

  task<int> ask() {
    const net::destination to{net::origin{false, "example.org", 80}};
    const auto head = net::request_head::make(to, "GET", "/", {});
    const auto pool = transport.pool(to);
    auto asking = transport.send(*pool, head.value(), {}, *this);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return answer.error();
    log += "answer ";
    co_return answer.value().status();
  }
  void start() {
    spawn(context.get_executor(), ask(), asio::bind_cancellation_slot(stop.slot(), [this](result<int> got) {
            outcome.emplace(std::move(got));
          }));
  }

  testing::virtual_context context;
  std::string log;
  asio::cancellation_signal stop;
  std::function<void()> on_sending;
  std::optional<result<int>> outcome;
  net::transport transport{context.get_executor(), std::make_unique<ready_network>(log), limits{}};
};

}  // namespace

TEST_CASE("requests that are ready in the same turn leave one right after the other", "[net]") {
  world w;
  for (int i = 0; i < 3; ++i) w.start();
  w.context.run();
  CHECK(w.log == "sending sending sending write write write answer answer answer ");
  CHECK(w.transport.idle_connections() == 3);
}

TEST_CASE("a request that is cancelled just before it leaves keeps its connection", "[net]") {
  world w;
  const bool used_before = GENERATE(false, true);
  if (used_before) {
    w.start();
    w.context.run();
    REQUIRE(w.transport.idle_connections() == 1);
  }
  w.log.clear();
  w.on_sending = [&] {  // the request waits for its turn by then
    asio::post(w.context, [&] { w.stop.emit(asio::cancellation_type::terminal); });
  };
  w.start();
  w.context.run();
  CHECK(w.log == "sending ");
  REQUIRE(w.outcome);
  CHECK(w.outcome->error().code() == errc::cancelled);
  CHECK(w.transport.idle_connections() == 1);
  CHECK(w.transport.open_connections() == 1);
}

}  // namespace cohedge::tests
