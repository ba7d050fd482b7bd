#include <cohedge/testing/latency_curve.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace cohedge::testing {

duration latency_curve::quantile(double u) const noexcept {
  struct knot {
    double share;
    double log_latency;
  };
  const auto log_of = [](duration d) { return std::log(std::max(1.0, static_cast<double>(d.count()))); };
  const std::array knots{knot{0.50, log_of(p50_)}, knot{0.90, log_of(p90_)}, knot{0.95, log_of(p95_)},
                         knot{0.99, log_of(p99_)}};
  const auto* left = knots.data();
  while (left + 2 < knots.data() + knots.size() && u >= left[1].share) ++left;
  const auto slope = (left[1].log_latency - left[0].log_latency) / (left[1].share - left[0].share);
  const auto value = std::exp(left[0].log_latency + slope * (std::clamp(u, 0.0, 1.0) - left[0].share));
  return duration{static_cast<duration::rep>(std::llround(value))};
}

}  // namespace cohedge::testing
