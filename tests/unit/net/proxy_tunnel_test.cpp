#include "secure_world.hpp"

#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>

#include <array>

namespace cohedge::tests {
namespace {

/// A proxy whose answer to CONNECT is given, and the origin behind it.
class proxied_world : public secure_world {
 public:
  listener between{on};

  net::proxy via() const { return net::proxy{"127.0.0.1", between.port()}; }
  std::string connect_line() const {
    const auto target = "localhost:" + std::to_string(server.port());
    return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  }
  /// What comes of a connect over a proxy that answers so.
  result<std::unique_ptr<net::byte_stream>> connect(const std::string& answer, const net::destination& whom,
                                                    const std::string& expected_head, const limits& bounds = {}) {
    const auto opener = net::make_tcp_connector(on.executor(), {}, bounds);
    auto serve = [&]() -> task<void> {
      auto client = (co_await between.accept()).value();
      co_await client.expect(expected_head);
      co_await client.send(answer);
      if (answer.empty()) client.close();
      co_await client.gone();
      co_return success();
    };
    return on.run(serve(), opener->connect(whom));
  }
  error refusal(const std::string& answer, const limits& bounds = {}) {
    return connect(answer, to().via(via()), connect_line() + "\r\n", bounds).error();
  }
};

/// Bytes both ways until either side has had enough.
task<void> pump(tcp::socket& from, tcp::socket& into) {
  std::array<char, 4096> bytes;
  for (;;) {
    auto reading = from.async_read_some(asio::buffer(bytes), use_task);
    const auto [failed, size] = co_await reading;
    std::error_code ignored;
    if (failed) {
      into.shutdown(tcp::socket::shutdown_send, ignored);
      co_return success();
    }
    asio::write(into, asio::buffer(bytes.data(), size), ignored);
  }
}

TEST_CASE("an https origin is reached through a tunnel, by TLS from end to end", "[net][proxy]") {
  proxied_world world;
  const auto as = world.identity(net::tls_server_options{}.offer_http2());
  net::transport transport{world.on.executor(), net::make_tcp_connector(world.on.executor()), {}};
  auto to = world.to();
  to.version(net::http_version::http1);
  auto through = world.via();
  through.credentials(secret{"me:hunter2"});
  to.via(through);
  std::string seen_by_origin;

  tcp::socket up{world.on.io}, down{world.on.io};
  auto carry = [&]() -> task<void> {
    down = (co_await world.between.accept_socket()).value();
    std::string head(1000, '\0');
    co_await down.async_wait(tcp::socket::wait_read, use_task);
    head.resize(down.read_some(asio::buffer(head)));
    CHECK(head == world.connect_line() + "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n");
    co_await up.async_connect({asio::ip::address_v4::loopback(), world.server.port()}, use_task);
    asio::write(down, asio::buffer(std::string_view{"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"}));
    const auto back = world.on.start(pump(up, down));
    co_await pump(down, up);
    co_return success();
  };
  auto serve = [&]() -> task<void> {
    auto socket = (co_await world.server.accept_socket()).value();
    auto stream = co_await net::accept_tls(*as, std::move(socket));
    peer client{std::move(stream).value()};
    auto request = co_await client.request();
    seen_by_origin = std::move(request).value();
    co_await client.send(hello);
    co_await client.expect_gone();
    co_return success();
  };
  noting_watch watch;
  auto ask = [&]() -> task<std::string> {
    auto body = co_await fetch(transport, to, watch);
    transport.close();
    co_return body;
  };
  const auto carrying = world.on.start(carry());
  CHECK(world.on.run(serve(), ask()).value() == "hello");
  CHECK(carrying->outcome->has_value());
  CHECK(seen_by_origin.starts_with("GET / HTTP/1.1\r\nHost: localhost:"));
  CHECK(seen_by_origin.find("Proxy") == std::string::npos);
}

TEST_CASE("an http origin is asked for through the proxy, without a tunnel", "[net][proxy]") {
  proxied_world world;
  net::transport transport{world.on.executor(), net::make_tcp_connector(world.on.executor()), {}};
  auto through = world.via();
  through.credentials(secret{"me:hunter2"});
  net::destination to{net::origin{false, "origin.test", 8080}};  // the proxy looks the name up
  to.via(through);
  noting_watch watch;
  auto serve = [&]() -> task<void> {
    auto client = (co_await world.between.accept()).value();
    co_await client.expect("GET http://origin.test:8080/ HTTP/1.1\r\nHost: origin.test:8080\r\n"
                           "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n");
    co_await client.send(hello);
    const auto closed = co_await client.gone();
    CHECK(closed.value());
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    auto body = co_await fetch(transport, to, watch);
    transport.close();
    co_return body;
  };
  CHECK(world.on.run(serve(), ask()).value() == "hello");
}

TEST_CASE("a proxy's credentials are not for the origin", "[net][proxy]") {
  const net::destination to{net::origin{true, "origin.test", 443}};
  const std::vector<wire::header> fields(1, wire::header{"proxy-Authorization", "Basic bWU6aHVudGVyMg=="});
  const auto head = net::request_head::make(to, "GET", "/", fields);
  REQUIRE_FALSE(head);
  CHECK(head.error().code() == errc::invalid_argument);
  CHECK(head.error().detail().find("bWU6") == std::string_view::npos);
}

TEST_CASE("a proxy that wants other credentials", "[net][proxy]") {
  proxied_world world;
  const std::string answer =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
  const auto refused = world.refusal(answer);
  CHECK(refused.code() == errc::connect_failed);
  CHECK(refused.kind() == error_class::credential);
  CHECK(refused.status() == 407);
  CHECK(refused.detail().find("wants a user and a password") != std::string_view::npos);

  auto through = world.via();
  through.credentials(secret{"me:hunter2"});
  const auto head = world.connect_line() + "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n";
  const auto again = world.connect(answer, world.to().via(through), head).error();
  CHECK(again.kind() == error_class::credential);
  CHECK(again.detail().find("another user or password") != std::string_view::npos);
  CHECK(again.detail().find("hunter2") == std::string_view::npos);
}

TEST_CASE("a proxy that does not open the tunnel", "[net][proxy]") {
  proxied_world world;
  struct row {
    const char* answer;
    errc code;
    int status;
  };
  const auto bad = GENERATE(
      row{"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", errc::connect_failed, 403},
      row{"HTTP/1.1 502 Bad Gateway\r\n\r\n", errc::connect_failed, 502},
      row{"HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\n\r\n", errc::connect_failed, 301},
      row{"", errc::connection_closed, 0}, row{"SSH-2.0-OpenSSH\r\n", errc::protocol_error, 0},
      row{"HTTP/1.1 200 OK\r\n\r\nand more", errc::protocol_error, 0});
  const auto refused = world.refusal(bad.answer);
  CAPTURE(bad.answer, refused.message());
  CHECK(refused.code() == bad.code);
  CHECK(refused.kind() == error_class::connect);  // nothing was sent to the origin
  CHECK(refused.status() == bad.status);
  CHECK(refused.detail().starts_with("proxy 127.0.0.1:"));
}

TEST_CASE("a proxy's answer has limits", "[net][proxy]") {
  proxied_world world;
  limits bounds;
  bounds.header_block = 5000;
  const auto answer = "HTTP/1.1 200 OK\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n";
  CHECK(world.refusal(answer, bounds).code() == errc::limit_exceeded);
}

TEST_CASE("the answer may come in pieces, and after interim ones", "[net][proxy]") {
  proxied_world world;
  const auto opener = net::make_tcp_connector(world.on.executor());
  net::destination to{net::origin{false, "origin.test", 80}};
  to.version(net::http_version::http2).via(world.via());  // without TLS: the server may speak first
  auto serve = [&]() -> task<void> {
    auto client = (co_await world.between.accept()).value();
    co_await client.request();
    for (const auto* piece : {"HTTP/1.1 100 Continue\r\n", "\r\nHTTP/1.1 2", "00 OK\r", "\n\r\nsettings"}) {
      co_await client.send(piece);
      co_await asio::post(world.on.executor(), use_task);
      co_await asio::post(world.on.executor(), use_task);
    }
    co_await client.gone();
    co_return success();
  };
  auto ask = [&]() -> task<std::string> {
    auto stream = co_await opener->connect(to);
    char bytes[100];
    const auto got = co_await net::read_some{*stream.value(), bytes};
    co_return std::string{bytes, got.value()};
  };
  CHECK(world.on.run(serve(), ask()).value() == "settings");
}

TEST_CASE("a proxy that is not there is named", "[net][proxy]") {
  loop on;
  std::uint16_t port = 0;
  {
    const listener gone{on};
    port = gone.port();
  }
  net::destination to{net::origin{true, "origin.test", 443}};
  const auto opener = net::make_tcp_connector(on.executor());
  SECTION("nobody listens") {
    to.via(net::proxy{"127.0.0.1", port});
    const auto connecting = on.start(opener->connect(to));
    on.run();
    CHECK(connecting->outcome->error().code() == errc::connection_refused);
    CHECK(connecting->outcome->error().detail().starts_with("proxy 127.0.0.1:"));
  }
  SECTION("no such name") {
    to.via(net::proxy{std::string(70, 'a'), port});
    const auto connecting = on.start(opener->connect(to));
    on.run();
    CHECK(connecting->outcome->error().code() == errc::name_not_found);
    CHECK(connecting->outcome->error().detail().starts_with("proxy aaaa"));
  }
}

TEST_CASE("a tunnel that is not answered can be cancelled", "[net][proxy]") {
  proxied_world world;
  const auto opener = net::make_tcp_connector(world.on.executor());
  const auto to = world.to().via(world.via());
  const auto asking = world.on.start(opener->connect(to));
  auto serve = [&]() -> task<void> {
    auto client = (co_await world.between.accept()).value();
    co_await client.request();
    asking->cancel();
    co_await client.expect_gone();
    co_return success();
  };
  const auto serving = world.on.start(serve());
  world.on.run();
  CHECK(serving->outcome->has_value());
  CHECK(asking->outcome->error().code() == errc::cancelled);
}

}  // namespace
}  // namespace cohedge::tests
