#include <cohedge/plan/backoff.hpp>

#include <algorithm>

namespace cohedge::plan {

duration backoff_ceiling(int retries_done, duration base, duration cap) noexcept {
  if (base <= duration::zero() || cap <= duration::zero()) return duration::zero();
  duration ceiling = std::min(base, cap);
  for (int n = 0; n < retries_done && ceiling < cap; ++n) ceiling = ceiling > cap / 2 ? cap : ceiling * 2;
  return ceiling;
}

duration full_jitter(duration ceiling, double random01) noexcept {
  if (ceiling <= duration::zero() || !(random01 > 0)) return duration::zero();
  if (random01 >= 1) return ceiling;
  // Below 1 the product is at least one step of a double under the ceiling, so it can be converted back.
  return duration{static_cast<duration::rep>(static_cast<double>(ceiling.count()) * random01)};
}

}  // namespace cohedge::plan
