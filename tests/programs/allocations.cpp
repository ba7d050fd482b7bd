// Counts what a client allocates once it is warm, malloc and all: nothing for an event of a stream, and at most ten
// blocks for a whole request through a route, the answer's own texts included. The server runs in another thread, whose
// allocations do not count.

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <future>
#include <thread>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define COHEDGE_COUNTS 0  // malloc belongs to the sanitizer
#else
#define COHEDGE_COUNTS 1
#endif

namespace {
thread_local std::size_t allocated = 0;  // by this thread
}

#if COHEDGE_COUNTS
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) { return ++allocated, __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return ++allocated, __libc_calloc(count, size); }
void* realloc(void* block, std::size_t size) { return ++allocated, __libc_realloc(block, size); }
void* memalign(std::size_t alignment, std::size_t size) { return ++allocated, __libc_memalign(alignment, size); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return ++allocated, __libc_memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = (++allocated, __libc_memalign(alignment, size));
  return *block ? 0 : ENOMEM;
}
}
#endif

namespace {

using namespace std::chrono_literals;
using cohedge::testing::behaviour;
using cohedge::testing::llm_server;

constexpr std::size_t most_per_request = 10;
constexpr std::size_t warm_requests = 50;
constexpr std::size_t requests = 200;
constexpr std::size_t streams = 5;
constexpr std::size_t events = 200;
constexpr std::size_t warm_events = 10;  // until buffers have grown and the shape of an event is known

/// A server in a thread of its own.
class elsewhere {
 public:
  explicit elsewhere(behaviour how) {
    std::promise<std::uint16_t> listening;
    auto port = listening.get_future();
    auto serve = [this, how = std::move(how), listening = std::move(listening)]() mutable {
      cohedge::testing::server_options options;
      options.always(std::move(how));
      llm_server server{io_.get_executor(), options};
      const auto started = server.start();
      listening.set_value(started ? server.port() : std::uint16_t{0});
      if (started) io_.run();
    };
    thread_ = std::thread{std::move(serve)};
    url_ = "http://127.0.0.1:" + std::to_string(port.get()) + "/v1";
  }
  ~elsewhere() {
    io_.stop();
    thread_.join();
  }

  const std::string& url() const noexcept { return url_; }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> open_{io_.get_executor()};
  std::string url_;
  std::thread thread_;
};

struct counted {
  std::size_t most = 0;
  std::size_t in_all = 0;
};

cohedge::task<counted> whole_requests(cohedge::route chat, cohedge::chat_request ask) {
  counted found;
  for (std::size_t i = 0; i < warm_requests + requests; ++i) {
    const auto before = allocated;
    auto asking = chat.complete(ask);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return answer.error();
    if (i < warm_requests) continue;
    found.most = std::max(found.most, allocated - before);
    found.in_all += allocated - before;
  }
  co_return found;
}

/// Blocks allocated from a stream's `warm_events`th event to its last. Of the best of some streams: where this machine
/// stops for a while, many events come in one read, and the receive buffer grows.
cohedge::task<counted> paced_events(cohedge::route chat, cohedge::chat_request ask) {
  counted found;
  found.in_all = events;
  for (std::size_t i = 0; i < streams; ++i) {
    auto opening = chat.stream(ask);
    auto stream = co_await std::move(opening);
    if (!stream) co_return stream.error();
    std::size_t seen = 0, warm = 0;
    while (auto event = co_await stream->next()) {
      if (event->kind != cohedge::delta_kind::text) continue;
      if (++seen == warm_events) warm = allocated;
      if (seen == events) found.in_all = std::min(found.in_all, allocated - warm);
    }
    const auto end = stream->ended();
    if (!end) co_return end.error();
    if (seen != events) co_return cohedge::error{cohedge::errc::truncated, "the server sent another number of events"};
  }
  co_return found;
}

template <class Work>
cohedge::result<counted> run(behaviour how, Work work) {
  const elsewhere server{std::move(how)};
  asio::io_context io{1};
  cohedge::client client{io.get_executor()};
  cohedge::route chat{"chat"};
  chat.fallback({cohedge::openai_compatible(client, server.url(), "m")}).deadline(30s);
  cohedge::chat_request ask{"Greet the player, who comes in from the rain."};
  ask.system("You are a tired innkeeper. Answer in one sentence.");
  cohedge::result<counted> found{cohedge::error{}};
  const auto keep = [&](cohedge::result<counted> outcome) { found = std::move(outcome); };
  cohedge::spawn(io, work(chat, ask), keep);
  io.run();
  return found;
}

int failed(const char* what, const cohedge::error& why) {
  std::printf("%s: %s\n", what, why.message().c_str());
  return 1;
}

}  // namespace

int main() {
  const auto whole = run(behaviour{}, whole_requests);
  if (!whole) return failed("whole requests", whole.error());
  const auto paced = run(behaviour{}.tokens(events).between_tokens(200us), paced_events);
  if (!paced) return failed("streams", paced.error());
#if COHEDGE_COUNTS
  std::printf("whole request: %.2f allocations, at most %zu\n", static_cast<double>(whole->in_all) / requests, whole->most);
  std::printf("stream: %zu allocations in %zu events\n", paced->in_all, events - warm_events);
  return whole->most <= most_per_request && whole->in_all > 0 && paced->in_all == 0 ? 0 : 1;
#else
  std::puts("ran; a sanitizer has malloc, so nothing was counted");
  return 0;
#endif
}
