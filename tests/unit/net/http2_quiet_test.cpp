// A connection of HTTP/2 that has been quiet for a while is asked whether it lives before it is used again.

#include "loopback.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/testing/fault_proxy.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <chrono>

#include "unit/run_quietly.hpp"

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;
using testing::behaviour;
using testing::server_options;
using testing::server_request;

constexpr auto quiet = 11s;  // longer than connection_pool::ping_after

/// A server that thinks for a minute where it is asked to, and a proxy before it.
class quiet_world {
 public:
  explicit quiet_world(testing::fault what = {}) : server{io.get_executor(), answers()}, between{io.get_executor(), start()} {
    between.first_connection(what);
    REQUIRE(between.start());
  }

  net::destination to() const {
    net::destination there{net::origin{false, "127.0.0.1", between.port()}};
    there.version(net::http_version::http2);
    return there;
  }
  task<int> ask(std::string path) {
    const auto head = net::request_head::make(to(), "POST", path, {});
    const auto pool = transport.pool(to());
    auto sending = transport.send(*pool, head.value(), "hello", watch);
    auto answer = co_await std::move(sending);
    if (!answer) co_return answer.error();
    auto reading = answer.value().read_all(1 << 20);
    const auto text = co_await std::move(reading);
    if (!text) co_return text.error();
    co_return answer.value().status();
  }
  /// The same after a while, and how long it took from then on.
  task<duration> ask_after(duration wait, std::string path) {
    const chain& here = co_await this_chain;
    auto waiting = sleep_for(wait);
    co_await std::move(waiting);
    const auto begin = here.now();
    auto asking = ask(std::move(path));
    const auto got = co_await std::move(asking);
    if (!got) co_return got.error();
    co_return here.now() - begin;
  }
  template <class T>
  result<T> run(task<T> work) {
    return tests::run_quietly(io, time, std::move(work));
  }

  asio::io_context io;
  testing::quiet_time time{io};
  testing::llm_server server;
  testing::fault_proxy between;
  limits bounds;
  noting_watch watch;
  net::transport transport{io.get_executor(), net::make_tcp_connector(io.get_executor()), bounds};

 private:
  static server_options answers() {
    server_options how;
    how.script([](const server_request& asked) { return behaviour{}.after(asked.path() == "/slow" ? 1min : 0s); });
    return how;
  }
  std::uint16_t start() {
    REQUIRE(server.start());
    return server.port();
  }
};

}  // namespace

TEST_CASE("warming up asks a quiet connection of HTTP/2 and leaves no doubt about it", "[net][http2]") {
  quiet_world w;
  REQUIRE(w.run(w.ask("/quick")));
  REQUIRE(w.run(sleep_for(quiet)));
  const auto sent = [&] { return w.between.connections().at(0).from_client; };
  const auto before = sent();
  REQUIRE(w.run(w.transport.warm_up(*w.transport.pool(w.to()))));
  CHECK(sent() == before + 17);  // a PING
  REQUIRE(w.run(sleep_for(3s)));
  const auto asked = sent();
  REQUIRE(w.run(w.ask("/quick")));
  const auto once = sent() - asked;
  REQUIRE(w.run(w.ask("/quick")));
  CHECK(sent() - asked == 2 * once);  // no PING before the first
  CHECK(w.between.connections().size() == 1);
}

TEST_CASE("requests that meet on a quiet connection of HTTP/2 do not wait for each other's question", "[net][http2]") {
  quiet_world w;
  REQUIRE(w.run(w.ask("/quick")));
  std::vector<result<duration>> took;
  for (int i = 0; i < 10; ++i)
    spawn(w.io, w.ask_after(quiet, "/quick"), [&](result<duration> got) { took.push_back(std::move(got)); });
  REQUIRE(w.time.run_until([&] { return took.size() == 10; }));
  for (const auto& each : took) {
    REQUIRE(each);
    CHECK(each.value() < 1s);
  }
  CHECK(w.between.connections().size() == 1);
}

TEST_CASE("a request that is cancelled while it asks a quiet connection of HTTP/2 harms no other", "[net][http2]") {
  quiet_world w;
  std::optional<result<int>> slow;
  spawn(w.io, w.ask("/slow"), [&](result<int> got) { slow.emplace(std::move(got)); });
  REQUIRE(w.run(sleep_for(quiet)));

  asio::cancellation_signal stop;
  std::optional<result<int>> given_up;
  std::optional<result<int>> next;
  spawn(w.io, w.ask("/quick"),
        asio::bind_cancellation_slot(stop.slot(), [&](result<int> got) { given_up.emplace(std::move(got)); }));
  spawn(w.io, w.ask("/quick"), [&](result<int> got) { next.emplace(std::move(got)); });
  asio::post(w.io, [&] { stop.emit(asio::cancellation_type::terminal); });
  REQUIRE(w.time.run_until([&] { return slow && given_up && next; }));
  CHECK(given_up->error().code() == errc::cancelled);
  CHECK(next->has_value());
  CHECK(slow->has_value());
  CHECK(w.between.connections().size() == 1);
}

TEST_CASE("a connection of HTTP/2 whose server has fallen silent is given up for another", "[net][http2]") {
  std::size_t from_server = 0;
  {
    quiet_world clean;
    REQUIRE(clean.run(clean.ask("/quick")));
    from_server = clean.between.connections().at(0).from_server;
  }
  quiet_world w{testing::fault{testing::fault_kind::stall, from_server}};
  REQUIRE(w.run(w.ask("/quick")));
  std::optional<result<int>> slow;
  spawn(w.io, w.ask("/slow"), [&](result<int> got) { slow.emplace(std::move(got)); });
  const auto took = w.run(w.ask_after(quiet, "/quick"));
  REQUIRE(took);
  CHECK(took.value() >= 2s);
  CHECK(took.value() < 3s);
  REQUIRE(slow);
  CHECK(slow->error().code() == errc::connection_closed);
  CHECK(slow->error().kind() == error_class::transport);
  CHECK(w.between.connections().size() == 2);
}

}  // namespace cohedge::tests
