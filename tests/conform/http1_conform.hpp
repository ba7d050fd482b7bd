#pragma once

#include "conform_result.hpp"

#include <iosfwd>

namespace cohedge::tests {

/// Runs wire::response_parser over response cases of public HTTP/1.1 suites, one JSON object a line
/// (fixtures/http1_cases.jsonl; llhttp's, and curl's with an exit code): whether the input is accepted, the statuses
/// with those of interim responses, the number of complete messages and the joined body, for every way of cutting the
/// input.
///
/// Two things about llhttp's cases: the collection dropped line ends at the end of an input and all line ends in body
/// spans, so up to two CRLF are given after the input where a status or an end is missing, and bodies are compared
/// without CR and LF; and interim responses count as complete messages.
conform_result conform_http1(std::istream& jsonl);

}  // namespace cohedge::tests
