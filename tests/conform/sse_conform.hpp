#pragma once

#include "conform_result.hpp"

#include <iosfwd>

namespace cohedge::tests {

/// Runs wire::sse_parser over cases of public event stream suites, one JSON object a line (fixtures/sse_cases.jsonl):
/// events with type, data and id, and the reconnection time, for every way of cutting the input.
conform_result conform_sse(std::istream& jsonl);

}  // namespace cohedge::tests
