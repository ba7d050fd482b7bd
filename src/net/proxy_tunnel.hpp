#pragma once

#include "socket_streams.hpp"

#include <cohedge/core/limits.hpp>
#include <cohedge/net/destination.hpp>

#include <string>

namespace cohedge::net {

/// The value of Proxy-Authorization (RFC 7617). Overwrite it after use.
std::string basic_credential(const proxy& to);

/// Has the proxy at the other end of `over` open a tunnel to `to` (CONNECT, RFC 9110 §9.3.6). Takes no byte of what comes
/// after the proxy's answer. `over` and `to` must stay alive until completion.
/// Errors, all of class connect but the first: connect_failed of class credential (407: the proxy wants another one);
/// connect_failed with the status of any other refusal; connection_closed, connection_reset, protocol_error,
/// limit_exceeded; the reason of a cancellation.
task<void> open_tunnel(stream_socket& over, const destination& to, const limits& bounds);

}  // namespace cohedge::net
