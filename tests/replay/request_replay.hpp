#pragma once

#include "replay/recording.hpp"

#include <map>
#include <string>
#include <vector>

namespace cohedge::tests {

/// What came of encoding the recorded requests anew.
struct request_report {
  struct counts {
    int same = 0;    ///< equal to what was recorded
    int differ = 0;  ///< for a listed reason
    int failed = 0;
    int awaiting = 0;  ///< no dialect or no reader of requests yet
  };
  std::map<std::string, counts> rows;                   ///< by surface of the recordings
  std::map<std::string, std::vector<std::string>> why;  ///< reason -> exchanges that differ for it
  std::vector<std::string> failures;                    ///< the first difference of each

  counts total() const;
};

/// Reads every recorded chat request into a `chat_request`, has our dialect encode that, and compares the bodies member
/// by member; then reads ours again, which must give the same `chat_request`.
request_report replay_requests(const std::vector<recording>& exchanges);

}  // namespace cohedge::tests
