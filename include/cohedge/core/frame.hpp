#pragma once

#include <cstddef>

namespace cohedge {

/// Memory for coroutine frames, chains and what else lives as long as a call or its answer: `operator new`, and a small
/// cache per thread over it, so that a program in steady state does not go to the heap for them. Bounded: 64 blocks a
/// size class, 2 kB at most a block.
/// Gives null when memory is used up. With AddressSanitizer there is no cache, so that stale frames are found.
void* allocate_frame(std::size_t bytes) noexcept;
void release_frame(void* frame, std::size_t bytes) noexcept;

/// What the program does where memory is used up and nobody can say so: throws std::bad_alloc, or ends.
[[noreturn]] void no_memory();

/// The same for what is not a coroutine: an allocator for containers, shared pointers and Asio's operations.
template <class T>
struct frame_allocator {
  using value_type = T;

  frame_allocator() noexcept = default;
  template <class U>
  frame_allocator(const frame_allocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    auto* block = allocate_frame(count * sizeof(T));
    if (!block) no_memory();
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t count) noexcept { release_frame(block, count * sizeof(T)); }
  template <class U>
  bool operator==(const frame_allocator<U>&) const noexcept {
    return true;
  }
};

}  // namespace cohedge
