#include "tls_session_store.hpp"

#include <utility>

namespace cohedge::net {

namespace {

/// These entries never expire by themselves: OpenSSL does not offer a session that is too old.
constexpr time_point any_time{};

bool is_for_one_use(const SSL_SESSION* session) { return SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION; }

}  // namespace

void tls_session_store::put(std::string_view peer, session_pointer session) {
  const std::lock_guard lock{mutex_};
  auto* known = sessions_.get(peer, any_time);
  if (!known) {
    if (!sessions_.put(peer, {}, 0, any_time)) return;
    known = sessions_.get(peer, any_time);
  }
  if (!is_for_one_use(session.get())) known->clear();
  if (known->size() == most_of_one) known->erase(known->begin());
  known->push_back(std::move(session));
}

session_pointer tls_session_store::take(std::string_view peer) {
  const std::lock_guard lock{mutex_};
  session_pointer newest;
  auto* known = sessions_.get(peer, any_time);
  if (!known) return newest;
  while (!known->empty() && !newest) {
    newest = std::move(known->back());
    known->pop_back();
    if (SSL_SESSION_is_resumable(newest.get()) == 0) newest.reset();
  }
  if (newest && !is_for_one_use(newest.get())) {
    SSL_SESSION_up_ref(newest.get());
    known->emplace_back(newest.get());
  }
  if (known->empty()) sessions_.erase(peer);
  return newest;
}

void tls_session_store::forget(std::string_view peer) {
  const std::lock_guard lock{mutex_};
  sessions_.erase(peer);
}

std::size_t tls_session_store::peers() const {
  const std::lock_guard lock{mutex_};
  return sessions_.size();
}

}  // namespace cohedge::net
