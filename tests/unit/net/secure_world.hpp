#pragma once

#include "loopback.hpp"
#include "temporary_file.hpp"

#include <cohedge/testing/certificates.hpp>

#include "../../../src/net/tls_stream.hpp"

#include <utility>

namespace cohedge::tests {

/// TLS over loopback, with an authority that the client trusts.
class secure_world {
 public:
  loop on;
  listener server{on};
  testing::certificate_authority authority;
  temporary_file trusted{authority.ca_pem()};
  testing::certificate shown = authority.issue({"localhost", "127.0.0.1"});

  net::tls_options tls() const { return net::tls_options{}.extra_ca_file(trusted.path()); }
  net::destination to(std::string host = "localhost") const { return server.destination(std::move(host), tls()); }
  std::shared_ptr<net::tls_server_context> identity(const net::tls_server_options& how = {}) const {
    return net::tls_server_context::from_pem(shown.cert_pem, shown.key_pem, how).value();
  }

  /// One connection on which a byte comes from the server: with it come the tickets of TLS 1.3.
  /// Gives whether it has resumed a session.
  result<bool> connect(net::connector& opener, const net::destination& whom, net::tls_server_context& as,
                       listener& at) {
    auto serve = [&]() -> task<void> {
      auto socket = (co_await at.accept_socket()).value();
      auto stream = co_await net::accept_tls(as, std::move(socket));
      if (!stream) co_return success();  // the client refused us
      co_await net::write_all(*stream.value(), "x");
      char byte[1];
      co_await net::read_some{*stream.value(), byte};
      co_return success();
    };
    auto ask = [&]() -> task<bool> {
      auto stream = co_await opener.connect(whom);
      if (!stream) co_return stream.error();
      char byte[1];
      const auto got = co_await net::read_some{*stream.value(), byte};
      if (!got) co_return got.error();
      co_return static_cast<const net::tls_stream&>(*stream.value()).resumed();
    };
    return on.run(serve(), ask());
  }
  result<bool> connect(net::connector& opener, const net::destination& whom, net::tls_server_context& as) {
    return connect(opener, whom, as, server);
  }
};

}  // namespace cohedge::tests
