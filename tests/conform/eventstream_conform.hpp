#pragma once

#include "conform_result.hpp"

#include <iosfwd>

namespace cohedge::tests {

/// Runs wire::eventstream_parser over cases of public suites of application/vnd.amazon.eventstream, one JSON object a
/// line (fixtures/eventstream_cases.jsonl): one message each, its headers and payload, or that it is refused, whole, cut
/// in every way of `cuttings` and in two at every place. What is accepted is also written again: the same bytes.
conform_result conform_eventstream(std::istream& jsonl);

}  // namespace cohedge::tests
