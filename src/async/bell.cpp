#include <cohedge/async/bell.hpp>

namespace cohedge {

void bell::await_suspend(std::coroutine_handle<> caller) {
  owner_.time().set(*this, owner_.stopped() ? owner_.now() : when_);  // the one step that may fail comes first
  waiting_ = true;
  owner_.suspend(*this, caller);
}

void bell::ring() noexcept {
  rung_ = true;
  if (!waiting_) return;
  owner_.time().clear(*this);
  owner_.wake();
}

void bell::ring_later() noexcept {
  rung_ = true;
  if (waiting_ && !owner_.time().ring_next_turn(*this)) owner_.time().set(*this, owner_.now());
}

void bell::never() noexcept { owner_.abandon(); }

}  // namespace cohedge
