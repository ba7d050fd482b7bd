#pragma once

#include <cohedge/core/result.hpp>

#include <memory>
#include <string_view>

namespace cohedge::net {

/// A certificate and its private key, for the serving half of TLS: the loopback test server. TLS 1.2 at least; offers
/// `http/1.1` by ALPN. Thread-safety: one executor.
class tls_server_context {
 public:
  /// The server's certificate first, then those that lead to an authority. `errc::invalid_config` where a text is not
  /// PEM, or where the key belongs to another certificate.
  static result<std::shared_ptr<tls_server_context>> from_pem(std::string_view cert_chain_pem, std::string_view key_pem);

  virtual ~tls_server_context() = default;
  tls_server_context(const tls_server_context&) = delete;
  tls_server_context& operator=(const tls_server_context&) = delete;

 private:
  friend class tls_server_identity;  // src/net/tls_context.hpp: keeps OpenSSL's types out of here
  tls_server_context() = default;
};

}  // namespace cohedge::net
