#pragma once

#include <cohedge/net/connector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace cohedge::testing {

/// How a call of a network goes wrong.
enum class io_failure : std::uint8_t {
  reset,  ///< connection_reset (a connect: connect_failed)
  close,  ///< a read gives the end, a write connection_closed (a connect: connection_refused)
  hang,   ///< neither success nor failure, until it is cancelled
  shrink, ///< no failure: a read or write of one byte at most
};

const char* to_string(io_failure) noexcept;

/// What has been asked of a network.
struct io_calls {
  std::size_t connects = 0;
  std::size_t reads = 0;
  std::size_t writes = 0;

  std::size_t all() const noexcept { return connects + reads + writes; }
};

/// Another network with one failure in it: connects, reads and writes are counted in the order in which they are made,
/// and the one with a given number goes wrong. A run without a failure tells how many there are; then each of them can
/// be tried:
///
///     failing_network broken{net.connector()};
///     broken.fail(3, io_failure::reset);
///     options.network(broken.connector());
///
/// A stream that was reset or closed stays so; one that hangs does so from then on, in that direction.
/// The connector may outlive this object. Thread-safety: one executor.
class failing_network {
 public:
  explicit failing_network(std::unique_ptr<net::connector> real);
  ~failing_network();
  failing_network(failing_network&&) noexcept;
  failing_network& operator=(failing_network&&) noexcept;

  /// Counted from 0, over the life of this object.
  failing_network& fail(std::size_t number, io_failure how);
  std::unique_ptr<net::connector> connector();

  const io_calls& calls() const noexcept;
  /// The failure has happened.
  bool struck() const noexcept;
  /// Streams that are not destroyed yet.
  std::size_t streams() const noexcept;

  struct state;

 private:
  std::shared_ptr<state> state_;
};

}  // namespace cohedge::testing
