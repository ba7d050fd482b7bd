#include <cohedge/async/scope.hpp>

namespace cohedge {

namespace {

/// A task that runs for its effects only.
class detached_chain final : public chain {
 public:
  detached_chain(const asio::any_io_executor& executor, task<void> work)
      : chain{executor, time_of(executor)}, work_{std::move(work)} {}

  void start() { run(work_.as_root(*this)); }

 private:
  void finished() override { work_.destroy(); }
  void destroy_frames() noexcept override { work_.destroy(); }

  task<void> work_;
};

}  // namespace

/// Suspended until the scope is empty.
struct scope::empty_wait final : suspension {
  explicit empty_wait(scope& of) noexcept : waited_for{of} {}

  bool await_ready() const noexcept { return waited_for.size_ == 0; }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) noexcept {
    owner = caller.promise().owner;
    if ((stopped = owner->stopped())) return false;
    waited_for.joining_ = this;
    owner->suspend(*this, caller);
    return true;
  }
  result<void> await_resume() const noexcept {
    waited_for.joining_ = nullptr;
    if (stopped) return error{owner->stop_reason()};
    return success();
  }
  void cancel() noexcept override {}  // what is joined was told to stop; it ends by itself
  ~empty_wait() {
    if (waited_for.joining_ == this) waited_for.joining_ = nullptr;
  }

  scope& waited_for;
  chain* owner = nullptr;
  bool stopped = false;
};

void scope::abandon_all() noexcept {
  while (first_) {
    const chain_pointer last_look{first_};
    remove(*first_);
    last_look->abandon();
  }
}

void scope::start(const asio::any_io_executor& executor, task<void> work) {
  if (!work.has_frame()) return;
  auto* fresh = new detached_chain{executor, std::move(work)};
  if (!fresh) return;
  const chain_pointer alive{fresh};
  adopt(*fresh);
  fresh->start();
}

void scope::adopt(chain& running) noexcept {
  if (running.scope_) running.scope_->remove(running);
  running.scope_ = this;
  running.previous_ = nullptr;
  running.next_ = first_;
  if (first_) first_->previous_ = &running;
  first_ = &running;
  ++size_;
}

void scope::remove(chain& gone) noexcept {
  (gone.previous_ ? gone.previous_->next_ : first_) = gone.next_;
  if (gone.next_) gone.next_->previous_ = gone.previous_;
  gone.scope_ = nullptr;
  gone.next_ = gone.previous_ = nullptr;
  if (--size_ == 0 && joining_) joining_->owner->wake();
}

void scope::cancel_all(errc reason) noexcept {
  for (auto* running = first_; running; running = running->next_) running->cancel(reason);
}

task<void> scope::join() {
  empty_wait until_empty{*this};
  co_return co_await until_empty;
}

}  // namespace cohedge
