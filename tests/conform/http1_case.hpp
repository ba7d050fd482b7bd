#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cohedge::tests {

/// One case of a public HTTP/1.1 suite: what a server sends on one connection, and what must come of it. What a case
/// does not say is not checked.
struct http1_case {
  std::string name;
  std::string input;
  std::string method = "GET";                ///< of every request that is answered
  bool closes = false;                       ///< the server closes after the input
  bool first_only = false;                   ///< only the first final response counts; what follows it is nobody's
  bool decodes = false;                      ///< the content coding is to be undone
  std::string not_ours;                      ///< why this parser has no say in the case; empty: it has
  std::optional<bool> refused;               ///< whether the input is refused
  std::optional<std::vector<int>> statuses;  ///< with those of interim responses
  std::optional<int> complete;               ///< number of complete messages, interim ones too
  std::optional<std::string> body;           ///< of all messages, without CR and LF
  std::vector<std::size_t> sizes;            ///< a cutting of the suite's own
};

/// Reads a case of llhttp's form (mode, outcome, statuses, messages_complete, body_spans) or of curl's (exit_code and,
/// where there, curl's command line; "swsclose" in the input: the server closes). Nothing where it is neither.
std::optional<http1_case> read_http1_case(simdjson::dom::element row);

std::string without_line_ends(std::string text);

}  // namespace cohedge::tests
