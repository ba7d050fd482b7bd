#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace cohedge {

/// What a provider's headers said about one of its limits. Advisory: providers round, and count other clients as well.
struct rate_limit {
  std::optional<std::uint64_t> limit;             ///< in a window
  std::optional<std::uint64_t> remaining;         ///< of it
  std::optional<std::chrono::nanoseconds> reset;  ///< from the answer on, until it is whole again; 0: it is

  bool known() const noexcept { return limit || remaining || reset; }
  bool operator==(const rate_limit&) const = default;
};

/// By what is counted. Where a provider counts in several windows (a minute, a day), the one with the least left.
struct rate_limits {
  rate_limit requests;
  rate_limit tokens;
  rate_limit input_tokens;
  rate_limit output_tokens;

  bool known() const noexcept {
    return requests.known() || tokens.known() || input_tokens.known() || output_tokens.known();
  }
  bool operator==(const rate_limits&) const = default;
};

}  // namespace cohedge
