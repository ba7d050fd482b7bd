#pragma once

#include "replay/expected.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::tests {

/// What came of a replay, per provider and surface.
struct replay_report {
  struct counts {
    int passed = 0;
    int failed = 0;
    int awaiting = 0;  ///< ours, but the dialect is not built yet
    int not_ours = 0;
  };
  std::map<std::pair<std::string, std::string>, counts> rows;
  std::map<std::string, int> awaiting;   ///< dialects that are not built yet, with the exchanges that wait for them
  std::vector<std::string> differences;  ///< the first one of each exchange that failed
  std::vector<std::string> not_ours;     ///< with the reason
  int streams = 0;                       ///< exchanges replayed whose body comes piece by piece
  int runs = 0;                          ///< calls made: bodies are replayed at several cuts

  counts total() const;
};

/// Serves every recorded exchange from the loopback server over a real socket, asks for it through a route (what routes
/// do not have, vectors and lists, from the provider), and compares what comes with what the independent reader finds.
/// Streamed bodies are sent whole, in pieces of 1, 2, 3 and 7 bytes, and at random cuts. `progress` is told after each
/// exchange; `read` says what an exchange must come to.
replay_report replay_over_sockets(const std::vector<recording>& exchanges,
                                  const std::function<void(std::size_t done, std::size_t of)>& progress = {},
                                  expected (*read)(const recording&) = read_independently);

}  // namespace cohedge::tests
