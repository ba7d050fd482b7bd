#include "connection.hpp"

#include <cohedge/async/asio_op.hpp>

#include <asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace cohedge::net {

namespace {

constexpr std::size_t first_capacity = 4 * 1024;
constexpr std::size_t most_capacity = 64 * 1024;
constexpr std::size_t padding = 64;                 // simdjson reads this far beyond a text
constexpr std::size_t gathered_kept = 256 * 1024;  // an idle connection holds on to no more

}  // namespace

connection::connection(connection_pool::place where, std::unique_ptr<byte_stream> stream, const limits& bounds)
    : where_{std::move(where)}, stream_{std::move(stream)}, parser_{bounds} {}

connection::~connection() { close(); }

void connection::close() noexcept {
  if (!std::exchange(open_, false)) return;
  stream_->close();
}

void connection::rest(time_point now) noexcept {
  idle_since_ = now;
  if (gathered_.capacity() > gathered_kept) std::string{}.swap(gathered_);
}

task<void> connection::ask(std::string_view method, std::string_view request) {
  parser_.begin(method);
  all_sent_ = false;
  error unsent;
  while (!request.empty() && unsent.code() == errc::none) {
    const auto wrote = co_await write_some{*stream_, request};
    if (wrote)
      request.remove_prefix(wrote.value());
    else
      unsent = wrote.error();
  }
  // A server that refuses a request may answer and close before it has read all of it: the answer is worth having.
  if (unsent.code() != errc::none && unsent.code() != errc::connection_reset) {
    close();
    co_return unsent;
  }
  all_sent_ = unsent.code() == errc::none;
  // Nothing can be there yet. Whoever else is ready goes first; by then it often is, and a vain read is saved.
  const chain& here = co_await this_chain;
  co_await asio::post(here.executor(), use_task);
  for (;;) {
    const auto step = next();
    if (step && step.value() == wire::http1_step::head) co_return success();
    if (!step) co_return all_sent_ || parser_.started() ? step.error() : unsent;
    const auto got = co_await read_some{*stream_, room()};
    if (!got) {
      close();
      co_return all_sent_ || parser_.started() ? got.error() : unsent;
    }
    received(got.value());
  }
}

result<wire::http1_step> connection::next() {
  auto step = parser_.next(unread_);
  if (step && step.value() == wire::http1_step::need_more && peer_closed_) step = parser_.finish();
  if (!step) close();
  return step;
}

task<void> connection::receive() {
  const auto into = room();
  if (into.empty()) co_return success();  // full of what nobody has looked at yet
  const auto got = co_await read_some{*stream_, into};
  if (!got) {
    close();
    co_return got.error();
  }
  received(got.value());
  co_return success();
}

/// Where the next bytes go: behind what is unread, which moves to the front.
std::span<char> connection::room() {
  if (capacity_ == 0 || filled_ || unread_.size() == capacity_) grow();
  if (!unread_.empty() && unread_.data() != buffer_.get()) std::memmove(buffer_.get(), unread_.data(), unread_.size());
  unread_ = {buffer_.get(), unread_.size()};
  return {buffer_.get() + unread_.size(), capacity_ - unread_.size()};
}

void connection::grow() {
  filled_ = false;
  if (capacity_ == most_capacity) return;
  const auto larger = std::max(first_capacity, std::min(2 * capacity_, most_capacity));
  auto fresh = std::make_unique<char[]>(larger + padding);  // all zero; the padding stays so
  std::copy(unread_.begin(), unread_.end(), fresh.get());
  unread_ = {fresh.get(), unread_.size()};
  buffer_ = std::move(fresh);
  capacity_ = larger;
}

void connection::received(std::size_t size) noexcept {
  peer_closed_ = size == 0;
  unread_ = {buffer_.get(), unread_.size() + size};
  filled_ = unread_.size() == capacity_;
}

}  // namespace cohedge::net
