#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::wire {

/// The type of a header's value; the numbers are those on the wire.
enum class eventstream_type : std::uint8_t { yes, no, int8, int16, int32, int64, bytes, string, timestamp, uuid };

/// One header of a message. The views belong to whoever holds the message.
struct eventstream_header {
  std::string_view name;
  eventstream_type type = eventstream_type::string;
  std::string_view text;    ///< of `bytes`, `string` (UTF-8, not checked) and `uuid` (16 bytes); else ""
  std::int64_t number = 0;  ///< of integers; of `timestamp` in milliseconds since 1970; 1 for `yes`
};

/// One message of an event stream.
struct eventstream_message {
  std::span<const eventstream_header> headers;
  std::string_view payload;
  bool same_headers = false;  ///< as the message before, with the same views

  /// The value of the string header with this name; "" where there is none.
  std::string_view text(std::string_view name) const noexcept;
};

/// The framing of application/vnd.amazon.eventstream as AWS documents it (Amazon Transcribe, "Event stream encoding"):
/// lengths, both CRC-32s, headers of ten types, payload.
///
/// The payload of a message that lies whole in one input is handed out without a copy, as a view into that input; a
/// message that is cut over inputs is collected, with at least 64 readable bytes after the payload. So: if the input is
/// followed by 64 readable bytes (simdjson's padding), the payload is too. Headers are copied, once for all messages in a
/// row that have the same. Does not allocate once its buffers have grown.
///
/// Errors: `errc::malformed_answer` (a checksum that is wrong, lengths and headers that do not add up, a header given
/// twice), `errc::limit_exceeded` (a message beyond `sse_event`, 128 KiB of headers, `header_count`); every later call
/// gives it again. Thread-safety: none, as for `std::string`.
class eventstream_parser {
 public:
  static constexpr std::size_t most_headers = 128 * 1024;  ///< bytes; what AWS's own SDKs allow

  explicit eventstream_parser(const limits& bounds = {})
      : message_limit_{bounds.sse_event}, header_count_limit_{bounds.header_count} {}

  /// True: a message, and what is left of `input` may hold more. False: `input` is used up. The message's views are
  /// valid until the next call, and no longer than the input.
  result<bool> next(std::string_view& input, eventstream_message& out);

  /// At the end of the stream: it was cut off in the middle of a message.
  bool within_message() const noexcept { return !handed_out_ && !collected_.empty(); }

 private:
  std::size_t read_prelude(std::string_view bytes);
  bool collect(std::string_view& input, std::size_t size);
  bool take_message(std::string_view& input, eventstream_message& out);
  bool read_message(std::string_view bytes, eventstream_message& out);
  bool read_headers(std::string_view bytes);
  bool read_value(std::string_view& bytes, eventstream_header& out);
  bool fail(errc code, std::string what);

  std::size_t message_limit_;
  std::size_t header_count_limit_;
  std::string collected_;  // of a message cut over inputs
  std::string header_text_;
  std::vector<eventstream_header> headers_;  // views into header_text_
  std::optional<error> failure_;
  bool any_message_ = false;
  bool same_headers_ = false;
  bool handed_out_ = false;  // what is collected was the last message
};

/// Appends one message to `out`, for servers and tests. Nothing is appended where it cannot be written:
/// `errc::invalid_argument`, for names over 255 bytes, values over 65,535, headers over 128 KiB, a payload over 4 GiB
/// less those, and numbers that do not fit their type.
result<void> append_eventstream(std::string& out, std::span<const eventstream_header> headers,
                                std::string_view payload);

}  // namespace cohedge::wire
