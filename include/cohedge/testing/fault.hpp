#pragma once

#include <cstddef>
#include <cstdint>

namespace cohedge::testing {

/// What can go wrong with the bytes that one side of a connection sends.
enum class fault_kind : std::uint8_t {
  none,
  cut,         ///< both ways are closed in order (FIN)
  reset,       ///< both ways are closed hard (RST)
  half_close,  ///< this way is closed in order, the other goes on
  stall,       ///< not one byte more comes this way, and nothing is closed
  garbage,     ///< one byte is turned into another, and everything goes on
};

const char* to_string(fault_kind) noexcept;

/// One fault of a connection: what, and after how many bytes of which direction. Counted over the whole connection,
/// whatever is spoken over it. Cut, reset, half-close and stall strike as soon as so many bytes have passed, 0 at once;
/// garbage strikes the byte that follows them: all its bits are inverted.
class fault {
 public:
  /// None.
  fault() noexcept = default;
  /// In what the server sends.
  fault(fault_kind what, std::size_t after_bytes) noexcept : kind_{what}, after_{after_bytes} {}
  /// In what the client sends instead.
  fault& from_client() noexcept { return from_client_ = true, *this; }

  fault_kind kind() const noexcept { return kind_; }
  std::size_t after() const noexcept { return after_; }
  bool is_from_client() const noexcept { return from_client_; }

 private:
  fault_kind kind_ = fault_kind::none;
  std::size_t after_ = 0;
  bool from_client_ = false;
};

}  // namespace cohedge::testing
