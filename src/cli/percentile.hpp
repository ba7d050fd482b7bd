#pragma once

#include <cohedge/core/units.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace cohedge::cli {

/// The nearest-rank percentile: the least value that at least `share` (0 to 1) of all values do not exceed. Zero of
/// nothing.
inline duration percentile(std::vector<duration> values, double share) {
  if (values.empty()) return duration::zero();
  const auto count = static_cast<double>(values.size());
  // 0.95 * 20 is a little more than 19 in binary; the rank must not be 20 for that.
  const auto rank = std::max(1.0, std::ceil(share * count - 1e-9));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::min(rank, count)) - 1;
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace cohedge::cli
