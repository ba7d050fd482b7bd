#include <cohedge/async/chain.hpp>
#include <cohedge/async/scope.hpp>

#include <algorithm>

namespace cohedge {

cancel_scope::cancel_scope(chain& of) : chain_{of}, outer_{of.innermost_} { of.innermost_ = this; }

cancel_scope::cancel_scope(chain& of, time_point deadline, time_point now, errc reason) : cancel_scope{of} {
  reason_ = reason;
  if (deadline == time_point::max()) return;
  if (deadline <= now)
    cancel(reason);
  else
    of.time().set(*this, deadline);
}

cancel_scope::~cancel_scope() {
  if (cancelled_) --chain_.stops_;
  chain_.innermost_ = outer_;
}

void cancel_scope::cancel(errc reason) noexcept {
  if (cancelled_) return;
  cancelled_ = true;
  reason_ = reason;
  if (chain_.stops_++ == 0 && chain_.leaf_) chain_.leaf_->cancel();
}

chain::~chain() = default;

void chain::cancel(errc reason) noexcept {
  if (reason_ != errc::none) return;
  reason_ = reason;
  if (stops_++ == 0 && leaf_) leaf_->cancel();
}

errc chain::stop_reason() const noexcept {
  if (reason_ != errc::none) return reason_;
  auto why = errc::cancelled;
  for (const auto* inner = innermost_; inner; inner = inner->outer_)
    if (inner->cancelled_) why = inner->reason_;
  return why;
}

time_point chain::deadline() const noexcept {
  auto first = time_point::max();
  for (const auto* inner = innermost_; inner; inner = inner->outer_)
    if (inner->is_set()) first = std::min(first, inner->when());
  return first;
}

void chain::run(std::coroutine_handle<> root) {
  started_ = true;
  ++references_;  // dropped by leave()
  resume(root);
}

void chain::wake() {
  leaf_ = nullptr;
  resume(std::exchange(resume_, nullptr));
}

void chain::resume(std::coroutine_handle<> handle) {
  const chain_pointer alive{this};
  handle.resume();
  if (!at_end_) return;
  at_end_ = false;
  struct leaving {  // also when the user's handler throws
    chain& gone;
    ~leaving() { gone.leave(); }
  } const at_last{*this};
  finished();
}

void chain::abandon() noexcept {
  if (!leaf_) return;
  const chain_pointer alive{this};
  leaf_ = nullptr;
  resume_ = nullptr;
  destroy_frames();
  abandoned();
  leave();
}

void chain::leave() noexcept {
  if (!started_) return;
  started_ = false;
  if (scope_) scope_->remove(*this);
  --references_;  // never the last one: the caller holds one
}

}  // namespace cohedge
