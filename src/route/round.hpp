#pragma once

#include "route_backend.hpp"

#include <cohedge/async/stagger.hpp>

#include <optional>
#include <vector>

namespace cohedge {

/// The failure that a route whose candidates all failed reports: the first that does not pass by itself, for it is the
/// one somebody must act on; otherwise the latest.
class failures {
 public:
  void add(const error& failure);
  bool any() const noexcept { return latest_.has_value(); }
  const error& headline() const noexcept { return first_lasting_ ? *first_lasting_ : *latest_; }
  const error& latest() const noexcept { return *latest_; }

 private:
  std::optional<error> first_lasting_;
  std::optional<error> latest_;
};

/// One round of a call over the candidates that are still in it.
template <class T>
class route_round final : public contest<T> {
 public:
  route_round(route_backend& of, chat_request& ask, const call_context& context, standings& entrants,
              failures& seen, bool is_retry)
      : of_{of}, ask_{ask}, context_{context}, entrants_{entrants}, seen_{seen}, is_retry_{is_retry} {}

  task<T> start(std::size_t index, time_point now) override {
    auto context = context_.because(reason_for(index), now);
    failed_since_start_ = false;
    auto& asked = of_.candidates[entrants_[index].candidate].backend();
    if constexpr (std::is_same_v<T, completion>)
      return asked.complete(ask_, std::move(context));
    else
      return asked.stream(ask_, std::move(context));
  }

  plan::stagger::verdict judge(std::size_t index, const result<T>& outcome) override {
    if (outcome) return plan::stagger::verdict::good;
    const auto& why = outcome.error();
    entrants_[index].failure = why;
    seen_.add(why);
    failed_since_start_ = true;
    return plan::verdict_of(why, of_.fall_over);
  }

  bool may_start(std::size_t) override {
    auto& record = context_.record();
    if (record.attempts().left() > 0) return true;
    record.report().notes.push_back("no further attempt: the call's " + std::to_string(record.attempts().most()) +
                                    " attempts are used up");
    return false;
  }

 private:
  start_reason reason_for(std::size_t index) const noexcept {
    if (index == 0) return is_retry_ ? start_reason::retry : context_.why();
    if (failed_since_start_) return start_reason::fallback;
    if (of_.kind == strategy::race) return start_reason::race;
    return of_.kind == strategy::hedge ? start_reason::hedge : start_reason::fallback;
  }

  route_backend& of_;
  chat_request& ask_;
  const call_context& context_;
  standings& entrants_;
  failures& seen_;
  bool is_retry_;
  bool failed_since_start_ = false;
};

/// After a round that nobody won: how long to wait before the candidates for which it is worth it are asked once more.
/// `entrants` then are these. Or the failure of the whole call. `decisive` is what ended the round.
result<duration> wait_for_retry(const route_backend& of, const call_context& context, const error& decisive,
                                const failures& seen, standings& entrants, int retries_done, time_point now,
                                double random01);

}  // namespace cohedge
