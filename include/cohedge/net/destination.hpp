#pragma once

#include <cohedge/core/result.hpp>
#include <cohedge/core/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace cohedge::net {

/// Scheme, host and port: whom a credential is bound to (RFC 6454).
class origin {
 public:
  origin(bool with_tls, std::string name_or_address, std::uint16_t at_port)
      : secure{with_tls}, host{std::move(name_or_address)}, port{at_port} {}

  bool secure;
  std::string host;  ///< name or address, without brackets
  std::uint16_t port;

  bool operator==(const origin&) const = default;
};

/// Which HTTP a connection speaks.
enum class http_version : std::uint8_t {
  negotiated,  ///< HTTP/2 where TLS agrees on it (ALPN, RFC 7301), otherwise HTTP/1.1
  http1,       ///< HTTP/1.1 only
  http2,       ///< HTTP/2 only; without TLS by prior knowledge (RFC 9113 §3.3)
};

/// What decides whom TLS trusts and as whom we appear. Verification and host name check are always on; no switch turns
/// them off. Setters chain.
class tls_options {
 public:
  /// PEM file of further authorities beside the system's.
  tls_options& extra_ca_file(std::string path) { return extra_ca_file_ = std::move(path), *this; }
  /// PEM files of a certificate (with those that lead to its authority) and of its key, shown to a server that asks.
  tls_options& client_certificate(std::string chain_file, std::string key_file) {
    client_chain_file_ = std::move(chain_file);
    client_key_file_ = std::move(key_file);
    return *this;
  }
  /// Beside all other checks, the chain must hold a public key with this hash: base64 of the SHA-256 of its
  /// SubjectPublicKeyInfo (as in RFC 7469 §2.4). Several may be given, for the next key; one match is enough.
  tls_options& pin_sha256(std::string base64) { return pins_.push_back(std::move(base64)), *this; }

  const std::string& extra_ca_file() const noexcept { return extra_ca_file_; }
  const std::string& client_chain_file() const noexcept { return client_chain_file_; }
  const std::string& client_key_file() const noexcept { return client_key_file_; }
  const std::vector<std::string>& pins() const noexcept { return pins_; }

  auto identity() const noexcept { return std::tie(extra_ca_file_, client_chain_file_, client_key_file_, pins_); }
  bool operator==(const tls_options&) const = default;

 private:
  std::string extra_ca_file_;
  std::string client_chain_file_;
  std::string client_key_file_;
  std::vector<std::string> pins_;
};

/// A forward proxy that is spoken to in plain HTTP: tunnels by CONNECT for https (RFC 9110 §9.3.6), absolute targets
/// for http.
class proxy {
 public:
  proxy(std::string name_or_address, std::uint16_t at_port) : host_{std::move(name_or_address)}, port_{at_port} {}
  /// "http://user:password@host:port", as in HTTPS_PROXY; the scheme may be missing, the port is then 1080 as curl has
  /// it, or 80 with the scheme. What is no letter or digit of user and password is written %XX.
  /// Errors: invalid_config (TLS to the proxy and SOCKS are not supported), without the credentials in its text.
  static result<proxy> parse(std::string_view url);

  /// For Proxy-Authorization: Basic. Sent to the proxy only.
  proxy& credentials(secret user_and_password) { return credentials_ = std::move(user_and_password), *this; }

  const std::string& host() const noexcept { return host_; }
  std::uint16_t port() const noexcept { return port_; }
  const secret& credentials() const noexcept { return credentials_; }

  auto identity() const noexcept { return std::tie(host_, port_, credentials_); }
  bool operator==(const proxy&) const = default;

 private:
  std::string host_;
  std::uint16_t port_;
  secret credentials_;  // user:password
};

/// Whom a connection talks to, on which way, and as whom: everything that decides whether two requests may share one.
/// Equal destinations share connections, unequal ones never do. Setters chain.
class destination {
 public:
  explicit destination(origin whom) : to_{std::move(whom)} {}

  destination& tls(tls_options how) { return tls_ = std::move(how), *this; }
  destination& version(http_version wanted) { return version_ = wanted, *this; }
  destination& via(proxy between) { return proxy_ = std::move(between), *this; }
  /// A Unix-domain socket instead of TCP; the origin then only names the host for TLS and for the request.
  destination& unix_socket(std::string path) { return unix_socket_ = std::move(path), *this; }

  const origin& to() const noexcept { return to_; }
  const tls_options& tls() const noexcept { return tls_; }
  http_version version() const noexcept { return version_; }
  const std::optional<proxy>& via() const noexcept { return proxy_; }
  const std::string& unix_socket() const noexcept { return unix_socket_; }

  /// A proxy sees nothing but a tunnel's bytes.
  bool tunnelled() const noexcept { return proxy_ && (to_.secure || version_ == http_version::http2); }

  /// All fields, for whoever goes through them one by one.
  auto identity() const noexcept {
    return std::tie(to_.secure, to_.host, to_.port, tls_, version_, proxy_, unix_socket_);
  }
  bool operator==(const destination&) const = default;

 private:
  origin to_;
  tls_options tls_;
  http_version version_ = http_version::negotiated;
  std::optional<proxy> proxy_;
  std::string unix_socket_;
};

}  // namespace cohedge::net
