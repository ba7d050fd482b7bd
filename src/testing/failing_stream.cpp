#include "failing_stream.hpp"

#include "forever.hpp"

#include <algorithm>
#include <utility>

namespace cohedge::testing {

failing_stream::failing_stream(std::shared_ptr<failing_network::state> network, std::unique_ptr<net::byte_stream> real)
    : network_{std::move(network)}, real_{std::move(real)} {
  ++network_->streams;
}

failing_stream::~failing_stream() { --network_->streams; }

bool failing_stream::start_read(std::span<char> into, net::io_operation& op, result<std::size_t>& done) {
  const auto wrong = note(&io_calls::reads, reading_);
  if (reading_.hangs()) return reading_.wait(op), false;
  if (broken_ == io_failure::reset) return done = error{errc::connection_reset}, true;
  if (broken_ == io_failure::close) return done = std::size_t{0}, true;
  if (wrong) into = into.first(std::min<std::size_t>(into.size(), 1));
  return real_->start_read(into, op, done);
}

bool failing_stream::start_write(std::span<const char> data, net::io_operation& op, result<std::size_t>& done) {
  const auto wrong = note(&io_calls::writes, writing_);
  if (writing_.hangs()) return writing_.wait(op), false;
  if (broken_ == io_failure::reset) return done = error{errc::connection_reset}, true;
  if (broken_ == io_failure::close) return done = error{errc::connection_closed}, true;
  if (wrong) data = data.first(std::min<std::size_t>(data.size(), 1));
  return real_->start_write(data, op, done);
}

bool failing_stream::note(std::size_t io_calls::*kind, direction& way) noexcept {
  const auto wrong = network_->next(kind);
  if (wrong == io_failure::hang) way.hang();
  if (wrong == io_failure::reset || wrong == io_failure::close) broken_ = wrong;
  return wrong.has_value();
}

void failing_stream::cancel() noexcept {
  reading_.end_soon(errc::cancelled);
  writing_.end_soon(errc::cancelled);
  real_->cancel();
}

void failing_stream::close() noexcept {
  reading_.end_soon(errc::closed);
  writing_.end_soon(errc::closed);
  real_->close();
}

void failing_stream::direction::wait(net::io_operation& op) {
  waiting_ = &op;
  op.owner().time().set(*this, forever);
}

/// Never inside the call.
void failing_stream::direction::end_soon(errc why) noexcept {
  if (!waiting_) return;
  why_ = why;
  waiting_->owner().time().set(*this, waiting_->owner().now());
}

void failing_stream::direction::rang() noexcept { std::exchange(waiting_, nullptr)->complete(error{why_}); }

void failing_stream::direction::dropped() noexcept { std::exchange(waiting_, nullptr)->owner().abandon(); }

}  // namespace cohedge::testing
