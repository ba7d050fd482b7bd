#include "socket_io.hpp"

#include <asio/error.hpp>

namespace cohedge::net {

error socket_error(const std::error_code& failed) {
  // Aborted although the chain goes on: somebody else closed the stream, which only the client does.
  if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor) return errc::closed;
  if (failed == asio::error::eof) return errc::connection_closed;
  return error{errc::connection_reset, failed.message()};
}

void prepare_socket(asio::ip::tcp::socket& connected) noexcept {
  std::error_code ignored;
  connected.non_blocking(true, ignored);
  connected.set_option(asio::ip::tcp::no_delay{true}, ignored);
}

}  // namespace cohedge::net
