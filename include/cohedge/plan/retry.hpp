#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/core/units.hpp>
#include <cohedge/plan/time_math.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace cohedge::plan {

/// How often and how patiently a call is tried again. Setters chain.
class retry_options {
 public:
  retry_options() noexcept = default;

  /// Retries after the first try, over the whole call. Default 2; zero switches retries off.
  retry_options& retries(int most) noexcept { return retries_ = most, *this; }
  /// Ceiling of the first backoff; it doubles with each retry. Default 500 ms.
  retry_options& base(duration first) noexcept { return base_ = first, *this; }
  /// No backoff is longer. Default 8 s.
  retry_options& cap(duration longest) noexcept { return cap_ = longest, *this; }
  /// A provider that asks for a longer wait is not waited for. Default 60 s.
  retry_options& retry_after_cap(duration longest) noexcept { return retry_after_cap_ = longest, *this; }
  /// Up to this share is added to a provider's Retry-After, so that clients do not return together. Default 10 %.
  retry_options& retry_after_spread(percent most) noexcept { return retry_after_spread_ = most, *this; }
  /// An attempt with less time than this before the deadline is not worth starting. Default 0.
  retry_options& min_useful(duration least) noexcept { return min_useful_ = least, *this; }

  int retries() const noexcept { return retries_; }
  duration base() const noexcept { return base_; }
  duration cap() const noexcept { return cap_; }
  duration retry_after_cap() const noexcept { return retry_after_cap_; }
  percent retry_after_spread() const noexcept { return retry_after_spread_; }
  duration min_useful() const noexcept { return min_useful_; }

 private:
  int retries_ = 2;
  duration base_ = std::chrono::milliseconds{500};
  duration cap_ = std::chrono::seconds{8};
  duration retry_after_cap_ = std::chrono::seconds{60};
  percent retry_after_spread_{10};
  duration min_useful_{0};
};

/// Decides whether a failed call is tried again, and after what wait. Pure and stateless between calls: everything a
/// decision needs is in the arguments, so it always goes by the latest failure. Safe to share between threads.
class retry {
 public:
  explicit retry(retry_options options = {}) noexcept : options_{options} {}

  struct decision {
    bool again = false;
    /// If `again`: how long to wait first. Otherwise the wait after which a retry would have been possible, and zero
    /// where there is no such wait.
    duration wait{0};
    /// The reason, for the report; lives as long as the program. `explain` adds the seconds.
    std::string_view why;
  };

  /// `retries_done` counts the retries of this call so far: 0 after the first try. `random01` is drawn by the caller
  /// from its seeded engine. `another_target`: the retry would go to a target other than the one that failed; then the
  /// failed one's Retry-After does not bind it, and the first retry needs no backoff.
  decision on_failure(const error& latest, int retries_done, time_point now, time_point deadline, double random01,
                      bool another_target) const noexcept;

  const retry_options& options() const noexcept { return options_; }

 private:
  decision fit(duration wait, duration floor, time_point now, time_point deadline, std::string_view why) const noexcept;

  retry_options options_;
};

/// One sentence for people: "wait exceeds the deadline; retry possible in 42 s".
std::string explain(const retry::decision& decided);

/// Whether the time left before the deadline is enough to start an attempt at all.
constexpr bool worth_starting(time_point now, time_point deadline, duration min_useful) noexcept {
  const duration left = remaining(now, deadline);
  return left > duration::zero() && left >= min_useful;
}

}  // namespace cohedge::plan
