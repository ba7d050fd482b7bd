#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace cohedge::testing {

/// What a server has seen so far. Every request is in exactly one of open, finished, aborted and cut.
struct server_counters {
  std::size_t requests = 0;
  std::size_t open = 0;      ///< being answered
  std::size_t finished = 0;  ///< answered to the end
  std::size_t aborted = 0;   ///< the client closed before the answer's end
  std::size_t cut = 0;       ///< the script closed it early, or the server was stopped
  std::size_t bad_requests = 0;  ///< not HTTP; not among `requests`
  std::size_t connections = 0;
  std::size_t open_connections = 0;
  std::size_t failed_handshakes = 0;  ///< TLS; not among the open connections any more
  std::map<std::string, std::size_t, std::less<>> per_path;

  std::size_t requests_to(std::string_view path) const {
    const auto found = per_path.find(path);
    return found == per_path.end() ? 0 : found->second;
  }
};

}  // namespace cohedge::testing
