#pragma once

#include <cohedge/core/result.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace cohedge::net {

/// How a TLS server is, beyond its certificate. Setters chain.
class tls_server_options {
 public:
  /// Offers `h2` beside `http/1.1`, and prefers it (ALPN, RFC 7301).
  tls_server_options& offer_http2() noexcept { return http2_ = true, *this; }
  /// Demands a certificate of every client, by one of these authorities (PEM).
  tls_server_options& client_authority(std::string pem) { return client_authority_ = std::move(pem), *this; }
  /// TLS 1.2 at most, as older servers are.
  tls_server_options& only_tls12() noexcept { return only_tls12_ = true, *this; }

  bool offers_http2() const noexcept { return http2_; }
  const std::string& client_authority() const noexcept { return client_authority_; }
  bool is_only_tls12() const noexcept { return only_tls12_; }

 private:
  bool http2_ = false;
  bool only_tls12_ = false;
  std::string client_authority_;
};

/// A certificate and its private key, for the serving half of TLS: the loopback test server. TLS 1.2 at least; hands out
/// session tickets. Thread-safety: one executor.
class tls_server_context {
 public:
  /// The server's certificate first, then those that lead to an authority. `errc::invalid_config` where a text is not
  /// PEM, or where the key belongs to another certificate.
  static result<std::shared_ptr<tls_server_context>> from_pem(std::string_view cert_chain_pem, std::string_view key_pem,
                                                              const tls_server_options& how = {});

  virtual ~tls_server_context() = default;
  tls_server_context(const tls_server_context&) = delete;
  tls_server_context& operator=(const tls_server_context&) = delete;

 private:
  friend class tls_server_identity;  // src/net/tls_server_identity.hpp: keeps OpenSSL's types out of here
  tls_server_context() = default;
};

}  // namespace cohedge::net
