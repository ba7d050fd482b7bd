#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::wire {

/// What a parser found. Failures come as the error of the result.
enum class http1_step : std::uint8_t {
  need_more,  ///< the input is used up; give more, or `finish()` if the peer closed
  head,       ///< start line and headers are complete and readable
  body,       ///< `body()` is the next piece of the body
  end,        ///< the message is complete; what is left of the input is not part of it
};

/// The half of HTTP/1.1 (RFC 9112) that responses and requests share: headers, framing, body. Strict: lines end with
/// CRLF, a bare CR or LF, a folded header line, white space before a colon, a control character or a length that is
/// not plain digits is a protocol error; what a lenient parser lets through is what attackers use to make two parsers
/// disagree. Never copies the body; copies each header line once. Does not allocate once its buffers have grown.
///
/// Errors: `errc::protocol_error` (the detail says what and where), `errc::limit_exceeded` (header_block, header_line,
/// header_count, chunk_extension, trailer_block, interim_responses, body), `errc::connection_closed` from `finish()`.
/// After an error every call gives that error's code again until `begin()`; the connection must be closed.
/// Thread-safety: none, as for `std::string`.
class http1_parser {
 public:
  /// Consumes from the front of `input`. Call again with what is left until it says `need_more` (the input is then
  /// empty) or `end`; `end` may come from an empty input, and is repeated until the next `begin()`.
  result<http1_step> next(std::string_view& input);
  /// Where a chunk is due and lies whole in the input, as it nearly always does: what `next` would do, with less ado;
  /// `body()` is its data. False: call `next`.
  bool take_chunk(std::string_view& input) noexcept;
  /// The peer closed. `end` for a body that lasts until then, or a message that was complete already.
  result<http1_step> finish();

  /// The header fields; from `head` until the next `begin()`.
  const header_block& headers() const noexcept { return headers_; }
  /// Nobody will look at the header fields again: their memory is free before the next `begin()`.
  void drop_headers() noexcept { headers_ = {}; }
  /// The piece of the body that `body` announced: a view into the input of that call.
  std::string_view body() const noexcept { return body_; }
  /// The x of HTTP/1.x.
  int minor_version() const noexcept { return minor_version_; }
  /// After `end`: whether the connection may carry another exchange. False too where the framing was dubious (both
  /// Transfer-Encoding and Content-Length; Transfer-Encoding in HTTP/1.0).
  bool keep_alive() const noexcept { return state_ == state::done && persistent_; }
  /// The body lasts until the peer closes.
  bool close_delimited() const noexcept { return state_ == state::until_close || closed_; }
  /// Content-Length, unless Transfer-Encoding overrules it.
  std::optional<std::uint64_t> content_length() const noexcept;
  /// At least one byte of this message was seen: decides whether a request may be sent again on another connection.
  bool started() const noexcept { return started_; }

 protected:
  enum class role : std::uint8_t { response, request };

  http1_parser(role what, const limits& bounds) : limits_{bounds}, role_{what} {}
  ~http1_parser() = default;
  http1_parser(const http1_parser&) = default;
  http1_parser(http1_parser&&) = default;
  http1_parser& operator=(const http1_parser&) = default;
  http1_parser& operator=(http1_parser&&) = default;

  void reset();

  bool bodiless_method_ = false;  // the request was HEAD
  bool connect_method_ = false;   // the request was CONNECT
  int status_ = 0;
  std::vector<std::uint16_t> interim_;
  std::string start_line_;  // request: method and target
  std::size_t method_size_ = 0;
  std::size_t target_size_ = 0;

 private:
  enum class state : std::uint8_t {
    start_line,
    fields,
    no_body,
    fixed,
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
    until_close,
    done,
    failed,
  };
  enum class take : std::uint8_t { line, more, failed };

  take take_line(std::string_view& input, std::string_view& line, std::size_t limit);
  bool plausible_start() const noexcept;
  result<http1_step> read_head(std::string_view& input);
  void take_usual_status(std::string_view& input) noexcept;
  bool parse_start_line(std::string_view line);
  bool parse_status_line(std::string_view line);
  bool parse_request_line(std::string_view line);
  bool parse_version(std::string_view text);
  bool split_field(std::string_view line, header& out);
  bool note_field(const header& field);
  bool parse_field(std::string_view line);
  bool read_plain_fields(std::string_view& input);
  bool note_content_length(std::string_view value);
  bool note_transfer_encoding(std::string_view value);
  void note_connection(std::string_view value) noexcept;
  result<http1_step> head_complete();
  bool decide_framing();
  bool expect_length(std::uint64_t length);
  result<http1_step> read_fixed(std::string_view& input);
  result<http1_step> read_chunked(std::string_view& input);
  bool read_chunk_size(std::string_view& input);
  bool parse_chunk_line(std::string_view line);
  bool read_chunk_end(std::string_view& input);
  bool read_trailers(std::string_view& input);
  result<http1_step> read_until_close(std::string_view& input);
  std::string where() const;
  bool fail(errc code, std::string_view what);
  bool exceed(std::size_t limit, std::string_view what);
  error failure();

  limits limits_;
  header_block headers_;
  std::string_view body_;
  std::string pending_;  // a line cut over reads
  std::optional<error> error_;
  std::uint64_t remaining_ = 0;  // bytes left of the body or of the chunk
  std::uint64_t body_size_ = 0;  // bytes of the body announced so far
  std::uint64_t length_ = 0;     // Content-Length
  std::size_t block_size_ = 0;   // bytes of the header block, then of the trailer block
  int minor_version_ = 1;
  role role_;
  state state_ = state::start_line;
  bool pending_used_ = false;  // pending_ holds the line handed out last
  bool started_ = false;
  bool blank_seen_ = false;  // one empty line before the start line is forgiven
  bool has_length_ = false;
  bool has_encoding_ = false;
  bool chunked_last_ = false;
  bool other_coding_ = false;
  bool close_token_ = false;
  bool keep_alive_token_ = false;
  bool persistent_ = false;
  bool closed_ = false;
};

/// Reads responses, one after the other, from one connection; reused for every message. Interim responses (1xx but
/// 101) are skipped; 101 is refused, for cohedge never asks to upgrade. To a CONNECT any 2xx ends with its head.
class response_parser : public http1_parser {
 public:
  explicit response_parser(const limits& bounds = {}) : http1_parser{role::response, bounds} {}
  /// Prepares for the next response; the method decides whether a body can follow.
  void begin(std::string_view request_method);
  int status() const noexcept { return status_; }
  /// Statuses of the interim responses skipped since `begin()`.
  std::span<const std::uint16_t> interim() const noexcept { return interim_; }
};

/// Reads requests (for the loopback test server). Stricter than for responses where RFC 9112 §6.3 says so: a request
/// with both Transfer-Encoding and Content-Length, or whose last transfer coding is not chunked, is refused.
class request_parser : public http1_parser {
 public:
  explicit request_parser(const limits& bounds = {}) : http1_parser{role::request, bounds} {}
  void begin() { reset(); }
  std::string_view method() const noexcept { return std::string_view{start_line_}.substr(0, method_size_); }
  std::string_view target() const noexcept {
    return method_size_ == 0 ? std::string_view{}
                             : std::string_view{start_line_}.substr(method_size_ + 1, target_size_);
  }
};

/// Whether this can stand in a request line: not empty, no spaces, controls or non-ASCII bytes.
bool valid_request_target(std::string_view target) noexcept;

/// Appends a request line and headers, ending with the empty line. Writes Content-Length where it is given and no
/// framing otherwise. Nothing is appended on failure: `errc::invalid_argument` for a method or name that is not a
/// token, for spaces, controls or non-ASCII bytes in the target, for CR, LF, NUL or other controls in a value, and for
/// framing fields (Content-Length, Transfer-Encoding) among `fields`. The detail never holds a value: it may be a
/// secret.
result<void> write_request_head(std::string& out, std::string_view method, std::string_view target,
                                std::span<const header> fields, std::optional<std::size_t> content_length);
/// The same for a response of HTTP/1.1; without a length the body is chunked (none follows 1xx, 204 and 304).
result<void> write_response_head(std::string& out, int status, std::span<const header> fields,
                                 std::optional<std::size_t> content_length);
/// Appends one chunk of a chunked body. Empty data appends nothing, for an empty chunk would end the body.
void write_chunk(std::string& out, std::string_view data);
/// Appends the chunk that ends a chunked body.
void write_last_chunk(std::string& out);
/// The usual reason phrase of a status, "Unknown" where there is none.
std::string_view reason_phrase(int status) noexcept;

}  // namespace cohedge::wire
