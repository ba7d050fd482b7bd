#pragma once

#include <cohedge/provider/presets.hpp>

namespace cohedge {

/// Every row, also those of surfaces that are not there yet.
std::span<const preset_row> preset_table() noexcept;

}  // namespace cohedge
