#pragma once

#include "conform_result.hpp"

#include <iosfwd>

namespace cohedge::tests {

/// Runs wire::response_parser over response cases of public HTTP/1.1 suites, one JSON object a line: llhttp's
/// (fixtures/http1_cases.jsonl), or curl's with an exit code. Checked, for every way of cutting the input and as far as
/// the case says: whether the input is refused, the statuses with those of interim responses, the number of complete
/// messages and the joined body; and where curl was told to undo a content coding, that.
///
/// The suites contradict each other and us in places. Where we refuse what a suite accepts for one of the reasons that
/// are listed in the source, and what came before the refusal is right, the case is a difference and not a failure.
///
/// Two things about llhttp's cases: the collection dropped line ends at the end of an input and all line ends in body
/// spans, so up to two CRLF are given after the input where a status or an end is missing, and bodies are compared
/// without CR and LF; and interim responses count as complete messages.
conform_result conform_http1(std::istream& jsonl);

}  // namespace cohedge::tests
