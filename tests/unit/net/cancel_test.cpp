#include "loopback.hpp"

#include <cohedge/async/scope.hpp>
#include <cohedge/testing/certificates.hpp>

#include "temporary_file.hpp"

#include <asio/post.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace cohedge::tests {
namespace {

/// A watch that says when a stage is reached.
class calling_watch final : public net::exchange_watch {
 public:
  void connecting() override { on_connecting ? on_connecting() : void(); }
  std::function<void()> on_connecting;
};

TEST_CASE("a cancelled exchange closes its socket, at whatever it waits", "[net]") {
  loop on;
  listener server{on};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  const auto to = server.destination();
  const auto before = GENERATE(as<std::string>{}, "", "HTTP/1.1 200 OK\r\nContent-Le",
                               "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
  auto ask = [&]() -> task<std::string> { return fetch(transport, to, watch); };
  const auto asking = on.start(ask());
  auto serve = [&]() -> task<void> {
    auto client = (co_await server.accept()).value();
    co_await client.request();
    co_await client.send(before);
    asking->cancel();
    co_await client.expect_gone();
    co_return success();
  };
  const auto serving = on.start(serve());
  on.run();
  CHECK(serving->outcome->has_value());
  CHECK(asking->outcome->error().code() == errc::cancelled);
  CHECK(transport.open_connections() == 0);
}

TEST_CASE("a cancelled write closes its socket", "[net]") {
  loop on;
  listener server{on};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  const auto to = server.destination();
  const std::string huge(50'000'000, 'x');
  auto ask = [&]() -> task<net::exchange> { return ask_for(transport, to, watch, "POST", huge); };
  const auto asking = on.start(ask());
  auto serve = [&]() -> task<void> {
    auto client = (co_await server.accept()).value();
    char first[1];
    co_await net::read_some{client.stream(), first};
    asking->cancel();  // nobody reads any more, so the rest is still waiting to go out
    co_await client.gone();
    co_return success();
  };
  const auto serving = on.start(serve());
  on.run();
  CHECK(asking->outcome->error().code() == errc::cancelled);
  CHECK(transport.open_connections() == 0);
}

TEST_CASE("a connect that nobody answers can be cancelled", "[net]") {
  loop on;
  tcp::acceptor full{on.io};
  full.open(tcp::v4());
  full.bind({asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  tcp::socket filler{on.io};
  filler.connect(full.local_endpoint());  // the queue takes one; what comes after it is not answered
  const auto descriptors = open_descriptors();

  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  const net::destination to{net::origin{false, "127.0.0.1", full.local_endpoint().port()}};
  calling_watch watch;
  auto ask = [&]() -> task<net::exchange> { return ask_for(transport, to, watch); };
  const auto asking = on.start(ask());
  watch.on_connecting = [&] {
    CHECK(transport.open_connections() == 0);
    asio::post(on.io, [&] {
      CHECK(transport.open_connections() == 1);  // being opened
      asking->cancel();
    });
  };
  on.run();
  CHECK(asking->outcome->error().code() == errc::cancelled);
  CHECK(transport.open_connections() == 0);
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("a TLS handshake that nobody answers can be cancelled", "[net]") {
  loop on;
  listener server{on};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  const auto to = server.destination("127.0.0.1", net::tls_options{});
  auto ask = [&]() -> task<net::exchange> { return ask_for(transport, to, watch); };
  const auto asking = on.start(ask());
  auto serve = [&]() -> task<void> {
    auto client = (co_await server.accept()).value();
    char hello_bytes[16];
    co_await net::read_some{client.stream(), hello_bytes};
    asking->cancel();
    co_await client.gone();
    co_return success();
  };
  const auto serving = on.start(serve());
  on.run();
  CHECK(serving->outcome->has_value());
  CHECK(asking->outcome->error().code() == errc::cancelled);
  CHECK(transport.open_connections() == 0);
}

TEST_CASE("an inner scope that is left takes nothing else with it", "[net]") {
  loop on;
  listener server{on};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  const auto to = server.destination();
  cancel_scope* waiting = nullptr;
  auto serve = [&]() -> task<void> {
    auto first = (co_await server.accept()).value();
    co_await first.request();
    waiting->cancel(errc::header_timeout);
    co_await first.expect_gone();
    auto second = (co_await server.accept()).value();
    co_await second.request();
    co_await second.send(hello);
    co_await second.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    chain& here = co_await this_chain;
    {
      cancel_scope headers{here};
      waiting = &headers;
      const auto late = co_await ask_for(transport, to, watch);
      CHECK(late.error().code() == errc::header_timeout);
    }
    auto body = co_await fetch(transport, to, watch);
    transport.close();
    co_return body;
  };
  CHECK(on.run(serve(), ask()).value() == "hello");
}

/// Serves connections until one is asked to stop, each as long as its client likes; counts the requests.
task<void> serve_all(listener& server, net::tls_server_context* identity, scope& clients, int& heard) {
  const chain& here = co_await this_chain;
  auto serve_one = [](tcp::socket socket, net::tls_server_context* with, int& count) -> task<void> {
    std::unique_ptr<net::byte_stream> stream;
    if (with) {
      auto accepted = co_await net::accept_tls(*with, std::move(socket));
      if (!accepted) co_return success();
      stream = std::move(accepted).value();
    } else {
      stream = net::make_tcp_stream(std::move(socket));
    }
    peer client{std::move(stream)};
    while (!(co_await client.request()).value().empty()) {
      ++count;
      co_await client.send(hello.substr(0, 20));
      co_await client.send(hello.substr(20));
    }
    co_return success();
  };
  for (;;) {
    auto socket = co_await server.accept_socket();
    if (!socket) co_return success();
    clients.start(here.executor(), serve_one(std::move(socket).value(), identity, heard));
  }
}

TEST_CASE("cancelled after any number of steps, no socket stays open", "[net]") {
  testing::certificate_authority authority;
  const auto made = authority.issue({"127.0.0.1"});
  const auto identity = net::tls_server_context::from_pem(made.cert_pem, made.key_pem).value();
  const temporary_file trusted{authority.ca_pem()};
  net::tls_options tls;
  tls.extra_ca_file(trusted.path());
  const bool secure = GENERATE(false, true);

  std::size_t cancelled = 0, finished = 0;
  for (int steps = 0; finished < 3; ++steps) {
    REQUIRE(steps < 500);
    loop on;
    { const listener first{on}; }  // the event loop's own descriptors come with its first socket
    const auto descriptors = open_descriptors();
    {
      scope clients;
      listener server{on};
      const auto to = secure ? server.destination("127.0.0.1", tls) : server.destination();
      net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
      noting_watch watch;
      int heard = 0, answered = 0;
      const auto serving = on.start(serve_all(server, secure ? identity.get() : nullptr, clients, heard));
      auto ask = [&]() -> task<void> {
        for (int i = 0; i < 2; ++i) {
          const auto body = co_await fetch(transport, to, watch);
          if (!body) co_return body.error();
          ++answered;
        }
        co_return success();
      };
      const auto asking = on.start(ask());
      on.io.restart();
      for (int step = 0; step < steps && !asking->outcome; ++step) on.io.run_one();
      asking->cancel();
      while (!asking->outcome) on.io.run_one();
      (asking->outcome->has_value() ? finished : cancelled)++;
      if (!asking->outcome->has_value()) {
        CHECK(asking->outcome->error().code() == errc::cancelled);
        CHECK(transport.open_connections() == transport.idle_connections());
      }
      const bool kept = transport.idle_connections() > 0;
      transport.close();
      server.acceptor().close();
      on.run();
      if (kept) CHECK(heard == answered);  // only a connection whose request had not left
      CHECK(clients.size() == 0);
    }
    CHECK(open_descriptors() == descriptors);
  }
  CHECK(cancelled > 5);
}

TEST_CASE("a cancellation is not lost between a TLS socket's readiness and the read that finds too little", "[net]") {
  testing::certificate_authority authority;
  const auto made = authority.issue(std::vector<std::string>(1, "127.0.0.1"));
  const auto identity = net::tls_server_context::from_pem(made.cert_pem, made.key_pem).value();
  const temporary_file trusted{authority.ca_pem()};
  net::tls_options tls;
  tls.extra_ca_file(trusted.path());
  loop on;
  listener server{on};
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  const auto to = server.destination("127.0.0.1", tls);
  auto ask = [&]() -> task<std::string> { return fetch(transport, to, watch); };
  const auto asking = on.start(ask());
  auto serve = [&]() -> task<void> {
    auto socket = (co_await server.accept_socket()).value();
    const int wire = ::dup(socket.native_handle());
    auto stream = co_await net::accept_tls(*identity, std::move(socket));
    peer client{std::move(stream).value()};
    co_await client.request();
    // Part of a record: the client's wait ends, and its handler is queued behind the one that cancels.
    CHECK(::send(wire, "\x17\x03\x03", 3, MSG_NOSIGNAL) == 3);
    ::close(wire);
    asio::post(on.io, [&] { asking->cancel(); });
    co_await client.gone();
    co_return success();
  };
  const auto serving = on.start(serve());
  on.run();
  REQUIRE(asking->outcome);
  CHECK(asking->outcome->error().code() == errc::cancelled);
  CHECK(transport.open_connections() == 0);
}

TEST_CASE("an event loop that dies takes waiting exchanges with it", "[net]") {
  const auto descriptors = open_descriptors();
  {
    std::optional<result<std::string>> outcome;
    loop on;
    listener server{on};
    net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
    noting_watch watch;
    const auto to = server.destination();
    auto serve = [&]() -> task<void> {
      auto client = (co_await server.accept()).value();
      co_await client.request();
      on.io.stop();
      co_await client.gone();
      co_return success();
    };
    spawn(on.io, serve());
    auto on_end = [&](result<std::string> of) { outcome.emplace(std::move(of)); };
    spawn(on.io, fetch(transport, to, watch), std::move(on_end));
    on.io.run();
    CHECK_FALSE(outcome);
    CHECK(transport.open_connections() == 1);
  }
  CHECK(open_descriptors() == descriptors);
}

}  // namespace
}  // namespace cohedge::tests
