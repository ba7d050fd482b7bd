#pragma once

#include <cohedge/core/frame.hpp>

#include <cstddef>
#include <utility>

namespace cohedge {

/// Memory for one Asio operation at a time, there before it is needed. A second one gets its own from the heap.
class one_operation {
 public:
  void* take(std::size_t bytes) noexcept {
    if (taken_ || bytes > sizeof place_) return nullptr;
    taken_ = true;
    return place_;
  }
  bool give_back(const void* block) noexcept { return block == place_ && std::exchange(taken_, false); }

 private:
  alignas(std::max_align_t) std::byte place_[256];
  bool taken_ = false;
};

/// The allocator of a handler whose operation lies there.
template <class T>
class from_one_operation {
 public:
  using value_type = T;

  explicit from_one_operation(one_operation& place) noexcept : place_{&place} {}
  template <class U>
  from_one_operation(const from_one_operation<U>& other) noexcept : place_{other.place_} {}  // NOLINT: a rebind

  T* allocate(std::size_t count) {
    if (void* block = place_->take(count * sizeof(T))) return static_cast<T*>(block);
    return frame_allocator<T>{}.allocate(count);
  }
  void deallocate(T* block, std::size_t count) noexcept {
    if (!place_->give_back(block)) frame_allocator<T>{}.deallocate(block, count);
  }
  bool operator==(const from_one_operation&) const noexcept = default;

 private:
  template <class U>
  friend class from_one_operation;

  one_operation* place_;
};

}  // namespace cohedge
