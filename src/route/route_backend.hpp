#pragma once

#include "response_cache.hpp"

#include <cohedge/core/frame.hpp>
#include <cohedge/async/stagger.hpp>
#include <cohedge/plan/split.hpp>
#include <cohedge/route/route.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cohedge {

enum class strategy : std::uint8_t { fallback, race, hedge };

/// What is known of one candidate during a call.
struct standing {
  std::size_t candidate = 0;
  int retries = 0;
  std::optional<error> failure;
};
using standings = std::vector<standing, frame_allocator<standing>>;

/// What a route is made of; `route` fills it in.
class route_backend final : public backend {
 public:
  explicit route_backend(std::string called) : name_{std::move(called)}, arms{name_} {}

  const std::string& name() const noexcept override { return name_; }
  task<completion> complete(chat_request ask, call_context context) override;
  task<completion_stream> stream(chat_request ask, call_context context) override;
  task<void> check() override;
  task<void> warm_up() override;
  scope* reaper() noexcept override;
  std::shared_ptr<call_observer> observer() noexcept override;
  std::size_t most_attempts() const noexcept override;

 private:
  std::string name_;

 public:
  std::vector<provider> candidates;
  plan::split arms;
  bool is_split = false;
  strategy kind = strategy::fallback;
  duration patience = plan::never;
  std::optional<duration> deadline;
  plan::retry_options retry;
  plan::fall_over fall_over;
  std::optional<std::size_t> attempts;
  std::optional<response_cache> cache;

 private:
  /// The candidates of one call, in order.
  standings order_for(const chat_request& ask, call_record& record, time_source& time) const;
  task<completion> complete_cached(chat_request ask, call_context context);
  template <class T>
  task<T> run(chat_request ask, call_context context);
  template <class T>
  task<T> among(contest<T>& round, std::size_t entrants, time_point now);
};

}  // namespace cohedge
