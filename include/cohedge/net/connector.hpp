#pragma once

#include <cohedge/net/byte_stream.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace cohedge::net {

/// Whom a connection talks to, and as whom: equal origins may share connections.
class origin {
 public:
  origin(bool with_tls, std::string name_or_address, std::uint16_t at_port)
      : secure{with_tls}, host{std::move(name_or_address)}, port{at_port} {}

  bool secure;
  std::string host;  ///< name or address, without brackets
  std::uint16_t port;

  /// Every field that decides whom we talk to, as one text: the pool's key.
  std::string key() const;
  bool operator==(const origin&) const = default;
};

/// Opens connections. The real one resolves the name, tries the addresses by `stagger` (RFC 8305) and speaks TLS where
/// the origin is secure; a test puts a scripted network in its place.
class connector {
 public:
  virtual ~connector() = default;
  /// Completes with an open stream, TLS handshake included. Errors: name_not_found, connection_refused, connect_failed,
  /// tls_*; the reason of a cancellation.
  virtual task<std::unique_ptr<byte_stream>> connect(const origin& to) = 0;
};

/// What decides whom TLS trusts. Verification and host name check are always on; no switch turns them off.
class tls_options {
 public:
  /// PEM file of further authorities beside the system's.
  tls_options& extra_ca_file(std::string path) { return extra_ca_file_ = std::move(path), *this; }
  const std::string& extra_ca_file() const noexcept { return extra_ca_file_; }

 private:
  std::string extra_ca_file_;
};

/// The real network. An extra CA file that cannot be read makes every secure connect fail with `errc::invalid_config`
/// and the file's name.
std::unique_ptr<connector> make_tcp_connector(const asio::any_io_executor& executor, const tls_options& tls);

}  // namespace cohedge::net
