#pragma once

#include <cohedge/core/result.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>

namespace cohedge::testing {

/// Listens on 127.0.0.1, on any free port where `port` is 0. `errc::invalid_config` where that cannot be.
result<void> listen_on_loopback(asio::ip::tcp::acceptor& acceptor, std::uint16_t port);

/// The next close of this socket is a reset (RST).
void linger_not(int socket) noexcept;

}  // namespace cohedge::testing
