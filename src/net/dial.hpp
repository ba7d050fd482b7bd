#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/net/connector.hpp>

#include <asio/ip/tcp.hpp>

#include <vector>

namespace cohedge::net {

/// Connects to whichever of a host's addresses answers first: the next one is tried after 250 ms, or at once where one
/// fails (RFC 8305 §5). Errors, of the attempt that ended last: connection_refused, connect_timeout, connect_failed; the
/// reason of a cancellation. Both arguments must stay alive until completion.
task<asio::ip::tcp::socket> dial_first(const origin& to, const std::vector<asio::ip::tcp::endpoint>& addresses);

}  // namespace cohedge::net
