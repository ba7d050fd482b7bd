#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::plan {

/// Divides calls between named arms by weight: an A/B test, or a slow rollout. A session always meets the same arm, on
/// every platform and after every restart, because the choice is a hash of (salt, arm, session): weighted rendezvous
/// hashing. Changing one arm's weight moves sessions only to or from that arm, and as few as the new weights need.
/// Another salt divides the sessions afresh, so that two experiments are independent of each other.
///
/// Picking neither allocates nor changes anything, so a finished split may be shared between threads.
class split {
 public:
  explicit split(std::string_view salt = {}) : salt_{salt} {}

  /// Adds an arm; its index is the number of arms before it. Its name is its identity: a renamed arm is a new one, a
  /// moved one stays itself. A weight that is not a finite number above zero means "none": it is never picked.
  split& arm(std::string name, double weight);

  /// The arm of a session. Nothing only where no arm has a weight.
  std::optional<std::size_t> pick(std::string_view session) const noexcept;
  /// An arm for a call without a session; `random01` in [0, 1) from the caller's seeded engine.
  std::optional<std::size_t> pick(double random01) const noexcept;

  std::size_t size() const noexcept { return arms_.size(); }
  /// `index` must be below `size()`.
  std::string_view name(std::size_t index) const noexcept { return arms_[index].name; }

 private:
  struct weighted {
    std::string name;
    double weight;
    std::uint64_t seed;
  };

  std::string salt_;
  std::vector<weighted> arms_;
};

/// The hash behind `split`: 64-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of the bytes, followed by the
/// finaliser of SplitMix64 (Steele, Lea, Flood 2014; constants of Stafford's mix 13). The same everywhere and for good:
/// changing it would move sessions. Not for hostile keys.
std::uint64_t stable_hash(std::string_view bytes) noexcept;

}  // namespace cohedge::plan
