#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// One event of a server-sent event stream. The views are valid until the next call to the parser, and no longer than
/// the input they came from.
struct sse_event {
  std::string_view type;     ///< the `event` field; "" means message
  std::string_view data;     ///< the `data` lines joined by LF
  std::string_view last_id;  ///< the last `id` seen on the stream, "" if none
};

/// Parses text/event-stream as WHATWG HTML §9.2.6 says, with the deviations that LLM providers need:
///  - a field named `error` (llama.cpp) makes the block an event of type "error" with that field's value as data; the
///    block's `data` lines are then dropped, for an error beats content in the same frame;
///  - a block cut off by the end of the stream is kept and can be asked for (`tail`, `tail_event`);
///  - a CR at the end of a read ends its line at once, and an LF that follows is swallowed;
///  - bytes are passed through as they are: invalid UTF-8 is left for the JSON parser to refuse.
/// Comments are dropped.
///
/// A block that lies in one input whole is handed out without a copy, as views into that input. Where data lines are
/// several or cut over inputs they are collected in a string with at least 64 readable bytes after the data. So: if the
/// input is followed by 64 readable bytes (simdjson's padding), the data is too.
///
/// Errors: `errc::limit_exceeded` (sse_line, sse_event); every later call gives it again.
/// Thread-safety: none, as for `std::string`.
class sse_parser {
 public:
  explicit sse_parser(const limits& bounds = {});

  /// True: an event, and what is left of `input` may hold more. False: `input` is used up.
  result<bool> next(std::string_view& input, sse_event& out);

  /// For whoever knows what to expect: where the data of the next block begins, if all that came before is handed out
  /// and the block is just "data: …", perhaps behind "event: …". Its end is not looked for: `data` is the input from
  /// there on, no more of it than may be one event. Where data without a line end is found there, and `block_end` right
  /// behind it, both may be taken off the input: that is what `next` would have done.
  bool peek(std::string_view input, std::string_view& type, std::string_view& data) const noexcept {
    if (!fresh_) return false;
    type = {};
    if (input.starts_with('e') && !peek_type(input, type)) return false;
    if (!input.starts_with(data_name)) return false;
    data = {input.data() + data_name.size(), std::min(input.size() - data_name.size(), most_data_)};
    return true;
  }
  /// What this stream ends a block of one line with, as far as is known.
  std::string_view block_end() const noexcept { return crlf_ ? "\r\n\r\n" : "\n\n"; }

  /// The last `id` seen on the stream, "" if none.
  std::string_view last_id() const noexcept { return id_; }

  /// At the end of the stream: the data of the unfinished last block, or its last line as it is when that is no
  /// `data` line (a JSON error sent instead of a stream). When the block has several data lines, those that are
  /// complete.
  std::string_view tail() const noexcept;
  /// At the end of the stream: hands out the unfinished block as an event if it has data. At most once.
  bool tail_event(sse_event& out);

  /// The reconnection time the stream asked for, in milliseconds.
  std::optional<std::uint64_t> retry() const noexcept { return retry_; }

 private:
  static constexpr std::string_view data_name{"data: "};

  std::string_view::size_type find_line_end(std::string_view text) noexcept;
  bool skip_start(std::string_view& input);
  bool take_line(std::string_view& input, std::string_view& line, bool& copied);
  bool between_blocks() const noexcept;
  bool peek_type(std::string_view& input, std::string_view& type) const noexcept;
  bool next_block(std::string_view& input, sse_event& out);
  void field(std::string_view line, bool copied);
  void append_data(std::string_view value, bool copied);
  bool dispatch(sse_event& out);
  void keep_block();
  void fail(std::string_view what, std::size_t limit);

  std::size_t line_limit_;
  std::size_t event_limit_;
  std::size_t most_data_;  // of a block of one line, with its end
  std::string line_;       // a line cut over inputs
  std::string data_;       // data of a block cut over inputs or of several lines
  std::string type_;
  std::string id_;
  std::string_view data_view_;  // one data line of the input; only within a call, like type_view_
  std::string_view type_view_;
  std::optional<std::uint64_t> retry_;
  std::optional<error> failure_;
  std::uint8_t bom_ = 0;    // bytes of a byte order mark seen at the start; 3: past it
  bool line_used_ = false;  // line_ holds the line handed out last
  bool skip_lf_ = false;    // the last line ended with CR: an LF may be its second half
  bool bare_cr_ = false;    // this stream ends lines with CR alone
  bool crlf_ = false;       // the last line ended with both
  bool has_data_ = false;
  bool owned_ = false;       // the data is in data_, not in data_view_
  bool type_owned_ = false;  // the same for the type
  bool error_block_ = false;
  bool fresh_ = false;  // between_blocks(), as it was after the last call
};

}  // namespace cohedge::wire
