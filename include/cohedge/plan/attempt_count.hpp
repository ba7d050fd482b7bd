#pragma once

#include <cstddef>

namespace cohedge::plan {

/// The attempts a whole call may make. Retries, hedges, race extras and fallbacks of every nested route take from this
/// one count, so that layers cannot multiply each other's attempts. Not thread-safe: one call, one strand.
class attempt_count {
 public:
  /// Four is what a call gets unless it says otherwise; zero allows nothing.
  explicit constexpr attempt_count(std::size_t most = 4) noexcept : most_{most} {}

  /// Takes one attempt; false, and nothing taken, where none is left. What is taken is never given back: a cancelled
  /// attempt was an attempt.
  [[nodiscard]] constexpr bool take() noexcept {
    if (taken_ == most_) return false;
    ++taken_;
    return true;
  }
  constexpr std::size_t left() const noexcept { return most_ - taken_; }
  /// The n of "attempt n of m".
  constexpr std::size_t taken() const noexcept { return taken_; }
  constexpr std::size_t most() const noexcept { return most_; }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace cohedge::plan
