#pragma once

#include <cohedge/async/task.hpp>

namespace cohedge::testing {

/// `co_await until_cancelled{}` — never completes by itself, and sets no alarm that would keep a context running.
class until_cancelled : private suspension, private alarm {
 public:
  bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
    owner_ = caller.promise().owner;
    if (owner_->stopped()) return false;
    owner_->suspend(*this, caller);
    return true;
  }
  result<void> await_resume() const { return error{owner_->stop_reason()}; }

 private:
  void cancel() noexcept override { owner_->time().set(*this, owner_->now()); }
  void rang() noexcept override { owner_->wake(); }
  void dropped() noexcept override { owner_->abandon(); }

  chain* owner_ = nullptr;
};

}  // namespace cohedge::testing
