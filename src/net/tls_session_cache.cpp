#include "tls_session_cache.hpp"

#include <algorithm>

namespace cohedge::net {

result<std::shared_ptr<const tls_client_context>> tls_session_cache::context(const tls_options& how) {
  const std::lock_guard lock{mutex_};  // also while files are read: all others would only read the same ones
  const auto known = std::ranges::find(contexts_, how, &known_context::first);
  if (known != contexts_.end()) {
    std::rotate(known, known + 1, contexts_.end());
    return contexts_.back().second;
  }
  auto made = tls_client_context::make(how, most_sessions_);
  if (!made) return std::move(made).error();
  if (contexts_.size() == most_contexts) contexts_.erase(contexts_.begin());
  contexts_.emplace_back(how, std::move(made).value());
  return contexts_.back().second;
}

std::shared_ptr<tls_session_cache> make_tls_session_cache(const limits& bounds) {
  return std::make_shared<tls_session_cache>(bounds.tls_sessions);
}

}  // namespace cohedge::net
