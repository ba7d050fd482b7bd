#pragma once

#include <cohedge/async/chain.hpp>
#include <cohedge/core/result.hpp>

#include <concepts>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

// task<T>: docs/task.md says why it is our own and how it behaves.

namespace cohedge {

template <class T>
class task;

/// The error for the exception that is being handled. Without exceptions there is none.
error error_of_current_exception() noexcept;

/// What every promise of a task has, whatever it gives: the chain it belongs to and who awaits it.
struct promise_base {
  chain* owner = nullptr;
  std::coroutine_handle<> awaiting = std::noop_coroutine();

  struct at_end {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      auto& promise = ended.promise();
      if (promise.is_root) promise.owner->at_end_ = true;  // chain::resume sees it once we are off the stack
      if (promise.starting) return std::noop_coroutine();  // whoever awaits us is below us on the stack, and looks
      return promise.awaiting;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  at_end final_suspend() const noexcept { return {}; }

  static void* operator new(std::size_t bytes) noexcept { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { release_frame(frame, bytes); }

  bool is_root = false;
  bool starting = false;  // running inside the awaiter's await_suspend
};

/// Awaitables of this library work inside tasks only: they need the chain.
template <class Promise>
concept task_promise = std::derived_from<Promise, promise_base>;

template <class T>
struct task_promise_of : promise_base {
  std::optional<result<T>> outcome;

  task<T> get_return_object() noexcept;
  static task<T> get_return_object_on_allocation_failure() noexcept;

  template <class U>
    requires std::constructible_from<result<T>, U>
  void return_value(U&& value) {
    outcome.emplace(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome.emplace(error_of_current_exception()); }
};

/// A lazy coroutine that gives a `result<T>`: nothing runs before it is awaited or spawned, it is used once, and it is
/// moved, never copied. Await it from another task, or hand it to `spawn`.
///
/// Completion: `co_await` gives the value or the error; never throws (an exception that escapes the body becomes
/// `errc::unhandled_exception`, memory that is used up `errc::out_of_memory`).
/// Cancellation is sticky: once the chain is cancelled every further await gives `errc::cancelled` at once.
/// Lifetime: arguments taken by reference must outlive the task. Thread-safety: one executor.
template <class T = void>
class [[nodiscard]] task {
  static_assert(std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>,
                "results are moved up the chain: moving one must not throw");

 public:
  using promise_type = task_promise_of<T>;
  using value_type = T;

  task() noexcept = default;
  task(task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  struct awaiter {
    task& callee;

    /// Without a frame (no memory was left) there is nothing to run.
    bool await_ready() const noexcept { return !callee.frame_; }
    /// Runs the callee until it ends or waits. One that ends at once returns here and the caller goes on, so a loop over
    /// such tasks does not grow the stack, not even where the compiler makes no tail calls (-O0, sanitizers).
    template <task_promise Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) {
      auto* owner = caller.promise().owner;
      const auto frame = callee.frame_;
      auto& promise = frame.promise();
      if (owner->stopped()) {
        promise.outcome.emplace(error{owner->stop_reason()});
        return false;
      }
      promise.owner = owner;
      promise.awaiting = caller;
      promise.starting = true;
      frame.resume();
      promise.starting = false;
      return !frame.done();
    }
    /// The frame goes at once, not with the task: a caller that awaits one after the other holds the memory of one.
    result<T> await_resume() {
      auto outcome = callee.take_outcome();
      callee.destroy();
      return outcome;
    }
  };
  awaiter operator co_await() && noexcept { return {*this}; }

  /// Runs the task on the executor that is associated with the token's handler; see `spawn` for a given executor.
  template <class CompletionToken>
  auto operator()(CompletionToken&& token) &&;

  // For whoever starts a chain with this task as its root.
  std::coroutine_handle<> as_root(chain& owner) noexcept {
    frame_.promise().owner = &owner;
    frame_.promise().is_root = true;
    return frame_;
  }
  bool has_frame() const noexcept { return static_cast<bool>(frame_); }
  result<T> take_outcome() { return frame_ ? std::move(*frame_.promise().outcome) : result<T>{error{errc::out_of_memory}}; }
  void destroy() noexcept {
    if (frame_) std::exchange(frame_, nullptr).destroy();
  }

 private:
  friend promise_type;
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_{frame} {}

  std::coroutine_handle<promise_type> frame_;
};

template <class T>
task<T> task_promise_of<T>::get_return_object() noexcept {
  return task<T>{std::coroutine_handle<task_promise_of<T>>::from_promise(*this)};
}

template <class T>
task<T> task_promise_of<T>::get_return_object_on_allocation_failure() noexcept {
  return task<T>{};
}

/// `chain& here = co_await this_chain;` — the chain that runs the current task: its executor, clock and cancellation.
struct this_chain_t {
  struct awaiter {
    chain* owner = nullptr;
    bool await_ready() const noexcept { return false; }
    template <task_promise Promise>
    bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
      owner = caller.promise().owner;
      return false;
    }
    chain& await_resume() const noexcept { return *owner; }
  };
  awaiter operator co_await() const noexcept { return {}; }
};
inline constexpr this_chain_t this_chain{};

}  // namespace cohedge
