#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/testing/fault.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace cohedge::testing {

/// What went through a proxy on one connection.
struct proxied_connection {
  std::size_t from_client = 0;  ///< bytes passed on
  std::size_t from_server = 0;
  bool struck = false;  ///< the fault happened
  bool open = true;     ///< one of the two ways at least
};

/// Stands between a client and a server on the loopback interface, passes bytes both ways, and does one fault to each
/// connection. It knows nothing of what is spoken: HTTP/1.1, HTTP/2 and TLS go through alike. A clean run tells how
/// long an exchange is; then every offset of it can be tried:
///
///     fault_proxy through{io.get_executor(), server.port()};
///     through.on_connection([](std::size_t number) { return number == 0 ? fault{fault_kind::reset, 100} : fault{}; });
///     through.start();                                       // then connect to through.port()
///
/// Destroyed, it closes everything at once; destroy it before its context. Thread-safety: its executor, which must be an
/// `io_context`'s.
class fault_proxy {
 public:
  fault_proxy(asio::any_io_executor executor, std::uint16_t server_port);
  fault_proxy(fault_proxy&&) noexcept;
  fault_proxy& operator=(fault_proxy&&) noexcept;
  ~fault_proxy();

  /// Asked for every connection, counted from 0; without it all go unharmed.
  fault_proxy& on_connection(std::function<fault(std::size_t number)> decides);
  /// The first connection only.
  fault_proxy& first_connection(fault what);

  /// Listens on a free port. Errors: `errc::invalid_config` where there is none.
  result<void> start();
  /// Valid after `start`.
  std::uint16_t port() const noexcept;
  /// In the order in which they came.
  const std::deque<proxied_connection>& connections() const noexcept;
  std::size_t open_connections() const noexcept;

 private:
  class core;
  std::unique_ptr<core> core_;
};

}  // namespace cohedge::testing
