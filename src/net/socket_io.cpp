#include "socket_io.hpp"

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>

#ifdef __linux__
#include <linux/sockios.h>
#include <sys/ioctl.h>
#endif

namespace cohedge::net {

error socket_error(const std::error_code& failed) {
  // Aborted although the chain goes on: somebody else closed the stream, which only the client does.
  if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor) return errc::closed;
  if (failed == asio::error::eof) return errc::connection_closed;
  return error{errc::connection_reset, failed.message()};
}

void prepare_socket(stream_socket& connected) noexcept {
  std::error_code ignored;
  connected.non_blocking(true, ignored);
  connected.set_option(asio::ip::tcp::no_delay{true}, ignored);
}

bool left_unread([[maybe_unused]] int descriptor) noexcept {
#ifdef SIOCOUTQ
  int unacknowledged = 0;
  return ::ioctl(descriptor, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0;
#else
  return false;
#endif
}

}  // namespace cohedge::net
