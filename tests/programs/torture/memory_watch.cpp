#include "memory_watch.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>

#include <pthread.h>

namespace {

thread_local cohedge::tests::memory_watch* watching = nullptr;

struct watched_work {
  cohedge::tests::memory_watch* by;
  const std::function<void()>* work;
};

// Watches until the thread is gone: what its caches hold is given back after this function.
void* begin(void* given) {
  const auto& what = *static_cast<watched_work*>(given);
  watching = what.by;
  (*what.work)();
  return nullptr;
}

bool refused() noexcept { return watching && watching->refuses(); }

void given_back(const void* block) noexcept {
  if (watching && block) watching->given_back();
}

}  // namespace

void cohedge::tests::memory_watch::run(const std::function<void()>& work) {
  watched_work what{this, &work};
  pthread_t thread;
  if (pthread_create(&thread, nullptr, begin, &what) != 0) std::abort();
  pthread_join(thread, nullptr);
}

[[gnu::noinline]] static void* no_memory() noexcept {
  errno = ENOMEM;
  return nullptr;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
  void* block = refused() ? no_memory() : std::malloc(size);
  if (!block) throw std::bad_alloc{};
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return refused() ? no_memory() : std::malloc(size);
}
void operator delete(void* block) noexcept {
  given_back(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

#else

// The C library's own, by the names that it keeps for whoever puts something in front of them.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) noexcept { return refused() ? no_memory() : __libc_malloc(size); }
// Never fails: the C library ends the program where it gets none for the destructor of a thread_local.
void* calloc(std::size_t count, std::size_t size) noexcept {
  if (watching) watching->taken_for_sure();
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  if (refused()) return no_memory();
  given_back(block);
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return refused() ? no_memory() : __libc_memalign(alignment, size);
}
void free(void* block) noexcept {
  given_back(block);
  __libc_free(block);
}
}

#endif
