#include <cohedge/net/byte_stream.hpp>

namespace cohedge::net {

bool io_operation::start(chain& owner, std::coroutine_handle<> caller) {
  owner_ = &owner;
  if (owner.stopped()) {
    outcome_ = error{owner.stop_reason()};
    return false;
  }
  const bool at_hand = way_ == direction::read ? stream_.start_read({data_, size_}, *this, outcome_)
                                               : stream_.start_write({data_, size_}, *this, outcome_);
  if (at_hand) return false;
  owner.suspend(*this, caller);
  return true;
}

void io_operation::cancel() noexcept { stream_.cancel(); }

void io_operation::complete(result<std::size_t> outcome) {
  outcome_ = std::move(outcome);
  owner_->wake();
}

result<std::size_t> io_operation::await_resume() {
  if (outcome_.has_error() && owner_->stopped()) return error{owner_->stop_reason()};
  return std::move(outcome_);
}

task<void> write_all(byte_stream& stream, std::string_view data) {
  while (!data.empty()) {
    const auto wrote = co_await write_some{stream, data};
    if (!wrote) co_return wrote.error();
    data.remove_prefix(wrote.value());
  }
  co_return success();
}

}  // namespace cohedge::net
