#pragma once

#include <cohedge/core/units.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// What the scripted side does when its bytes are used up.
enum class script_end : std::uint8_t {
  stays_open,  ///< the answer is complete, the connection serves the next request
  closes,      ///< closes in order (FIN)
  resets,      ///< closes hard (RST)
  hangs,       ///< stays open and never sends another byte
};

/// Bytes with the times between them and an end: what one side of a connection does. The loopback server and the
/// scripted network both play it. A value; setters chain.
class byte_script {
 public:
  struct part {
    duration wait;  ///< before these bytes, counted from the part before
    std::string bytes;
  };

  byte_script& send(std::string bytes);
  /// Before the next bytes, or before the end.
  byte_script& wait(duration length) { return pending_wait_ += length, *this; }
  /// What is sent from here on is the body: `cut` counts from here.
  byte_script& body_begins() noexcept { return head_size_ = size(), *this; }
  byte_script& end(script_end how) noexcept { return end_ = how, *this; }

  /// Drops what follows the first `body_bytes` of the body and ends there.
  byte_script& cut(std::size_t body_bytes, script_end how);
  /// The same, counted from the very first byte.
  byte_script& cut_message(std::size_t bytes, script_end how);
  /// Sends no more than `size` bytes at a time, `every` apart.
  byte_script& in_pieces(std::size_t size, duration every = {});
  /// Pieces of 1 to `most` bytes, from a seed.
  byte_script& in_random_pieces(std::uint64_t seed, std::size_t most = 64);

  const std::vector<part>& parts() const noexcept { return parts_; }
  /// Between the last bytes and the end.
  duration wait_before_end() const noexcept { return pending_wait_; }
  script_end how_it_ends() const noexcept { return end_; }
  /// All bytes together.
  std::size_t size() const noexcept;
  std::string text() const;

 private:
  std::vector<part> parts_;
  duration pending_wait_{};
  std::size_t head_size_ = 0;
  script_end end_ = script_end::stays_open;
};

}  // namespace cohedge::testing
