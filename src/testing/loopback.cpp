#include "loopback.hpp"

#include <string>

#include <sys/socket.h>

namespace cohedge::testing {

result<void> listen_on_loopback(asio::ip::tcp::acceptor& acceptor, std::uint16_t port) {
  const asio::ip::tcp::endpoint here{asio::ip::address_v4::loopback(), port};
  std::error_code failed;
  acceptor.open(here.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address{true}, failed);
  if (!failed) acceptor.bind(here, failed);
  if (!failed) acceptor.listen(4096, failed);
  if (!failed) return success();
  std::error_code ignored;
  acceptor.close(ignored);
  return error{errc::invalid_config, "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + failed.message()};
}

void linger_not(int socket) noexcept {
  const ::linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace cohedge::testing
