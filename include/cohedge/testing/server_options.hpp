#pragma once

#include <cohedge/testing/behaviour.hpp>
#include <cohedge/testing/certificates.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace cohedge::testing {

/// What a server does with a connection before any request.
enum class connection_fate : std::uint8_t {
  serve,
  close,    ///< accepts and closes in order
  reset,    ///< accepts and closes hard
  silence,  ///< accepts and never reads or answers, not even a TLS handshake
};

/// How a loopback server is. Setters chain.
class server_options {
 public:
  /// 0: any free one.
  server_options& port(std::uint16_t number) { return port_ = number, *this; }
  /// TLS with a good certificate for 127.0.0.1, ::1 and localhost, by an authority of its own (`llm_server::ca_pem`).
  server_options& tls() { return tls_ = true, *this; }
  /// TLS with this certificate: expired, for another host, …
  server_options& tls(certificate identity) { return tls_ = true, certificate_ = std::move(identity), *this; }
  /// Over TLS: agrees to HTTP/2 with a client that offers it. Otherwise the client is held to HTTP/1.1.
  server_options& offer_http2() noexcept { return offers_http2_ = true, *this; }
  /// Decides latencies that are drawn and bytes that are random.
  server_options& seed(std::uint64_t number) { return seed_ = number, *this; }
  /// Asked for every request.
  server_options& script(behaviour_script decides) { return script_ = std::move(decides), *this; }
  /// The same for every request. A prepared answer makes the server skip everything else: no parsing, no records.
  server_options& always(behaviour how) { return always_ = std::move(how), *this; }
  /// Asked for every connection, counted from 0.
  server_options& on_connection(std::function<connection_fate(std::size_t)> decides) {
    return on_connection_ = std::move(decides), *this;
  }
  /// Requests without `Authorization: Bearer <key>` get 401, but for health.
  server_options& require_key(std::string key) { return key_ = std::move(key), *this; }
  /// HTTP/2 is spoken to whoever begins with it; so many requests at once on a connection.
  server_options& http2_streams(std::uint32_t most) { return http2_streams_ = most, *this; }
  /// How many requests `llm_server::requests` keeps: the first ones.
  server_options& keep_requests(std::size_t most) { return kept_requests_ = most, *this; }

  std::uint16_t port() const noexcept { return port_; }
  bool is_tls() const noexcept { return tls_; }
  const std::optional<certificate>& own_certificate() const noexcept { return certificate_; }
  bool offers_http2() const noexcept { return offers_http2_; }
  std::uint64_t seed() const noexcept { return seed_; }
  const behaviour_script& script() const noexcept { return script_; }
  const behaviour& always() const noexcept { return always_; }
  const std::function<connection_fate(std::size_t)>& on_connection() const noexcept { return on_connection_; }
  const std::string& required_key() const noexcept { return key_; }
  std::uint32_t http2_streams() const noexcept { return http2_streams_; }
  std::size_t kept_requests() const noexcept { return kept_requests_; }

 private:
  std::uint16_t port_ = 0;
  bool tls_ = false;
  bool offers_http2_ = false;
  std::optional<certificate> certificate_;
  std::uint64_t seed_ = 1;
  behaviour_script script_;
  behaviour always_;
  std::function<connection_fate(std::size_t)> on_connection_;
  std::string key_;
  std::uint32_t http2_streams_ = 1000;
  std::size_t kept_requests_ = 1000;
};

}  // namespace cohedge::testing
