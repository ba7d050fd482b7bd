#include <cohedge/async/stagger.hpp>

namespace cohedge {

void stagger_bell::await_suspend(std::coroutine_handle<> caller) {
  owner_.suspend(*this, caller);
  owner_.time().set(*this, owner_.stopped() ? owner_.now() : when_);
}

void stagger_bell::ring() noexcept {
  rung_ = true;
  if (!owner_.suspended()) return;
  owner_.time().clear(*this);
  owner_.wake();
}

void stagger_bell::never() noexcept { owner_.abandon(); }

}  // namespace cohedge
