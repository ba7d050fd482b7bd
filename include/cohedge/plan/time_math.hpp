#pragma once

#include <cohedge/core/units.hpp>

namespace cohedge::plan {

/// No limit, no patience, no end: "not by the clock". A fallback is a stagger with this patience.
inline constexpr duration never = duration::max();
/// The moment that does not come; what a missing deadline is.
inline constexpr time_point no_deadline = time_point::max();

/// `from + wait`, held at the ends of the scale instead of overflowing. A negative wait counts as none.
constexpr time_point after(time_point from, duration wait) noexcept {
  if (wait <= duration::zero()) return from;
  if (wait == never || from == no_deadline) return no_deadline;
  if (from.time_since_epoch() > duration::zero() && wait > no_deadline - from) return no_deadline;
  return from + wait;
}

/// How long it is from `now` to `until`: zero once that has passed, `never` for `no_deadline`.
constexpr duration remaining(time_point now, time_point until) noexcept {
  if (until == no_deadline) return never;
  if (until <= now) return duration::zero();
  const duration from = now.time_since_epoch();
  if (from < duration::zero() && until.time_since_epoch() > never + from) return never;
  return until - now;
}

}  // namespace cohedge::plan
