#pragma once

#include <cohedge/dialect/deviations.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace cohedge::dialect {

/// One switch of `deviations` by its name, as cohedge.toml and docs/providers.md have it.
struct deviation_switch {
  std::string_view name;
  std::span<const std::string_view> words;  ///< its values, by number; none where it is off (0) or on (1)
  std::size_t (*get)(const deviations&) noexcept;
  void (*set)(deviations&, std::size_t value) noexcept;
};

/// All of them, in the order of deviations.hpp.
std::span<const deviation_switch> deviation_switches() noexcept;

}  // namespace cohedge::dialect
