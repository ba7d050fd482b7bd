#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// What every client of HTTP/2 says first (RFC 9113 §3.4).
inline constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// RFC 9113 §6.
enum class http2_type : std::uint8_t {
  data, headers, priority, rst_stream, settings, push_promise, ping, goaway, window_update, continuation
};

/// RFC 9113 §6; what a bit means depends on the frame's type.
namespace http2_flag {
inline constexpr std::uint8_t end_stream = 0x01, ack = 0x01, end_headers = 0x04, padded = 0x08, priority = 0x20;
}

/// RFC 9113 §6.5.2.
enum class http2_setting : std::uint16_t {
  header_table_size = 1, enable_push, max_concurrent_streams, initial_window_size, max_frame_size, max_header_list_size
};

/// RFC 9113 §7.
enum class http2_code : std::uint32_t {
  no_error, protocol_error, internal_error, flow_control_error, settings_timeout, stream_closed, frame_size_error,
  refused_stream, cancel, compression_error, connect_error, enhance_your_calm, inadequate_security, http_1_1_required
};
/// As RFC 9113 §7 writes it; "an unknown error" for others. Of static storage.
const char* name_of(http2_code code) noexcept;

/// RFC 9113 §4.1.
struct http2_frame_head {
  static constexpr std::size_t size = 9;  ///< on the wire

  std::uint32_t length = 0;  ///< of the payload; 24 bits
  http2_type type{};
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;  ///< 31 bits

  bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
};

/// Writes `http2_frame_head::size` bytes.
void write_frame_head(char* to, const http2_frame_head& head) noexcept;
void append_frame_head(std::string& out, const http2_frame_head& head);
/// A frame whose payload is one number: RST_STREAM, WINDOW_UPDATE.
void append_frame(std::string& out, http2_type type, std::uint32_t stream, std::uint32_t value);
void append_setting(std::string& out, http2_setting what, std::uint32_t value);

/// Cuts what arrives on a connection into frames. Content (DATA) is given on in the pieces it arrives in, without its
/// padding; every other frame whole, its padding included. Holds at most one frame of 16,384 bytes, the size that nobody
/// exceeds who has not been allowed to (RFC 9113 §4.2). Thread-safety: none.
class http2_frame_reader {
 public:
  static constexpr std::uint32_t most = 16 * 1024;

  enum class step {
    frame,      ///< a whole frame, or a piece of content
    more,       ///< all that was given has been read
    too_large,  ///< a frame of more than `most` bytes: FRAME_SIZE_ERROR
    malformed   ///< padding that is longer than its frame: PROTOCOL_ERROR
  };

  /// Takes from the front of `bytes`; `head()`, `payload()` and the rest then describe what was found. The payload is
  /// valid until the next step, and lies in `bytes` where the frame did so whole.
  step next(std::string_view& bytes);

  const http2_frame_head& head() const noexcept { return head_; }
  std::string_view payload() const noexcept { return payload_; }
  /// This is the beginning of the frame; this is its end. Both, but for content.
  bool begins() const noexcept { return begins_; }
  bool ends() const noexcept { return ends_; }

 private:
  bool read_head(std::string_view& bytes);
  step next_of_data(std::string_view& bytes) noexcept;
  step whole(std::string_view& bytes);
  /// Completes what is held to so many bytes, as far as there are any.
  bool hold(std::string_view& bytes, std::size_t size);

  http2_frame_head head_;
  std::string_view payload_;
  std::string held_;          // the part of a head or of a frame that has come
  std::uint32_t left_ = 0;    // of the content, padding included
  std::uint32_t padding_ = 0; // the last ones of these
  bool padding_unknown_ = false;
  bool in_frame_ = false;     // its head has been read
  bool fresh_ = false;        // and nothing of it has been given on
  bool begins_ = false, ends_ = false;
};

}  // namespace cohedge::wire
