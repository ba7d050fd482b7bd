#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// Cuts a stream of JSON texts, one on each line (application/x-ndjson, as Ollama sends it), into lines. It does not
/// look into them. A line ends with LF or CRLF; empty lines, which some servers send to keep a connection alive, are
/// left out.
///
/// A line that lies whole in one input is handed out without a copy; one that is cut over inputs is collected, with at
/// least 64 readable bytes after it. So: if the input is followed by 64 readable bytes (simdjson's padding), the line
/// is too. Does not allocate once its buffer has grown.
///
/// Errors: `errc::limit_exceeded` (sse_line); every later call gives it again. Thread-safety: none, as for
/// `std::string`.
class ndjson_splitter {
 public:
  explicit ndjson_splitter(const limits& bounds = {}) : line_limit_{bounds.sse_line} {}

  /// True: a line without its end, and what is left of `input` may hold more. False: `input` is used up. The view is
  /// valid until the next call, and no longer than the input.
  result<bool> next(std::string_view& input, std::string_view& line);

  /// At the end of the stream: the last line where it has no end, "" otherwise. With 64 readable bytes after it.
  std::string_view tail();

 private:
  bool take_line(std::string_view& input, std::string_view& line);

  std::size_t line_limit_;
  std::string collected_;  // of a line cut over inputs
  std::optional<error> failure_;
  bool handed_out_ = false;  // what is collected was the last line
};

}  // namespace cohedge::wire
