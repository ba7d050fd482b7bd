#pragma once

#include <cstddef>

namespace cohedge {

/// Memory for coroutine frames and chains: `operator new`, and a small cache per thread over it, so that a program in
/// steady state does not go to the heap for them. Bounded: 64 blocks a size class, 2 kB at most a block.
/// Gives null when memory is used up. With AddressSanitizer there is no cache, so that stale frames are found.
void* allocate_frame(std::size_t bytes) noexcept;
void release_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace cohedge
