#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace cohedge {

/// Monotonic time as the time service gives it. Nothing in the library reads a clock elsewhere.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// A share, held as a fraction: `5_percent` is 0.05. A type of its own so that 95 is never taken for 0.95.
class percent {
 public:
  constexpr explicit percent(double in_percent) noexcept : fraction_{in_percent / 100.0} {}
  constexpr double fraction() const noexcept { return fraction_; }
  constexpr auto operator<=>(const percent&) const noexcept = default;

 private:
  double fraction_;
};

/// How far a token count can be trusted. A cancelled attempt is billed by most providers: what we saw of it is then a
/// lower bound.
enum class certainty : std::uint8_t { exact, at_least, unknown };

struct token_count {
  std::uint64_t input = 0;
  std::uint64_t output = 0;
  certainty known = certainty::unknown;
};

namespace literals {
constexpr percent operator""_percent(unsigned long long n) noexcept { return percent{static_cast<double>(n)}; }
constexpr percent operator""_percent(long double n) noexcept { return percent{static_cast<double>(n)}; }
using namespace std::chrono_literals;
}  // namespace literals

}  // namespace cohedge
