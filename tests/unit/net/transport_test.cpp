#include "loopback.hpp"

#include <cohedge/async/next_turn.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>

#include <asio/write.hpp>

#include <vector>

namespace cohedge::tests {
namespace {

class fixture {
 public:
  fixture() = default;
  explicit fixture(std::shared_ptr<time_source> clock) { asio::use_service<time_service>(on.io).install(std::move(clock)); }

  loop on;
  listener server{on};
  net::destination to = server.destination();
  noting_watch watch;
  limits bounds;
  net::transport transport = make();

  net::transport make() { return net::transport{on.executor(), net::make_tcp_connector(on.executor()), bounds}; }

  /// One request answered with `bytes`; the server then closes if told so.
  result<std::string> answered_with(std::string_view bytes, bool then_close) {
    auto serve = [&]() -> task<void> {
      auto client = (co_await server.accept()).value();
      co_await client.request();
      co_await client.send(bytes);
      if (then_close) client.close();
      co_await client.gone();
      co_return success();
    };
    auto ask = [&]() -> task<std::string> {
      auto body = co_await fetch(transport, to, watch);
      transport.close();
      co_return body;
    };
    return on.run(serve(), ask());
  }
};

TEST_CASE("a connection is kept alive and used again", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    for (int i = 0; i < 3; ++i) {
      co_await client.expect(f.server.get());
      co_await client.send(hello);
    }
    co_await client.expect_gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    for (int i = 0; i < 3; ++i) {
      const auto body = co_await fetch(f.transport, f.to, f.watch);
      CHECK(body);
      if (body) CHECK(body.value() == "hello");
      CHECK(f.transport.idle_connections() == 1);
      CHECK(f.transport.open_connections() == 1);
    }
    f.transport.close();
    CHECK(f.transport.open_connections() == 0);
    co_return f.watch.told;
  };
  CHECK(f.on.run(serve(), ask()).value() == "connecting sending sending sending ");
}

TEST_CASE("status, headers and views stay valid while the exchange lives", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno");
    co_await client.gone();
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    auto answer = co_await ask_for(f.transport, f.to, f.watch);
    CHECK(answer);
    auto& exchange = answer.value();
    const auto body = co_await exchange.read_all(100);
    CHECK(body.value() == "no");
    CHECK(exchange.ended());
    CHECK(exchange.status() == 429);
    CHECK(exchange.headers().find("retry-after") == "7");
    CHECK(exchange.new_connection());
    CHECK_FALSE(exchange.replayed());
    CHECK(f.transport.idle_connections() == 0);  // ours until the exchange dies
    auto last = std::move(answer).value();
    CHECK(last.status() == 429);
    f.transport.close();
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("bodies by length, in chunks and until the close", "[net]") {
  fixture f;
  SECTION("length") { CHECK(f.answered_with(hello, false).value() == "hello"); }
  SECTION("no body") { CHECK(f.answered_with("HTTP/1.1 204 No Content\r\n\r\n", false).value().empty()); }
  SECTION("chunked") {
    CHECK(f.answered_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", false)
              .value() == "hello");
  }
  SECTION("until the close") { CHECK(f.answered_with("HTTP/1.1 200 OK\r\n\r\nhello", true).value() == "hello"); }
  SECTION("after interim responses") {
    CHECK(f.answered_with("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + std::string{hello}, false).value() == "hello");
  }
}

TEST_CASE("a peer that breaks off or talks nonsense gives a typed error", "[net]") {
  fixture f;
  const auto code = [&](std::string_view bytes) { return f.answered_with(bytes, true).error().code(); };
  SECTION("nothing on a fresh connection") { CHECK(code("") == errc::connection_closed); }
  SECTION("in the head") { CHECK(code("HTTP/1.1 200 OK\r\nContent-Le") == errc::connection_closed); }
  SECTION("in a body of known length") {
    CHECK(code("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello") == errc::connection_closed);
  }
  SECTION("before the last chunk") {
    CHECK(code("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n") == errc::connection_closed);
  }
  SECTION("not HTTP") { CHECK(code("SSH-2.0-OpenSSH_9.2\r\n") == errc::protocol_error); }
  CHECK(f.watch.told == "connecting sending ");  // never sent twice
}

TEST_CASE("only a connection that can carry another exchange is kept", "[net]") {
  fixture f;
  std::string answer{hello};
  SECTION("Connection: close") { answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"; }
  SECTION("more bytes than announced") { answer += "unasked"; }
  SECTION("HTTP/1.0") { answer = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"; }
  SECTION("no idle connections wanted") {
    f.bounds.idle_per_origin = 0;
  }
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(answer);
    co_await client.expect_gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    auto body = co_await fetch(transport, f.to, f.watch);
    CHECK(transport.open_connections() == 0);
    co_return body;
  };
  CHECK(f.on.run(serve(), ask()).value() == "hello");
}

TEST_CASE("a kept-alive connection that died is replaced once", "[net]") {
  fixture f;
  const auto second = GENERATE(as<std::string>{}, std::string{hello}, "");
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(hello);
    co_await client.expect(f.server.get());
    client.close();  // the request has arrived, and no byte of an answer goes out
    auto again = (co_await f.server.accept()).value();
    co_await again.expect(f.server.get());
    co_await again.send(second);
    if (second.empty()) again.close();
    co_await again.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    co_await fetch(f.transport, f.to, f.watch);
    auto body = co_await fetch(f.transport, f.to, f.watch);
    f.transport.close();
    co_return body;
  };
  const auto body = f.on.run(serve(), ask());
  CHECK(f.watch.told == "connecting sending sending replaying connecting sending ");
  if (second.empty())
    CHECK(body.error().code() == errc::connection_closed);
  else
    CHECK(body.value() == "hello");
}

TEST_CASE("a replayed exchange says so", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(hello);
    co_await client.request();
    client.close();
    auto again = (co_await f.server.accept()).value();
    co_await again.request();
    co_await again.send(hello);
    co_await again.gone();
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    co_await fetch(f.transport, f.to, f.watch);
    auto answer = co_await ask_for(f.transport, f.to, f.watch);
    CHECK(answer.value().replayed());
    CHECK(answer.value().new_connection());
    f.transport.close();
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("nothing is sent again once a byte of the answer has come", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(hello);
    co_await client.request();
    co_await client.send("H");
    client.close();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    co_await fetch(f.transport, f.to, f.watch);
    co_return co_await fetch(f.transport, f.to, f.watch);
  };
  CHECK(f.on.run(serve(), ask()).error().code() == errc::connection_closed);
  CHECK(f.watch.told == "connecting sending sending ");
}

TEST_CASE("an idle connection that was closed, or that speaks unasked, is not used", "[net]") {
  fixture f;
  const bool speaks = GENERATE(false, true);
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(hello);
    co_await client.request();
    co_await client.send(hello);
    if (speaks)
      co_await client.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    else
      client.close();
    auto other = (co_await f.server.accept()).value();
    co_await other.request();
    co_await other.send(hello);
    co_await other.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    co_await fetch(f.transport, f.to, f.watch);
    co_await fetch(f.transport, f.to, f.watch);
    // The server sent all of it before this side ran again, and loopback delivers within the system call. The pool looks
    // at connections that have been idle for longer than `sure_for`.
    co_await sleep_for(std::chrono::milliseconds{2});
    auto body = co_await fetch(f.transport, f.to, f.watch);
    f.transport.close();
    co_return body;
  };
  CHECK(f.on.run(serve(), ask()).value() == "hello");
  CHECK(f.watch.told == "connecting sending sending connecting sending ");
}

TEST_CASE("an exchange that is dropped closes its connection", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
    co_await client.expect_gone();
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    auto answer = co_await ask_for(f.transport, f.to, f.watch);
    std::string_view piece;
    CHECK(answer.value().try_body(piece).value());
    CHECK(piece == "hello");
    CHECK_FALSE(answer.value().try_body(piece).value());
    CHECK_FALSE(answer.value().ended());
    {
      const auto dropped = std::move(answer).value();
      CHECK(f.transport.open_connections() == 1);
    }
    CHECK(f.transport.open_connections() == 0);
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("an exchange without its headers goes on, and the connection's next one has its own", "[net]") {
  fixture f;
  const auto with_number = [](int number) {
    return "HTTP/1.1 200 OK\r\nNumber: " + std::to_string(number) + "\r\nContent-Length: 5\r\n\r\nhello";
  };
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    for (int i = 1; i <= 2; ++i) {
      co_await client.request();
      const auto answer = with_number(i);
      co_await client.send(answer);
    }
    co_await client.gone();
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    for (int i = 1; i <= 2; ++i) {
      auto answer = co_await ask_for(f.transport, f.to, f.watch);
      CHECK(answer.value().headers().find("number") == std::to_string(i));
      answer.value().drop_headers();
      CHECK(answer.value().headers().empty());
      auto reading = answer.value().read_all(100);
      const auto body = co_await std::move(reading);
      CHECK(body.value() == "hello");
    }
    f.transport.close();
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("an exchange whose end has been received is as good as read", "[net]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    co_await client.gone();
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    {
      auto answer = co_await ask_for(f.transport, f.to, f.watch);
      CHECK_FALSE(answer.value().ended());
    }
    CHECK(f.transport.idle_connections() == 1);
    f.transport.close();
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("an exchange may outlive its transport", "[net]") {
  fixture f;
  auto transport = std::make_unique<net::transport>(f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds);
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    co_await client.request();
    co_await client.send(hello.substr(0, hello.size() - 2));
    co_await client.expect("");
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    auto answer = co_await ask_for(*transport, f.to, f.watch);
    transport.reset();
    std::string_view piece;
    CHECK(answer.value().try_body(piece).value());
    CHECK(piece == "hel");
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
}

TEST_CASE("bodies larger than the receive buffer", "[net]") {
  fixture f;
  const std::string large(300'000, 'x');
  const auto whole = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + large;
  SECTION("are gathered") { CHECK(f.answered_with(whole, false).value() == large); }
  SECTION("come piece by piece") {
    auto serve = [&]() -> task<void> {
      auto client = (co_await f.server.accept()).value();
      co_await client.request();
      co_await client.send(whole);
      co_await client.gone();
      co_return success();
    };
    auto ask = [&]() -> task<std::size_t> {
      auto answer = co_await ask_for(f.transport, f.to, f.watch);
      auto& exchange = answer.value();
      std::size_t size = 0;
      while (!exchange.ended()) {
        std::string_view piece;
        const auto got = exchange.try_body(piece);
        CHECK(got);
        if (got.value()) {
          CHECK(piece.size() <= 64 * 1024);
          unsigned char sum = 0;
          for (std::size_t i = 0; i < 64; ++i) sum |= static_cast<unsigned char>(piece.data()[piece.size() + i]);
          static_cast<void>(sum);  // readable: AddressSanitizer would stop us
          size += piece.size();
        } else if (!exchange.ended()) {
          co_await exchange.more();
        }
      }
      f.transport.close();
      co_return size;
    };
    CHECK(f.on.run(serve(), ask()).value() == 300'000);
  }
  SECTION("are refused beyond what the caller takes") {
    auto serve = [&]() -> task<void> {
      auto client = (co_await f.server.accept()).value();
      co_await client.request();
      co_await client.send(hello);
      co_await client.gone();
      co_return success();
    };
    auto ask = [&]() -> task<void> {
      auto answer = co_await ask_for(f.transport, f.to, f.watch);
      const auto body = co_await answer.value().read_all(4);
      CHECK(body.error().code() == errc::limit_exceeded);
      co_return success();
    };
    CHECK(f.on.run(serve(), ask()));
    CHECK(f.transport.open_connections() == 0);
  }
}

TEST_CASE("a server that refuses early is heard although the request was not sent whole", "[net]") {
  fixture f;
  const std::string large(50'000'000, 'x');
  auto serve = [&]() -> task<void> {
    auto socket = (co_await f.server.accept_socket()).value();
    asio::write(socket, asio::buffer(std::string_view{"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"}));
    char bytes[100];
    co_await socket.async_wait(tcp::socket::wait_read, use_task);
    socket.read_some(asio::buffer(bytes));
    socket.close();  // with unread bytes: a reset
    co_return success();
  };
  auto ask = [&]() -> task<void> {
    auto answer = co_await ask_for(f.transport, f.to, f.watch, "POST", large);
    CHECK(answer);
    if (answer) CHECK(answer.value().status() == 413);
    co_return success();
  };
  CHECK(f.on.run(serve(), ask()));
  CHECK(f.transport.open_connections() == 0);
}

/// Serves every connection: each request is answered when the test says so.
class counting_server {
 public:
  explicit counting_server(listener& on) : on_{on} {}

  task<void> serve(int connections) {
    chain& here = co_await this_chain;
    for (int i = 0; i < connections; ++i) {
      auto client = co_await on_.accept();
      if (!client) co_return client.error();
      serving_.start(here.executor(), answer(std::move(client).value()));
    }
    auto ended = serving_.join();
    co_return co_await std::move(ended);
  }
  std::vector<std::string> asked;

 private:
  task<void> answer(peer client) {
    for (;;) {
      auto head = (co_await client.request()).value();
      if (head.empty()) co_return success();
      asked.push_back(head.substr(0, head.find(' ')));
      co_await client.send(hello);
    }
  }

  listener& on_;
  scope serving_;
};

TEST_CASE("whoever finds all connections in use waits in line, and is served in order", "[net]") {
  fixture f;
  f.bounds.connections_per_origin = 2;
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  counting_server server{f.server};
  std::string order;
  std::vector<noting_watch> watches(6);
  auto one = [&](int which) -> task<void> {
    const auto body = co_await fetch(transport, f.to, watches[static_cast<std::size_t>(which)]);
    CHECK(body);
    order += std::to_string(which);
    if (order.size() == 6) transport.close();
    co_return success();
  };
  auto all = [&]() -> task<void> {
    chain& here = co_await this_chain;
    scope asking;
    for (int i = 0; i < 6; ++i) asking.start(here.executor(), one(i));
    CHECK(transport.open_connections() == 2);
    auto done = asking.join();
    co_return co_await std::move(done);
  };
  CHECK(f.on.run(server.serve(2), all()));
  CHECK(server.asked.size() == 6);
  CHECK(order.size() == 6);
  CHECK(order.substr(2) == "2345");
  CHECK(watches[0].told == "connecting sending ");
  CHECK(watches[5].told == "waiting sending ");
}

TEST_CASE("nobody passes those who wait in line", "[net]") {
  fixture f;
  f.bounds.connections_per_origin = 1;
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  counting_server server{f.server};
  std::string order;
  auto two = [&](char first, char second) -> task<void> {
    for (const char name : {first, second}) {
      const auto body = co_await fetch(transport, f.to, f.watch);
      CHECK(body);
      order += name;
    }
    if (order.size() == 4) transport.close();
    co_return success();
  };
  auto all = [&]() -> task<void> {
    chain& here = co_await this_chain;
    scope asking;
    asking.start(here.executor(), two('a', 'c'));
    asking.start(here.executor(), two('b', 'd'));
    auto done = asking.join();
    co_return co_await std::move(done);
  };
  CHECK(f.on.run(server.serve(1), all()));
  CHECK(order == "abcd");
}

TEST_CASE("the line is bounded, and whoever leaves it lets the next one go", "[net]") {
  fixture f;
  f.bounds.connections_per_origin = 1;
  f.bounds.waiting_per_origin = 2;
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  counting_server server{f.server};
  auto all = [&]() -> task<void> {
    auto held = co_await ask_for(transport, f.to, f.watch);
    CHECK(held);
    const auto gives_up = f.on.start(fetch(transport, f.to, f.watch));
    const auto waits = f.on.start(fetch(transport, f.to, f.watch));
    co_await sleep_for(std::chrono::milliseconds{1});  // both are in line
    const auto refused = co_await fetch(transport, f.to, f.watch);
    CHECK(refused.error().code() == errc::limit_exceeded);
    CHECK(refused.error().kind() == error_class::local);
    CHECK(refused.error().detail().find("waiting_per_origin") == 0);
    gives_up->cancel();
    { const auto dropped = std::move(held).value(); }
    co_await sleep_for(std::chrono::milliseconds{5});
    CHECK(gives_up->outcome->error().code() == errc::cancelled);
    CHECK(waits->outcome->value() == "hello");
    transport.close();
    CHECK(transport.open_connections() == 0);
    co_return success();
  };
  CHECK(f.on.run(server.serve(1), all()));
}

TEST_CASE("idle connections are bounded", "[net]") {
  fixture f;
  f.bounds.idle_per_origin = 1;
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  counting_server server{f.server};
  auto all = [&]() -> task<void> {
    {
      const auto first = co_await ask_for(transport, f.to, f.watch);
      const auto second = co_await ask_for(transport, f.to, f.watch);
      CHECK(transport.open_connections() == 2);
    }
    CHECK(transport.idle_connections() == 1);
    CHECK(transport.open_connections() == 1);
    transport.close();
    co_return success();
  };
  CHECK(f.on.run(server.serve(2), all()));
}

TEST_CASE("a connection can be opened before it is needed", "[net]") {
  fixture f;
  counting_server server{f.server};
  auto all = [&]() -> task<std::string> {
    const auto pool = f.transport.pool(f.to);
    const auto opened = co_await f.transport.warm_up(*pool);
    CHECK(opened);
    CHECK(f.transport.idle_connections() == 1);
    const auto again = co_await f.transport.warm_up(*pool);  // one is there
    CHECK(again);
    CHECK(f.transport.open_connections() == 1);
    auto body = co_await fetch(f.transport, f.to, f.watch);
    f.transport.close();
    co_return body;
  };
  CHECK(f.on.run(server.serve(1), all()).value() == "hello");
  CHECK(f.watch.told == "sending ");
}

/// A clock that a test moves.
class manual_time final : public time_source {
 public:
  time_point now() const noexcept override { return now_; }
  std::int64_t unix_seconds() const noexcept override { return 0; }
  std::uint64_t random() noexcept override { return 4; }
  void pass(duration time) { now_ += time; }

 private:
  void sooner(time_point) override {}
  time_point now_{std::chrono::hours{1}};
};

TEST_CASE("an idle connection that cannot be used any more does not count as warm", "[net]") {
  const bool closes = GENERATE(false, true);
  const auto clock = std::make_shared<manual_time>();
  fixture f{closes ? nullptr : std::shared_ptr<time_source>{clock}};
  bool closed = false;
  auto serve = [&]() -> task<void> {
    auto first = (co_await f.server.accept()).value();
    if (closes) first.close();
    closed = closes;
    auto second = (co_await f.server.accept()).value();
    co_await second.request();
    co_await second.send(hello);
    co_await second.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    const auto pool = f.transport.pool(f.to);
    co_await f.transport.warm_up(*pool);
    if (!closes) clock->pass(std::chrono::seconds{55});
    while (closed != closes) co_await next_turn{};
    const auto again = co_await f.transport.warm_up(*pool);
    CHECK(again);
    CHECK(f.transport.open_connections() == 1);
    auto body = co_await fetch(f.transport, f.to, f.watch);
    f.transport.close();
    co_return body;
  };
  CHECK(f.on.run(serve(), ask()).value() == "hello");
  CHECK(f.watch.told == "sending ");
}

TEST_CASE("warming up waits for nobody's connection but its own", "[net]") {
  fixture f;
  f.bounds.connections_per_origin = 1;
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), f.bounds};
  counting_server server{f.server};
  auto all = [&]() -> task<void> {
    const auto pool = transport.pool(f.to);
    const auto other = f.on.start(ask_for(transport, f.to, f.watch));
    CHECK_FALSE(other->outcome);
    auto warm = co_await transport.warm_up(*pool);  // it is being opened
    CHECK(warm);
    CHECK_FALSE(other->outcome);
    while (!other->outcome) co_await next_turn{};
    warm = co_await transport.warm_up(*pool);  // it is in use
    CHECK(warm);
    CHECK(transport.idle_connections() == 0);
    other->outcome.reset();
    transport.close();
    co_return success();
  };
  CHECK(f.on.run(server.serve(1), all()));
}

TEST_CASE("a connection that was idle for nearly as long as servers wait is not used again", "[net]") {
  const auto clock = std::make_shared<manual_time>();
  fixture f{clock};
  auto serve = [&]() -> task<void> {
    auto first = (co_await f.server.accept()).value();
    for (int i = 0; i < 2; ++i) {
      co_await first.request();
      co_await first.send(hello);
    }
    co_await first.expect_gone();
    auto second = (co_await f.server.accept()).value();
    co_await second.request();
    co_await second.send(hello);
    co_await second.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    co_await fetch(f.transport, f.to, f.watch);
    clock->pass(std::chrono::seconds{54});
    co_await fetch(f.transport, f.to, f.watch);
    clock->pass(std::chrono::seconds{55});
    auto body = co_await fetch(f.transport, f.to, f.watch);
    f.transport.close();
    co_return body;
  };
  CHECK(f.on.run(serve(), ask()).value() == "hello");
  CHECK(f.watch.told == "connecting sending sending connecting sending ");
}

}  // namespace
}  // namespace cohedge::tests
