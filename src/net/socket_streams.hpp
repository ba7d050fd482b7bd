#pragma once

#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/tls_server.hpp>

#include <asio/generic/stream_protocol.hpp>

#include <memory>

namespace cohedge::net {

/// A connected socket of TCP or of the Unix domain; either's own type converts to it.
using stream_socket = asio::generic::stream_protocol::socket;

/// A byte stream over a connected socket, which becomes non-blocking and sends at once (TCP_NODELAY).
std::unique_ptr<byte_stream> make_tcp_stream(stream_socket connected);

/// The server's half of a TLS handshake over a connected socket. Errors: tls_failed, connection_reset,
/// connection_closed; the reason of a cancellation. The socket is closed unless it succeeds.
task<std::unique_ptr<byte_stream>> accept_tls(tls_server_context& identity, stream_socket connected);

}  // namespace cohedge::net
