#include "route_backend.hpp"

namespace cohedge {

route::route(std::string name) : backend_{std::make_shared<route_backend>(std::move(name))} {}

route& route::fallback(std::vector<provider> candidates) {
  backend_->candidates = std::move(candidates);
  backend_->kind = strategy::fallback;
  backend_->patience = plan::never;
  return *this;
}

route& route::race(std::vector<provider> candidates) {
  backend_->candidates = std::move(candidates);
  backend_->kind = strategy::race;
  backend_->patience = duration::zero();
  return *this;
}

route& route::hedge(std::vector<provider> candidates, duration delay) {
  backend_->candidates = std::move(candidates);
  backend_->kind = strategy::hedge;
  backend_->patience = delay;
  return *this;
}

route& route::split(std::vector<split_arm> arms) {
  backend_->candidates.clear();
  backend_->arms = plan::split{name()};
  for (auto& arm : arms) {
    backend_->candidates.push_back(arm.served_by());
    backend_->arms.arm(arm.name(), arm.weight());
  }
  backend_->is_split = true;
  backend_->kind = strategy::fallback;
  backend_->patience = plan::never;
  return *this;
}

route& route::deadline(duration longest) {
  backend_->deadline = longest;
  return *this;
}
route& route::retry(plan::retry_options options) {
  backend_->retry = options;
  return *this;
}
route& route::retries(int most) {
  backend_->retry.retries(most);
  return *this;
}
route& route::attempts(std::size_t most) {
  backend_->attempts = most;
  return *this;
}
route& route::fall_over(plan::fall_over allowed) {
  backend_->fall_over = allowed;
  return *this;
}
route& route::cache(std::size_t entries, std::size_t bytes, duration time_to_live) {
  backend_->cache.emplace(entries, bytes, time_to_live);
  return *this;
}

const std::string& route::name() const noexcept { return backend_->name(); }

task<completion> route::complete(chat_request ask) const { return provider{backend_}.complete(std::move(ask)); }
task<completion_stream> route::stream(chat_request ask) const { return provider{backend_}.stream(std::move(ask)); }
task<void> route::check() const { return provider{backend_}.check(); }

route::operator provider() const { return provider{backend_}; }

}  // namespace cohedge
