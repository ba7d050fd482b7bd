#pragma once

#include "splitmix.hpp"

#include <cohedge/async/time.hpp>

namespace cohedge::testing {

/// A clock that stands still until it is moved. Whoever moves it looks at the earliest alarm by itself.
class virtual_clock final : public time_source {
 public:
  explicit virtual_clock(time_point start, std::uint64_t seed) noexcept : start_{start}, now_{start}, random_{seed} {}

  time_point now() const noexcept override { return now_; }
  /// It starts at midnight of 1 January 2026.
  std::int64_t unix_seconds() const noexcept override {
    return 1767225600 + std::chrono::duration_cast<std::chrono::seconds>(now_ - start_).count();
  }
  std::uint64_t random() noexcept override { return random_(); }

  void advance_to(time_point when) noexcept {
    if (when > now_) now_ = when;
  }
  /// Rings the first of the alarms that are due; false where none is.
  bool ring_next() noexcept { return ring_one(now_); }
  void ring_due() noexcept { ring_until(now_); }

 private:
  void sooner(time_point) override {}

  time_point start_;
  time_point now_;
  splitmix random_;
};

}  // namespace cohedge::testing
