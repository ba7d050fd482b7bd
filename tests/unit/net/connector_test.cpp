#include "loopback.hpp"

#include <cohedge/async/scope.hpp>

#include "../../../src/net/address_book.hpp"
#include "../../../src/net/dial.hpp"
#include "unit/run_quietly.hpp"

namespace cohedge::tests {
namespace {

result<std::unique_ptr<net::byte_stream>> connect(loop& on, const net::destination& to) {
  const auto opener = net::make_tcp_connector(on.executor());
  const auto connecting = on.start(opener->connect(to));
  on.run();
  return std::move(*connecting->outcome);
}

TEST_CASE("a refused connection names host and port", "[net]") {
  loop on;
  std::uint16_t port = 0;
  {
    const listener gone{on};
    port = gone.port();
  }
  const auto refused = connect(on, net::destination{net::origin{false, "127.0.0.1", port}});
  CHECK(refused.error().code() == errc::connection_refused);
  CHECK(refused.error().detail().find("127.0.0.1:" + std::to_string(port)) != std::string_view::npos);
}

TEST_CASE("a name is resolved, and its addresses are tried until one answers", "[net]") {
  loop on;
  listener server{on};
  CHECK(connect(on, net::destination{net::origin{false, "localhost", server.port()}}));
}

TEST_CASE("an address that refuses gives way to the next one", "[net]") {
  loop on;
  listener server{on};
  std::uint16_t closed_port = 0;
  {
    const listener gone{on};
    closed_port = gone.port();
  }
  const auto local = asio::ip::address_v4::loopback();
  const net::origin to{false, "some.host", server.port()};
  std::vector<tcp::endpoint> addresses(2, tcp::endpoint{local, closed_port});
  SECTION("and that one answers") {
    addresses.emplace_back(local, server.port());
    const auto dialling = on.start(net::dial_first(to, addresses));
    on.run();
    REQUIRE(dialling->outcome->has_value());
    CHECK(dialling->outcome->value().remote_endpoint().port() == server.port());
    dialling->outcome.reset();  // the socket must not outlive its event loop
  }
  SECTION("until all have refused") {
    const auto dialling = on.start(net::dial_first(to, addresses));
    on.run();
    CHECK(dialling->outcome->error().code() == errc::connection_refused);
    CHECK(dialling->outcome->error().detail().find("some.host") != std::string_view::npos);
    CHECK(dialling->outcome->error().detail().find("127.0.0.1") != std::string_view::npos);
  }
}

/// A listener whose line is full: a connection to it neither comes about nor fails.
class silent_listener {
 public:
  explicit silent_listener(asio::io_context& io) : acceptor_{io}, first_{io}, second_{io} {
    const tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
    acceptor_.open(any.protocol());
    acceptor_.bind(any);
    acceptor_.listen(1);  // the line has room for one more than that
    first_.connect(address());
    second_.connect(address());
  }
  tcp::endpoint address() const { return acceptor_.local_endpoint(); }

 private:
  tcp::acceptor acceptor_;
  tcp::socket first_;
  tcp::socket second_;
};

TEST_CASE("an address that says nothing has a quarter of a second before the next one is tried beside it", "[net]") {
  asio::io_context io;
  testing::quiet_time time{io};
  const silent_listener silent{io};
  tcp::acceptor server{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  const net::origin to{false, "some.host", 80};
  const std::vector<tcp::endpoint> addresses{silent.address(), server.local_endpoint()};
  const auto began = time.now();
  const auto dialled = run_quietly(io, time, net::dial_first(to, addresses));
  REQUIRE(dialled);
  CHECK(dialled.value().remote_endpoint() == server.local_endpoint());
  CHECK(time.now() - began == std::chrono::milliseconds{250});  // RFC 8305 §5
}

TEST_CASE("a name that cannot exist", "[net]") {
  loop on;
  const std::string impossible(70, 'a');  // a label has 63 characters at most, so nobody is asked
  const auto unknown = connect(on, net::destination{net::origin{false, impossible, 80}});
  CHECK(unknown.error().code() == errc::name_not_found);
  CHECK(unknown.error().detail().find(impossible) != std::string_view::npos);
}

TEST_CASE("resolving can be cancelled", "[net]") {
  loop on;
  net::address_book book{net::make_system_lookup(on.executor()), 8};
  const std::string name = "localhost";
  const auto finding = on.start(book.find(name));
  on.io.run_one();  // the task has begun and waits for the resolver
  finding->cancel();
  CHECK_FALSE(finding->outcome);  // never inside the call
  on.run();
  CHECK(finding->outcome->error().code() == errc::cancelled);
}

TEST_CASE("an event loop that dies abandons whoever waits for a name", "[net]") {
  const std::string name = "localhost";
  loop on;
  net::address_book book{net::make_system_lookup(on.executor()), 8};
  const auto finding = on.start(book.find(name));
  on.io.run_one();
  CHECK_FALSE(finding->outcome);
}

TEST_CASE("an answer that comes after the one who asked has gone finds nobody", "[net]") {
  loop on;
  net::address_book book{net::make_system_lookup(on.executor()), 8};
  const std::string name = "localhost";
  auto asking = std::make_unique<scope>();
  auto ask = [&]() -> task<void> {
    co_await book.find(name);
    FAIL_CHECK("went on after its end");
    co_return success();
  };
  asking->start(on.executor(), ask());
  CHECK(asking->size() == 1);
  asking.reset();
  on.run();
}

}  // namespace
}  // namespace cohedge::tests
