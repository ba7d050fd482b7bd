#pragma once

#include <cohedge/async/task.hpp>

#include <asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace cohedge::net {

/// The addresses of a host in the order to try them (RFC 8305 §4): as the system sorts them, families taking turns.
/// An address as text is answered at once. Errors: name_not_found; the reason of a cancellation, at once even while
/// the system's resolver cannot be interrupted.
task<std::vector<asio::ip::tcp::endpoint>> resolve(const std::string& host, std::uint16_t port);

/// The same addresses with the two families taking turns, beginning with the first one's.
std::vector<asio::ip::tcp::endpoint> take_turns(const std::vector<asio::ip::tcp::endpoint>& sorted);

}  // namespace cohedge::net
