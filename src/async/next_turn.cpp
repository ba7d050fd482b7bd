#include <cohedge/async/next_turn.hpp>

#include <asio/execution/blocking.hpp>
#include <asio/require.hpp>

namespace cohedge {

void next_turn::start(chain& owner, std::coroutine_handle<> caller) {
  owner_ = &owner;
  if (owner.time().ring_next_turn(*this)) return owner.suspend(*this, caller);
  auto go_on = [wake = wake_up{owner}]() mutable { wake(); };
  asio::require(owner.executor(), asio::execution::blocking.never).execute(std::move(go_on));
  owner.suspend(*this, caller);  // after the one step that may fail
}

}  // namespace cohedge
