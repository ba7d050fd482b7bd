#pragma once

#include <cohedge/core/units.hpp>

namespace cohedge::testing {

/// The time that never comes. An alarm set for it never rings, but is told when its context dies, as one that is not
/// set at all would not be.
inline constexpr time_point forever = time_point::max() - duration{1};

}  // namespace cohedge::testing
