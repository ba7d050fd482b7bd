#pragma once

#include <cohedge/async/chain.hpp>

#include <coroutine>
#include <utility>

namespace cohedge {

/// What a chain waits for when somebody else will wake it: another chain, or a time. `co_await bell` completes when it
/// was rung, when `set_until`'s time has come, or when the chain is cancelled: look around afterwards.
/// Lives in a coroutine of the chain that waits. Thread-safety: one executor.
class bell final : private suspension, private alarm {
 public:
  explicit bell(chain& owner) noexcept : owner_{owner} {}
  void set_until(time_point when) noexcept { when_ = when; }

  bool await_ready() noexcept { return std::exchange(rung_, false); }
  void await_suspend(std::coroutine_handle<> caller);
  void await_resume() noexcept { rung_ = waiting_ = false; }

  /// Wakes the chain inside this call if it waits, otherwise its next wait ends at once.
  void ring() noexcept;
  /// The same, but the chain goes on later, from its executor: for callers in the middle of something.
  void ring_later() noexcept;
  void never() noexcept;  ///< what it waits for was abandoned: so is the chain

 private:
  void cancel() noexcept override { ring_later(); }
  void rang() noexcept override { owner_.wake(); }
  void dropped() noexcept override { owner_.abandon(); }

  chain& owner_;
  time_point when_ = time_point::max();
  bool rung_ = false;
  bool waiting_ = false;
};

}  // namespace cohedge
