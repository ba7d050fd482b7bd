#include "round.hpp"

#include <cohedge/plan/advice.hpp>

#include <algorithm>

namespace cohedge {

namespace {

bool passes_by_itself(error_class kind) noexcept {
  switch (kind) {
    case error_class::rate_limited:
    case error_class::transient:
    case error_class::overloaded:
    case error_class::connect:
    case error_class::transport:
    case error_class::pre_content:
    case error_class::stalled:
    case error_class::superseded:
    case error_class::local: return true;
    default: return false;
  }
}

/// Who takes part in the next round, and after what wait. Empty: nobody.
struct next_round {
  standings entrants;
  duration wait{0};
  std::string why_not;
};

next_round plan_next_round(const plan::retry& policy, standings failed, int retries_done, time_point now,
                           time_point deadline, double random01) {
  next_round next;
  std::vector<duration> waits;
  for (auto& one : failed) {
    if (!one.failure) continue;  // it never got to fail: it was not started
    const auto again = plan::advice(one.failure->kind(), one.failure->code()).retry_same;
    if (again == plan::retry_same::no || (again == plan::retry_same::once && one.retries > 0)) continue;
    const auto decided = policy.on_failure(*one.failure, retries_done, now, deadline, random01, false);
    if (!decided.again) {
      next.why_not = plan::explain(decided);
      continue;
    }
    waits.push_back(decided.wait);
    ++one.retries;
    next.entrants.push_back(std::move(one));
  }
  if (waits.empty()) return next;
  // The round starts when the first of them may be asked again; whoever must wait longer sits it out.
  next.wait = *std::ranges::min_element(waits);
  standings ready;
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (waits[i] <= next.wait) ready.push_back(std::move(next.entrants[i]));
  next.entrants = std::move(ready);
  return next;
}

}  // namespace

void failures::add(const error& failure) {
  if (!first_lasting_ && !passes_by_itself(failure.kind())) first_lasting_ = failure;
  latest_ = failure;
}

result<duration> wait_for_retry(const route_backend& of, const call_context& context, const error& decisive,
                                const failures& seen, standings& entrants, int retries_done, time_point now,
                                double random01) {
  if (plan::verdict_of(decisive, of.fall_over) == plan::stagger::verdict::fatal) return decisive;
  auto& record = context.record();
  const plan::retry policy{of.retry};
  auto next = plan_next_round(policy, std::move(entrants), retries_done, now, context.deadline(), random01);
  if (next.entrants.empty() || record.attempts().left() == 0) {
    if (!next.why_not.empty()) record.report().notes.push_back("no retry: " + next.why_not);
    return seen.headline();
  }
  entrants = std::move(next.entrants);
  return next.wait;
}

}  // namespace cohedge
