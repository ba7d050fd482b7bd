#pragma once

#include <cstdint>  // before Asio: without a standard header first, 1.22 does not see how the rest of us allocates

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

namespace cohedge::tests {

/// A port of 127.0.0.1 that nobody else is given while this object lives. It is bound but does not listen, so that a
/// server that sets SO_REUSEADDR, as they all do, can.
class reserved_port {
 public:
  reserved_port() : held_{io_} {
    const asio::ip::tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
    held_.open(any.protocol());
    held_.set_option(asio::socket_base::reuse_address{true});
    held_.bind(any);
  }

  std::uint16_t number() const { return held_.local_endpoint().port(); }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket held_;
};

}  // namespace cohedge::tests
