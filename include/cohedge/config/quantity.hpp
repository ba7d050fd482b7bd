#pragma once

#include <cohedge/core/units.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace cohedge::config {

/// "300ms", "1.5s", "2m", "1h"; "0s" too, nothing below it. Nothing for any other text, and above 1000 hours.
std::optional<duration> duration_from(std::string_view text);

/// "64MB", "512kB", "1GB" (powers of 1024), "100B". Nothing for any other text, and above 2^40 bytes.
std::optional<std::uint64_t> bytes_from(std::string_view text);

}  // namespace cohedge::config
