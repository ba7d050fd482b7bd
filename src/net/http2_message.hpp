#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cohedge::net {

/// What RFC 9113 §8.1 and §8.2 ask of a response beyond the form of its frames: which fields there are and in which
/// order, and as much content as was announced. False from any of these: the response is malformed, and its stream is to
/// be reset.
class http2_message {
 public:
  /// Another response begins; one that has no content whatever its fields say (to HEAD).
  void begin(bool bodiless) noexcept;

  /// A block of fields begins: an interim response, the response, its trailers.
  void begin_block() noexcept { fields_seen_ = false; }
  bool field(std::string_view name, std::string_view value) noexcept;
  bool end_block(bool end_stream) noexcept;
  bool data(std::size_t size) noexcept;
  /// END_STREAM, after its frame's block or data.
  bool end() const noexcept { return head_ && (!length_ || received_ == *length_); }

  /// Of the block that is read, or was read last; 0 until it is known.
  int status() const noexcept { return status_; }

 private:
  bool pseudo_field(std::string_view name, std::string_view value) noexcept;
  bool content_length(std::string_view value) noexcept;

  std::optional<std::uint64_t> length_;  // of the content
  std::uint64_t received_ = 0;
  int status_ = 0;
  bool bodiless_ = false;
  bool head_ = false;         // complete: what follows is content and trailers
  bool fields_seen_ = false;  // in this block, apart from :status
};

}  // namespace cohedge::net
