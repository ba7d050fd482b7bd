#pragma once

#include <cohedge/core/units.hpp>

namespace cohedge::testing {

/// A latency distribution told by its quantiles, as providers' dashboards show them. Between them the logarithm of the
/// latency is linear in the probability; below the median and above p99 the neighbouring slope goes on, to the ends.
/// Times must be positive and ascending; equal neighbours are fine.
class latency_curve {
 public:
  latency_curve(duration p50, duration p90, duration p95, duration p99) noexcept
      : p50_{p50}, p90_{p90}, p95_{p95}, p99_{p99} {}

  /// The latency that a share `u` of [0, 1] of all requests stays below.
  duration quantile(double u) const noexcept;

 private:
  duration p50_;
  duration p90_;
  duration p95_;
  duration p99_;
};

}  // namespace cohedge::testing
