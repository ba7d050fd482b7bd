#include <cohedge/plan/advice.hpp>
#include <cohedge/plan/backoff.hpp>
#include <cohedge/plan/retry.hpp>

#include <algorithm>
#include <optional>

namespace cohedge::plan {

namespace {

std::optional<duration> asked_wait(const error& failure) noexcept {
  const auto asked = failure.retry_after();
  if (!asked || *asked < std::chrono::nanoseconds::zero()) return std::nullopt;
  return std::chrono::ceil<duration>(*asked);  // never shorter than asked, whatever the clock's tick
}

}  // namespace

retry::decision retry::on_failure(const error& latest, int retries_done, time_point now, time_point deadline,
                                  double random01, bool another_target) const noexcept {
  const retry_advice says = advice(latest.kind(), latest.code());
  if (another_target ? !says.try_next : says.retry_same == retry_same::no) {
    return {false, duration::zero(), "not retryable"};
  }
  if (retries_done >= options_.retries()) return {false, duration::zero(), "no retries left"};

  const duration jitter = full_jitter(backoff_ceiling(retries_done, options_.base(), options_.cap()), random01);
  if (another_target) {
    if (retries_done <= 0) return fit(duration::zero(), duration::zero(), now, deadline, "another target, at once");
    return fit(jitter, duration::zero(), now, deadline, "another target, after backoff");
  }
  if (says.retry_same == retry_same::once && retries_done > 0) {
    return {false, duration::zero(), "this kind of failure is retried only once"};
  }

  const auto asked = asked_wait(latest);
  if (latest.kind() == error_class::all_cooled && !asked) {
    return {false, duration::zero(), "all targets are cooling down, until when is not known"};
  }
  if (!asked) return fit(jitter, duration::zero(), now, deadline, "after backoff");
  if (*asked > options_.retry_after_cap()) return {false, *asked, "the provider asks for a longer wait than allowed"};
  const double share = std::clamp(options_.retry_after_spread().fraction(), 0.0, 1.0);
  const duration spread = full_jitter(full_jitter(*asked, share), random01);
  const duration spread_out = *asked > never - spread ? never : *asked + spread;
  return fit(std::max(jitter, spread_out), *asked, now, deadline, "after the wait the provider asks for");
}

retry::decision retry::fit(duration wait, duration floor, time_point now, time_point deadline,
                           std::string_view why) const noexcept {
  const duration least = std::max(options_.min_useful(), duration::zero());
  if (worth_starting(after(now, wait), deadline, least)) return {true, wait, why};
  if (floor <= duration::zero()) return {false, duration::zero(), "too little time left before the deadline"};
  // What chance added may be what does not fit.
  if (worth_starting(after(now, floor), deadline, least)) return {true, floor, why};
  return {false, floor, "the wait the provider asks for exceeds the deadline"};
}

std::string explain(const retry::decision& decided) {
  std::string text{decided.why};
  if (decided.again || decided.wait <= duration::zero()) return text;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(decided.wait).count();
  return text.append("; retry possible in ").append(std::to_string(seconds)).append(" s");
}

}  // namespace cohedge::plan
