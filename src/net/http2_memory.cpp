#include "http2_memory.hpp"

#include <cohedge/async/frame.hpp>

#include <cstddef>
#include <cstring>
#include <limits>
#include <new>

namespace cohedge::net {

namespace {

/// Before each block, since C gives back without a size.
struct alignas(std::max_align_t) prefix {
  std::size_t size;
};

void* take(std::size_t size, void*) noexcept {
  if (size > std::numeric_limits<std::size_t>::max() - sizeof(prefix)) return nullptr;
  void* const place = allocate_frame(sizeof(prefix) + size);
  if (!place) return nullptr;
  return ::new (place) prefix{size} + 1;
}

prefix* prefix_of(void* block) noexcept { return static_cast<prefix*>(block) - 1; }

void give_back(void* block, void*) noexcept {
  if (!block) return;
  const auto size = prefix_of(block)->size;
  explicit_bzero(block, size);  // it may have held a credential: nghttp2 copies the fields it sends
  release_frame(prefix_of(block), sizeof(prefix) + size);
}

void* take_zeroed(std::size_t count, std::size_t size, void*) noexcept {
  if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) return nullptr;
  void* const block = take(count * size, nullptr);
  if (block) std::memset(block, 0, count * size);
  return block;
}

void* resize(void* block, std::size_t size, void*) noexcept {
  if (!block) return take(size, nullptr);
  const auto before = prefix_of(block)->size;
  if (size == 0) return give_back(block, nullptr), nullptr;
  void* const larger = take(size, nullptr);
  if (!larger) return nullptr;
  std::memcpy(larger, block, before < size ? before : size);
  give_back(block, nullptr);
  return larger;
}

}  // namespace

nghttp2_mem* http2_memory() noexcept {
  static nghttp2_mem memory{nullptr, take, give_back, take_zeroed, resize};
  return &memory;
}

}  // namespace cohedge::net
