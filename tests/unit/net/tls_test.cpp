#include "loopback.hpp"
#include "temporary_file.hpp"

#include <cohedge/testing/certificates.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include "../../../src/net/openssl.hpp"

namespace cohedge::tests {
namespace {

using testing::certificate_options;

class fixture {
 public:
  loop on;
  listener server{on};
  testing::certificate_authority authority;
  temporary_file trusted{authority.ca_pem()};
  noting_watch watch;

  std::shared_ptr<net::tls_server_context> identity(const testing::certificate& of) {
    return net::tls_server_context::from_pem(of.cert_pem, of.key_pem).value();
  }
  net::tls_options tls(const std::string& file) { return net::tls_options{}.extra_ca_file(file); }
  net::tls_options tls() { return tls(trusted.path()); }

  task<peer> accept(net::tls_server_context& as) {
    auto socket = (co_await server.accept_socket()).value();
    auto stream = co_await net::accept_tls(as, std::move(socket));
    if (!stream) co_return stream.error();
    co_return peer{std::move(stream).value()};
  }

  /// One exchange with a server that shows this certificate.
  result<std::string> exchange(const testing::certificate& shown, std::string host, const net::tls_options& options) {
    const auto as = identity(shown);
    net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
    auto serve = [&]() -> task<void> {
      auto client = co_await accept(*as);
      if (!client) co_return success();  // the client refused us
      for (int i = 0; i < 2; ++i) {
        co_await client.value().request();
        co_await client.value().send(hello);
      }
      co_await client.value().expect_gone();
      co_return success();
    };
    const auto to = server.destination(std::move(host), options);
    auto ask = [&]() -> task<std::string> {
      auto body = co_await fetch(transport, to, watch);
      if (!body) {
        CHECK(transport.open_connections() == 0);
        co_return body;
      }
      body = co_await fetch(transport, to, watch);
      CHECK(watch.told == "connecting sending sending ");
      CHECK(transport.idle_connections() == 1);
      transport.close();
      co_return body;
    };
    return on.run(serve(), ask());
  }
};

TEST_CASE("TLS with a good certificate, by name and by address", "[net][tls]") {
  fixture f;
  const auto host = GENERATE(as<std::string>{}, "localhost", "127.0.0.1");
  const auto body = f.exchange(f.authority.issue({"localhost", "127.0.0.1", "::1"}), host, f.tls());
  CHECK(body.value() == "hello");
}

TEST_CASE("TLS refuses a certificate of somebody else", "[net][tls]") {
  fixture f;
  const auto refused = [&](std::vector<std::string> names, const std::string& host) {
    return f.exchange(f.authority.issue(names), host, f.tls()).error();
  };
  SECTION("another name") { CHECK(refused({"other.test"}, "localhost").code() == errc::tls_wrong_host); }
  SECTION("a name where an address is wanted") {
    CHECK(refused({"localhost"}, "127.0.0.1").code() == errc::tls_wrong_host);
  }
  SECTION("another address") { CHECK(refused({"127.0.0.2"}, "127.0.0.1").code() == errc::tls_wrong_host); }
  SECTION("no name at all") { CHECK(refused({}, "localhost").code() == errc::tls_wrong_host); }
  CHECK(f.watch.told == "connecting ");  // no byte of the request went out
}

TEST_CASE("TLS refuses whom it has no reason to trust", "[net][tls]") {
  fixture f;
  const std::vector<std::string> names(1, "localhost");
  SECTION("self-signed") {
    const auto shown = f.authority.issue(names, certificate_options{}.self_signed());
    const auto refused = f.exchange(shown, "localhost", f.tls()).error();
    CHECK(refused.code() == errc::tls_self_signed);
    CHECK(refused.kind() == error_class::connect);
    CHECK(refused.detail().find("localhost") != std::string_view::npos);
    CHECK(refused.detail().find("extra_ca_file") != std::string_view::npos);
  }
  SECTION("another authority") {
    testing::certificate_authority other{"somebody else"};
    const auto refused = f.exchange(other.issue(names), "localhost", f.tls()).error();
    CHECK(refused.code() == errc::tls_untrusted);
    CHECK(refused.detail().find("extra_ca_file") != std::string_view::npos);
  }
  SECTION("another authority, shown along") {
    testing::certificate_authority other{"somebody else"};
    auto shown = other.issue(names);
    shown.cert_pem += other.ca_pem();
    CHECK(f.exchange(shown, "localhost", f.tls()).error().code() == errc::tls_untrusted);
  }
  SECTION("the system's authorities alone") {
    CHECK(f.exchange(f.authority.issue(names), "localhost", {}).error().code() == errc::tls_untrusted);
  }
  SECTION("expired") {
    const auto shown = f.authority.issue(names, certificate_options{}.expired());
    CHECK(f.exchange(shown, "localhost", f.tls()).error().code() == errc::tls_expired);
  }
  SECTION("not yet valid") {
    const auto shown = f.authority.issue(names, certificate_options{}.not_yet_valid());
    CHECK(f.exchange(shown, "localhost", f.tls()).error().code() == errc::tls_expired);
  }
  CHECK(f.watch.told == "connecting ");
}

TEST_CASE("a self-signed certificate can be trusted by itself", "[net][tls]") {
  fixture f;
  const std::vector<std::string> names(1, "localhost");
  const auto shown = f.authority.issue(names, certificate_options{}.self_signed());
  const temporary_file own{shown.cert_pem};
  CHECK(f.exchange(shown, "localhost", f.tls(own.path())).value() == "hello");
}

TEST_CASE("an authority file that cannot be read fails every secure connect", "[net][tls]") {
  loop on;
  net::tls_options options;
  const temporary_file not_pem{"no certificate"};
  const bool exists = GENERATE(false, true);
  const auto path = exists ? not_pem.path() : std::string{"/nonexistent/authority.pem"};
  options.extra_ca_file(path);
  const auto opener = net::make_tcp_connector(on.executor());
  net::destination to{net::origin{true, "127.0.0.1", 1}};
  to.tls(options);
  for (int i = 0; i < 2; ++i) {
    const auto connecting = on.start(opener->connect(to));
    on.run();
    CHECK(connecting->outcome->error().code() == errc::invalid_config);
    CHECK(connecting->outcome->error().detail().find(path) != std::string_view::npos);
  }
}

TEST_CASE("a server that is not TLS, or leaves during the handshake", "[net][tls]") {
  fixture f;
  const auto opener = net::make_tcp_connector(f.on.executor());
  const bool speaks = GENERATE(false, true);
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.server.accept()).value();
    char bytes[4096];
    co_await net::read_some{client.stream(), bytes};
    if (speaks) co_await client.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    client.close();
    co_return success();
  };
  const auto to = f.server.destination("127.0.0.1", f.tls());
  auto ask = [&]() -> task<std::unique_ptr<net::byte_stream>> { return opener->connect(to); };
  const auto refused = f.on.run(serve(), ask()).error();
  CHECK(refused.code() == errc::tls_failed);
  CHECK_FALSE(refused.detail().empty());
}

TEST_CASE("a TLS connection that is cut off is not a body's end", "[net][tls]") {
  fixture f;
  const auto as = f.identity(f.authority.issue(std::vector<std::string>(1, "localhost")));
  const bool cut = GENERATE(false, true);
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), {}};
  auto serve = [&]() -> task<void> {
    auto socket = (co_await f.server.accept_socket()).value();
    const int wire = ::dup(socket.native_handle());
    auto stream = co_await net::accept_tls(*as, std::move(socket));
    peer client{std::move(stream).value()};
    co_await client.request();
    co_await client.send("HTTP/1.1 200 OK\r\n\r\nhello");
    if (cut) ::shutdown(wire, SHUT_WR);  // the close notice below then meets a broken pipe, and no signal
    ::close(wire);
    client.close();
    co_return success();
  };
  const auto to = f.server.destination("localhost", f.tls());
  auto ask = [&]() -> task<std::string> { return fetch(transport, to, f.watch); };
  const auto body = f.on.run(serve(), ask());
  if (cut)
    CHECK(body.error().code() == errc::connection_closed);
  else
    CHECK(body.value() == "hello");
  CHECK(transport.open_connections() == 0);
}

TEST_CASE("large messages both ways over TLS", "[net][tls]") {
  fixture f;
  const auto as = f.identity(f.authority.issue(std::vector<std::string>(1, "localhost")));
  const std::string large(3'000'000, 'y');
  net::transport transport{f.on.executor(), net::make_tcp_connector(f.on.executor()), {}};
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.accept(*as)).value();
    co_await client.request();
    co_await client.body(large.size());
    co_await client.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
    co_await client.send(large);
    co_await client.gone();
    co_return success();
  };
  const auto to = f.server.destination("localhost", f.tls());
  auto ask = [&]() -> task<std::string> {
    auto answer = co_await ask_for(transport, to, f.watch, "POST", large);
    if (!answer) co_return answer.error();
    const auto body = co_await answer.value().read_all(4'000'000);
    if (!body) co_return body.error();
    transport.close();
    co_return std::string{body.value()};
  };
  const auto body = f.on.run(serve(), ask());
  REQUIRE(body);
  CHECK(body.value() == large);
}

TEST_CASE("a server identity needs a certificate and its own key", "[net][tls]") {
  testing::certificate_authority authority;
  const std::vector<std::string> names(1, "localhost");
  const auto one = authority.issue(names);
  const auto other = authority.issue(names);
  CHECK(net::tls_server_context::from_pem(one.cert_pem, one.key_pem));
  CHECK(net::tls_server_context::from_pem(one.cert_pem, other.key_pem).error().code() == errc::invalid_config);
  CHECK(net::tls_server_context::from_pem("nonsense", one.key_pem).error().code() == errc::invalid_config);
  CHECK(net::tls_server_context::from_pem(one.cert_pem, "nonsense").error().code() == errc::invalid_config);
}

TEST_CASE("TLS 1.2 is the least, and buffers are released while a connection is idle", "[net][tls]") {
  const auto context = net::make_ssl_context(TLS_client_method());
  REQUIRE(context);
  CHECK(SSL_CTX_get_min_proto_version(context.get()) == TLS1_2_VERSION);
  CHECK((SSL_CTX_get_mode(context.get()) & SSL_MODE_RELEASE_BUFFERS) != 0);
}

}  // namespace
}  // namespace cohedge::tests
