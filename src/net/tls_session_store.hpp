#pragma once

#include "openssl.hpp"

#include <cohedge/plan/lru.hpp>

#include <cstddef>
#include <mutex>
#include <string_view>
#include <vector>

namespace cohedge::net {

/// TLS sessions that may be resumed, by whom they are with. Keeps those of so many peers, the latest ones used.
/// Thread-safe.
class tls_session_store {
 public:
  /// Of one peer: so many connections to it can be opened at once without a whole handshake.
  static constexpr std::size_t most_of_one = 8;

  explicit tls_session_store(std::size_t most_peers) : sessions_{most_peers} {}

  void put(std::string_view peer, session_pointer session);
  /// The newest session, or null. One of TLS 1.3 is given out once: used twice it would let an observer tell that two
  /// connections have the same client (RFC 8446 §C.4). An older one stays until a newer one takes its place.
  session_pointer take(std::string_view peer);
  /// What is there may be the reason why no connection came about.
  void forget(std::string_view peer);
  std::size_t peers() const;

 private:
  mutable std::mutex mutex_;
  plan::lru<std::vector<session_pointer>> sessions_;  // of each peer, the newest one last
};

}  // namespace cohedge::net
