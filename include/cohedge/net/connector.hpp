#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/destination.hpp>

#include <memory>

namespace cohedge::net {

/// Opens connections. The real one resolves the name, tries the addresses by `stagger` (RFC 8305), goes through a
/// proxy where there is one, and speaks TLS where the origin is secure; a test puts a scripted network in its place.
class connector {
 public:
  virtual ~connector() = default;
  /// Completes with an open stream, TLS handshake included; `byte_stream::protocol` tells what ALPN has chosen.
  /// `to` must stay alive until completion. Errors: name_not_found, connection_refused, connect_failed (of class
  /// credential where a proxy wants another one), tls_*, invalid_config (a certificate file that cannot be read, a path
  /// that is too long); the reason of a cancellation.
  virtual task<std::unique_ptr<byte_stream>> connect(const destination& to) = 0;
};

/// What the clients of several threads may share: TLS sessions to be resumed, and the authorities that were read.
/// Thread-safe.
class tls_session_cache;
/// `bounds.tls_sessions` is what counts, whatever the clients' own limits say.
std::shared_ptr<tls_session_cache> make_tls_session_cache(const limits& bounds = {});

/// The real network. Connectors with the same `sessions` resume each other's TLS sessions; without any it has its own.
std::unique_ptr<connector> make_tcp_connector(const asio::any_io_executor& executor,
                                              std::shared_ptr<tls_session_cache> sessions = {},
                                              const limits& bounds = {});

}  // namespace cohedge::net
