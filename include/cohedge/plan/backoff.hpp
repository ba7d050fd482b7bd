#pragma once

#include <cohedge/core/units.hpp>

namespace cohedge::plan {

/// `min(cap, base * 2^retries_done)`, without overflow. Negative arguments count as zero.
duration backoff_ceiling(int retries_done, duration base, duration cap) noexcept;

/// Full jitter: `random01 * ceiling`. Spreads clients that failed together over the whole span (AWS Architecture Blog,
/// "Exponential Backoff And Jitter"). `random01` is held to [0, 1]; NaN counts as 0.
duration full_jitter(duration ceiling, double random01) noexcept;

}  // namespace cohedge::plan
