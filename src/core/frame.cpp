#include <cohedge/core/frame.hpp>

#include <array>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define COHEDGE_PLAIN_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COHEDGE_PLAIN_FRAMES 1
#endif
#endif

namespace cohedge {

void no_memory() {
#if defined(__cpp_exceptions)
  throw std::bad_alloc{};
#else
  std::abort();
#endif
}

namespace {

/// By `operator new`, which a program may have replaced.
void* from_heap(std::size_t bytes) noexcept { return ::operator new(bytes, std::nothrow); }

}  // namespace

#ifdef COHEDGE_PLAIN_FRAMES

void* allocate_frame(std::size_t bytes) noexcept { return from_heap(bytes); }
void release_frame(void* frame, std::size_t) noexcept { ::operator delete(frame); }

#else

namespace {

constexpr std::size_t grain = 64;
constexpr std::size_t classes = 32;
constexpr std::size_t kept_per_class = 64;

struct block {
  block* next;
};

struct cache {
  std::array<block*, classes> free{};
  std::array<std::size_t, classes> count{};

  ~cache() {
    for (auto* head : free)
      while (head) {
        auto* next = head->next;
        ::operator delete(head);
        head = next;
      }
    count.fill(kept_per_class);  // a frame that dies after this thread's cache goes to the heap
    free.fill(nullptr);
  }
};

thread_local cache frames;

constexpr std::size_t class_of(std::size_t bytes) noexcept { return (bytes + grain - 1) / grain - 1; }

}  // namespace

void* allocate_frame(std::size_t bytes) noexcept {
  const auto size_class = class_of(bytes);
  if (size_class >= classes) return from_heap(bytes);
  if (auto* hit = frames.free[size_class]) {
    frames.free[size_class] = hit->next;
    --frames.count[size_class];
    return hit;
  }
  return from_heap((size_class + 1) * grain);
}

void release_frame(void* frame, std::size_t bytes) noexcept {
  const auto size_class = class_of(bytes);
  if (size_class >= classes || frames.count[size_class] >= kept_per_class) return ::operator delete(frame);
  frames.free[size_class] = ::new (frame) block{frames.free[size_class]};
  ++frames.count[size_class];
}

#endif

}  // namespace cohedge
