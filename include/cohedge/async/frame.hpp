#pragma once

#include <cstddef>

namespace cohedge {

/// Memory for coroutine frames and chains: a small cache per thread, so that a program in steady state does not go to
/// the heap for them. Bounded: 64 blocks a size class, 2 kB at most a block; everything else is plain malloc.
/// Gives null when memory is used up. With AddressSanitizer it is plain malloc, so that stale frames are found.
void* allocate_frame(std::size_t bytes) noexcept;
void release_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace cohedge
