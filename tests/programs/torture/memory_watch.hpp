#pragma once

#include <cstddef>
#include <functional>

namespace cohedge::tests {

/// What one thread takes from the heap and gives back; one allocation of it can be made to fail. It sees every `malloc`,
/// OpenSSL's and nghttp2's included; with sanitizers, which have a heap of their own, every `operator new`.
class memory_watch {
 public:
  /// Runs `work` on a thread of its own, whose caches are empty at its beginning and emptied at its end, and watches it.
  void run(const std::function<void()>& work);
  /// For inside `work`: the allocation that follows `number` others fails, as if memory were used up.
  void fail_after(std::size_t number) noexcept { fails_at_ = taken_ + number; }
  /// Nothing fails any more.
  void spare() noexcept { fails_at_ = static_cast<std::size_t>(-1); }
  std::size_t taken() const noexcept { return taken_; }

  /// Blocks that were taken and not given back.
  long balance() const noexcept { return balance_; }
  bool failed() const noexcept { return failed_; }

  // For the heap.
  bool refuses() noexcept {
    if (taken_ != fails_at_) return ++balance_, ++taken_, false;
    return ++taken_, failed_ = true;
  }
  void taken_for_sure() noexcept { ++balance_; }
  void given_back() noexcept { --balance_; }

 private:
  std::size_t taken_ = 0;
  std::size_t fails_at_ = static_cast<std::size_t>(-1);
  long balance_ = 0;
  bool failed_ = false;
};

}  // namespace cohedge::tests
