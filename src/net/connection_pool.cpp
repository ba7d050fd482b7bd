#include "connection_pool.hpp"

#include "connection.hpp"

#include <string>

namespace cohedge::net {

connection_pool::place::place(std::shared_ptr<connection_pool> pool, const origin& to, origin_entry& entry) noexcept
    : pool_{std::move(pool)}, to_{&to}, entry_{&entry} {
  ++entry.open;
}

connection_pool::place::~place() {
  if (pool_ && --entry_->open == 0) pool_->origins_.erase(pool_->origins_.find(*to_));
}

connection_pool::connection_pool(const asio::any_io_executor& executor, const limits& bounds)
    : time_{time_of(executor)},
      connections_per_origin_{bounds.connections_per_origin},
      idle_per_origin_{bounds.idle_per_origin} {}

connection_pool::~connection_pool() = default;

result<connection_pool::place> connection_pool::reserve(const origin& to) {
  const auto found = origins_.find(to);
  if (found != origins_.end() && found->second.open >= connections_per_origin_)
    return error{errc::limit_exceeded, error_class::local,
                 "connections_per_origin: " + std::to_string(found->second.open) + " connections to " + to.host +
                     " are in use"};
  auto& [key, entry] = *origins_.try_emplace(to).first;
  return place{shared_from_this(), key, entry};
}

std::unique_ptr<connection> connection_pool::take(const origin& to) {
  const auto found = origins_.find(to);
  if (found == origins_.end() || found->second.idle.empty()) return nullptr;
  const auto now = time_->now();
  const auto too_old = now - idle_limit;
  const auto just_used = now - sure_for;
  auto& idle = found->second.idle;
  std::unique_ptr<connection> candidate;
  while (!idle.empty()) {
    candidate = std::move(idle.back());
    idle.pop_back();
    const auto since = candidate->idle_since();
    if (since > just_used || (since > too_old && candidate->stream().idle_and_open())) return candidate;
    if (idle.empty()) break;  // the last one takes the entry with it
    candidate.reset();
  }
  return nullptr;
}

void connection_pool::give_back(std::unique_ptr<connection> used) noexcept {
  if (closed_ || idle_per_origin_ == 0 || !used->reusable()) return;
  used->rest(time_->now());
  auto& idle = used->where().entry().idle;
  if (idle.size() >= idle_per_origin_) idle.erase(idle.begin());
  idle.push_back(std::move(used));
}

void connection_pool::close() noexcept {
  closed_ = true;
  std::vector<std::unique_ptr<connection>> closing;
  for (auto& [to, entry] : origins_)
    for (auto& idle : std::exchange(entry.idle, {})) closing.push_back(std::move(idle));
}

std::size_t connection_pool::idle() const noexcept {
  std::size_t sum = 0;
  for (const auto& [to, entry] : origins_) sum += entry.idle.size();
  return sum;
}

std::size_t connection_pool::open() const noexcept {
  std::size_t sum = 0;
  for (const auto& [to, entry] : origins_) sum += entry.open;
  return sum;
}

}  // namespace cohedge::net
