#pragma once

#include <cohedge/async/task.hpp>

namespace cohedge {

/// `co_await next_turn{}` — goes on when everybody who is ready now has had a turn. A cancellation shows at the next
/// await.
class next_turn : private suspension, private alarm {
 public:
  bool await_ready() const noexcept { return false; }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> caller) {
    start(*caller.promise().owner, caller);
  }
  void await_resume() const noexcept {}

 private:
  void start(chain& owner, std::coroutine_handle<> caller);
  void cancel() noexcept override {}  // the turn comes soon enough
  void rang() noexcept override { owner_->wake(); }
  void dropped() noexcept override { owner_->abandon(); }

  chain* owner_ = nullptr;
};

}  // namespace cohedge
