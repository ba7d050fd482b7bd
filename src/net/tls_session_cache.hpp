#pragma once

#include "tls_context.hpp"

#include <cohedge/net/connector.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace cohedge::net {

/// A context for every way of TLS, and in it the sessions that came about in that way. Thread-safe.
class tls_session_cache {
 public:
  /// Whoever asks for more ways than this pays for reading the files again.
  static constexpr std::size_t most_contexts = 32;

  explicit tls_session_cache(std::size_t most_sessions) : most_sessions_{most_sessions} {}

  /// Made where there is none yet. Errors: invalid_config, which are not kept: files can be put right.
  result<std::shared_ptr<const tls_client_context>> context(const tls_options& how);

 private:
  using known_context = std::pair<tls_options, std::shared_ptr<const tls_client_context>>;

  std::size_t most_sessions_;
  std::mutex mutex_;
  std::vector<known_context> contexts_;  // the one that was asked for last comes last
};

}  // namespace cohedge::net
