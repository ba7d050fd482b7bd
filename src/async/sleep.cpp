#include <cohedge/async/sleep.hpp>

namespace cohedge {

bool sleep_until::start(chain& owner, std::coroutine_handle<> caller) {
  owner_ = &owner;
  if ((stopped_ = owner.stopped())) return false;
  if (when_ <= owner.now()) return false;
  owner.time().set(*this, when_);  // the one step that may fail comes first
  owner.suspend(*this, caller);
  return true;
}

void sleep_until::cancel() noexcept {
  stopped_ = true;
  owner_->time().set(*this, owner_->now());  // a cancelled sleep ends now, but never inside `cancel`
}

void sleep_until::rang() noexcept { owner_->wake(); }
void sleep_until::dropped() noexcept { owner_->abandon(); }

task<void> sleep_for(duration wait) {
  const auto& here = co_await this_chain;
  co_return co_await sleep_until{here.now() + wait};
}

}  // namespace cohedge
