#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cohedge::dialect {

/// What an error body says, whichever of the recorded shapes it has (reference: docs/errors.md).
struct error_body {
  std::string message;             ///< one line, at most 1,000 bytes; for a page or plain text a summary
  std::vector<std::string> codes;  ///< words for the kind of error, the most specific first
  std::string number;              ///< a code that is a number, as text
  std::string more;                ///< what an upstream provider said (OpenRouter's metadata.raw)
  std::string request_id;
  int status = 0;                  ///< HTTP-like status that the body itself names, or 0
};

/// Reads an error body. Never fails: what is no JSON counts as text.
error_body read_error_body(std::string_view body);

/// Text of a peer made fit for one line of a log: control characters and runs of white space become one space, and
/// what is longer than `most` bytes is cut at a character.
std::string one_line(std::string_view text, std::size_t most = 1000);

}  // namespace cohedge::dialect
