#pragma once

#include <cohedge/async/task.hpp>

namespace cohedge {

/// `co_await sleep_until(t)` — completes at `t` of the chain's clock, or with the reason of a cancellation.
class sleep_until : private suspension, private alarm {
 public:
  explicit sleep_until(time_point when) noexcept : when_{when} {}

  bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    return start(*caller.promise().owner, caller);
  }
  result<void> await_resume() const {
    if (stopped_) return error{owner_->stop_reason()};
    return success();
  }

 private:
  bool start(chain& owner, std::coroutine_handle<> caller);
  void cancel() noexcept override;
  void rang() noexcept override;
  void dropped() noexcept override;

  time_point when_;
  chain* owner_ = nullptr;
  bool stopped_ = false;
};

/// Completes `wait` from now.
task<void> sleep_for(duration wait);

}  // namespace cohedge
