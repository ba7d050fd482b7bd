#pragma once

#include <string>
#include <vector>

namespace cohedge::tests {

/// What a run over a public suite gave. A case passes when every way of cutting its input gives what is expected.
struct conform_result {
  int passed = 0;
  int skipped = 0;                       ///< lines that hold no case we can read
  std::vector<std::string> failures;     ///< one line for each failed case: name and what came instead
  std::vector<std::string> differences;  ///< cases where we differ from the suite on purpose: name and why
  std::vector<std::string> not_ours;     ///< cases about something that this parser does not do: name and what
};

}  // namespace cohedge::tests
