#pragma once

#include "socket_streams.hpp"

#include <cohedge/net/destination.hpp>

#include <asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace cohedge::net {

/// Connects to whichever of a host's addresses answers first: the next one is tried after 250 ms, or at once where one
/// fails (RFC 8305 §5). Errors, of the attempt that ended last: connection_refused, connect_timeout, connect_failed; the
/// reason of a cancellation. Both arguments must stay alive until completion.
task<asio::ip::tcp::socket> dial_first(const origin& to, const std::vector<asio::ip::tcp::endpoint>& addresses);

/// Connects to a Unix-domain socket. Errors: invalid_config (the path is too long), connection_refused (nobody listens),
/// connect_failed (no such file, no permission, more waiting than the server's queue takes); the reason of a
/// cancellation. `path` must stay alive until completion.
task<stream_socket> dial_unix(const std::string& path);

}  // namespace cohedge::net
