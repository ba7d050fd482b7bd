#include "loopback.hpp"
#include "temporary_file.hpp"

#include <cohedge/testing/certificates.hpp>

namespace cohedge::tests {
namespace {

using net::http_version;

TEST_CASE("ALPN chooses among what both sides speak", "[net][tls]") {
  loop on;
  listener server{on};
  testing::certificate_authority authority;
  const temporary_file trusted{authority.ca_pem()};
  const auto made = authority.issue({"localhost"});

  struct row {
    bool server_speaks_http2;
    http_version wanted;
    std::string_view chosen;
  };
  const auto expected = GENERATE(row{true, http_version::negotiated, "h2"}, row{true, http_version::http1, "http/1.1"},
                                 row{true, http_version::http2, "h2"}, row{false, http_version::negotiated, "http/1.1"},
                                 row{false, http_version::http1, "http/1.1"}, row{false, http_version::http2, ""});
  net::tls_server_options how;
  if (expected.server_speaks_http2) how.offer_http2();
  const auto identity = net::tls_server_context::from_pem(made.cert_pem, made.key_pem, how).value();
  auto to = server.destination("localhost", net::tls_options{}.extra_ca_file(trusted.path()));
  to.version(expected.wanted);

  auto serve = [&]() -> task<void> {
    auto socket = (co_await server.accept_socket()).value();
    auto stream = co_await net::accept_tls(*identity, std::move(socket));
    CHECK(stream.value()->protocol() == expected.chosen);
    co_return success();
  };
  const auto opener = net::make_tcp_connector(on.executor(), {});
  const auto stream = on.run(serve(), opener->connect(to));
  CHECK(stream.value()->protocol() == expected.chosen);
}

TEST_CASE("without TLS no protocol was chosen", "[net]") {
  loop on;
  listener server{on};
  const auto to = server.destination();
  const auto opener = net::make_tcp_connector(on.executor(), {});
  auto serve = [&]() -> task<void> {
    auto client = co_await server.accept();
    CHECK(client.value().stream().protocol().empty());
    co_return success();
  };
  const auto stream = on.run(serve(), opener->connect(to));
  CHECK(stream.value()->protocol().empty());
}

}  // namespace
}  // namespace cohedge::tests
