#pragma once

#include <cohedge/core/frame.hpp>
#include <cohedge/async/time.hpp>

#include <asio/detail/throw_exception.hpp>
#include <asio/execution.hpp>
#include <asio/execution_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cohedge::testing {

class virtual_clock;
class virtual_executor;

/// An execution context whose clock stands still while there is work, and jumps to the next alarm when there is none: a
/// minute of waiting takes no time, and a run is the same, byte for byte, from the same seed. It has its own queue of
/// ready work (first in, first out) and is found by the library as the time source of its executors.
///
///     virtual_context world;
///     cohedge::spawn(world, hedge(client), handler);
///     world.run();
///
/// No thread, no Asio timer, no socket: only what waits through `cohedge::sleep_until` and its relatives can wait here.
/// When it dies, whatever is suspended is destroyed. Thread-safety: one thread.
class virtual_context : public asio::execution_context {
 public:
  using executor_type = virtual_executor;

  /// The seed decides every random number that the library draws.
  explicit virtual_context(std::uint64_t seed = 1);
  ~virtual_context();

  executor_type get_executor() noexcept;

  /// Runs until nothing is ready and no alarm is set; what waits for something that never comes stays suspended. Gives
  /// the number of pieces of work that ran and alarms that rang.
  std::size_t run();
  /// Runs one piece of ready work; if there is none, goes on to the earliest alarm and rings it. Alarms of the same
  /// time ring in the order in which they were set, each with all the work it makes ready. False: nothing was left.
  bool run_one();
  /// Runs everything that is due until `end`, and stops there.
  std::size_t run_until(time_point end);
  std::size_t run_for(duration length) { return run_until(now() + length); }

  time_point now() const noexcept;
  /// Time since the context was made.
  duration elapsed() const noexcept { return now() - epoch(); }
  /// Where the clock of every virtual context starts.
  static constexpr time_point epoch() noexcept { return time_point{std::chrono::hours{1000}}; }

  /// Ready work and alarms that wait: zero after a run to the end.
  std::size_t ready() const noexcept { return ready_; }
  bool idle() const noexcept;

 private:
  friend class virtual_executor;

  /// One piece of ready work: a link of the queue with the function in it.
  struct piece {
    virtual void run() = 0;  // destroys the piece first
    virtual ~piece() = default;
    static void* operator new(std::size_t bytes) noexcept { return allocate_frame(bytes); }
    static void operator delete(void* block, std::size_t bytes) noexcept { release_frame(block, bytes); }
    piece* next = nullptr;
  };

  template <class Function>
  struct piece_of final : piece {
    template <class F>
    explicit piece_of(F&& given) : function(std::forward<F>(given)) {}
    void run() override {
      Function taken{std::move(function)};
      delete this;
      std::move(taken)();
    }
    Function function;
  };

  void push(piece* fresh);
  bool run_ready();
  piece* pop() noexcept;

  std::shared_ptr<virtual_clock> clock_;
  piece* first_ = nullptr;
  piece* last_ = nullptr;
  std::size_t ready_ = 0;
  bool running_ = false;
};

/// Submits work to a `virtual_context`. An Asio executor: `asio::any_io_executor` holds it. With blocking.possibly, as
/// `asio::dispatch` asks for, work runs at once where the context is running already.
class virtual_executor {
 public:
  virtual_context& context() const noexcept { return *context_; }

  template <class Function>
  void execute(Function&& function) const {
    using stored = std::decay_t<Function>;
    if (!blocking_never_ && context_->running_) {
      stored taken(std::forward<Function>(function));
      std::move(taken)();
      return;
    }
    auto* fresh = new virtual_context::piece_of<stored>(std::forward<Function>(function));
    if (!fresh) return asio::detail::throw_exception(std::bad_alloc{});
    context_->push(fresh);
  }

  bool operator==(const virtual_executor&) const noexcept = default;

  // Asio's executor properties.
  virtual_context& query(asio::execution::context_t) const noexcept { return *context_; }
  asio::execution::blocking_t query(asio::execution::blocking_t) const noexcept {
    if (blocking_never_) return asio::execution::blocking.never;
    return asio::execution::blocking.possibly;
  }
  asio::execution::relationship_t query(asio::execution::relationship_t) const noexcept {
    if (continuation_) return asio::execution::relationship.continuation;
    return asio::execution::relationship.fork;
  }
  asio::execution::outstanding_work_t query(asio::execution::outstanding_work_t) const noexcept {
    if (tracked_) return asio::execution::outstanding_work.tracked;
    return asio::execution::outstanding_work.untracked;
  }
  static constexpr asio::execution::mapping_t query(asio::execution::mapping_t) noexcept {
    return asio::execution::mapping.thread;
  }

  virtual_executor require(asio::execution::blocking_t::possibly_t) const noexcept {
    return with_blocking_never(false);
  }
  virtual_executor require(asio::execution::blocking_t::never_t) const noexcept { return with_blocking_never(true); }
  virtual_executor require(asio::execution::relationship_t::fork_t) const noexcept { return with_continuation(false); }
  virtual_executor require(asio::execution::relationship_t::continuation_t) const noexcept {
    return with_continuation(true);
  }
  /// Nobody else can bring work here, so outstanding work keeps nothing alive: it is remembered and has no effect.
  virtual_executor require(asio::execution::outstanding_work_t::tracked_t) const noexcept { return with_tracked(true); }
  virtual_executor require(asio::execution::outstanding_work_t::untracked_t) const noexcept {
    return with_tracked(false);
  }

 private:
  friend class virtual_context;
  explicit virtual_executor(virtual_context& context) noexcept : context_{&context} {}

  virtual_executor with_blocking_never(bool on) const noexcept {
    auto changed = *this;
    changed.blocking_never_ = on;
    return changed;
  }
  virtual_executor with_continuation(bool on) const noexcept {
    auto changed = *this;
    changed.continuation_ = on;
    return changed;
  }
  virtual_executor with_tracked(bool on) const noexcept {
    auto changed = *this;
    changed.tracked_ = on;
    return changed;
  }

  virtual_context* context_;
  bool blocking_never_ = false;
  bool continuation_ = false;
  bool tracked_ = false;
};

inline virtual_context::executor_type virtual_context::get_executor() noexcept { return executor_type{*this}; }

/// What happened when, as text that two runs can be compared by: one line an entry, such as `1200.5ms first content`.
class trace {
 public:
  explicit trace(const virtual_context& world) noexcept : world_{&world} {}
  /// Notes that this happens now.
  void operator()(std::string_view what);
  const std::string& text() const noexcept { return text_; }

 private:
  const virtual_context* world_;
  std::string text_;
};

}  // namespace cohedge::testing
