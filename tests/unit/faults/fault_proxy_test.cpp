// The fault proxy, with a plain client and a plain server at its ends: what passes, what strikes, and where.

#include "catch.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/fault_proxy.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <string>

using namespace cohedge;
using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::fault;
using testing::fault_kind;
using testing::fault_proxy;

namespace {

/// What one end got: its bytes and how they ended.
struct received {
  std::string bytes;
  std::string end;
};

/// Reads to the end. Silence is one too: five seconds of virtual time.
task<void> read_all(tcp::socket& from, received& into) {
  chain& here = co_await this_chain;
  const cancel_scope patience{here, here.now() + 5s, here.now()};
  std::array<char, 256> buffer;
  for (;;) {
    auto reading = from.async_read_some(asio::buffer(buffer), use_task);
    const auto [failed, size] = co_await reading;
    into.bytes.append(buffer.data(), size);
    if (!failed) continue;
    into.end = patience.cancelled() ? "silence" : failed == asio::error::eof ? "closed" : "reset";
    co_return success();
  }
}

task<void> send(tcp::socket& to, std::string bytes) {
  co_await asio::async_write(to, asio::buffer(bytes), use_task);
  co_return success();
}

/// A client sends "question", the server "the answer" at once; both read to the end.
struct wire {
  explicit wire(fault what) {
    acceptor.open(tcp::v4());
    acceptor.bind({asio::ip::address_v4::loopback(), 0});
    acceptor.listen();
    proxy.emplace(io.get_executor(), acceptor.local_endpoint().port());
    proxy->first_connection(what);
    REQUIRE(proxy->start());
    bool over = false;
    spawn(io, talk(), [&](result<void>) { over = true; });
    REQUIRE(time.run_until([&] { return over; }));
  }

  task<void> talk() {
    chain& here = co_await this_chain;
    scope ends;
    ends.start(here.executor(), serve());
    tcp::socket client{io};
    const tcp::endpoint there{asio::ip::address_v4::loopback(), proxy->port()};
    auto connecting = client.async_connect(there, use_task);
    co_await connecting;
    auto asking = send(client, "question");
    co_await std::move(asking);
    auto reading = read_all(client, at_client);
    co_await std::move(reading);
    client.close();
    auto served = ends.join();
    co_return co_await std::move(served);
  }

  task<void> serve() {
    tcp::socket accepted{io};
    auto accepting = acceptor.async_accept(accepted, use_task);
    co_await accepting;
    auto answering = send(accepted, "the answer");
    co_await std::move(answering);
    auto reading = read_all(accepted, at_server);
    co_return co_await std::move(reading);
  }

  asio::io_context io;
  testing::quiet_time time{io};
  tcp::acceptor acceptor{io};
  std::optional<fault_proxy> proxy;
  received at_client;
  received at_server;
};

}  // namespace

TEST_CASE("a proxy without a fault passes everything and counts it", "[faults]") {
  wire clean{fault{}};
  CHECK(clean.at_client.bytes == "the answer");
  CHECK(clean.at_server.bytes == "question");
  CHECK(clean.at_client.end == "silence");  // nobody closes
  REQUIRE(clean.proxy->connections().size() == 1);
  CHECK(clean.proxy->connections()[0].from_server == 10);
  CHECK(clean.proxy->connections()[0].from_client == 8);
  CHECK_FALSE(clean.proxy->connections()[0].struck);
}

TEST_CASE("each fault strikes after its byte, and does what it says", "[faults]") {
  const auto from_server = [](fault_kind kind) {
    const wire broken{fault{kind, 3}};
    CHECK(broken.proxy->connections().at(0).struck);
    return broken.at_client.bytes + " " + broken.at_client.end;
  };
  CHECK(from_server(fault_kind::cut) == "the closed");
  CHECK(from_server(fault_kind::half_close) == "the closed");
  CHECK(from_server(fault_kind::stall) == "the silence");
  CHECK(from_server(fault_kind::garbage) == "the\xdf" "answer silence");  // ~' '
  // A reset may overtake the bytes before it.
  const auto reset = from_server(fault_kind::reset);
  CHECK((reset == "the reset" || reset == " reset"));

  const auto from_client = [](fault_kind kind) {
    const wire broken{fault{kind, 5}.from_client()};
    return broken.at_server.bytes + " " + broken.at_server.end;
  };
  CHECK(from_client(fault_kind::cut) == "quest closed");
  CHECK(from_client(fault_kind::garbage) == "quest\x96on silence");
  CHECK(from_client(fault_kind::stall) == "quest silence");
}

TEST_CASE("the way that a fault leaves alone goes on", "[faults]") {
  const wire half{fault{fault_kind::half_close, 0}};
  CHECK(half.at_client.bytes.empty());
  CHECK(half.at_server.bytes == "question");
  const wire quiet{fault{fault_kind::stall, 2}.from_client()};
  CHECK(quiet.at_client.bytes == "the answer");
}

TEST_CASE("a fault beyond what is sent never strikes", "[faults]") {
  const wire late{fault{fault_kind::cut, 11}};
  CHECK(late.at_client.bytes == "the answer");
  CHECK_FALSE(late.proxy->connections().at(0).struck);
}
