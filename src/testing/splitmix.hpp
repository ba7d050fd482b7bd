#pragma once

#include <cstdint>

namespace cohedge::testing {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 random bits from a seed, the same everywhere.
class splitmix {
 public:
  explicit splitmix(std::uint64_t seed) noexcept : state_{seed} {}

  std::uint64_t operator()() noexcept {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// A number of [0, 1).
  double unit() noexcept { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  /// A number of [0, end); end must not be 0.
  std::uint64_t below(std::uint64_t end) noexcept { return (*this)() % end; }

 private:
  std::uint64_t state_;
};

}  // namespace cohedge::testing
