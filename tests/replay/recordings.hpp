#pragma once

#include "catch.hpp"
#include "replay/recording.hpp"
#include "shared.hpp"

namespace cohedge::tests {

/// All recordings. None where ../shared is absent: the test says that it was skipped, and shall return.
inline std::vector<recording> recordings() {
  const auto path = shared("fixtures/golden.jsonl.gz");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return {};
  }
  auto all = load(*path);
  REQUIRE(all.size() == 428);
  return all;
}

}  // namespace cohedge::tests
