#include "http1_connection.hpp"

#include <cohedge/async/next_turn.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

namespace cohedge::net {

using wire::http1_step;

namespace {

constexpr std::size_t first_capacity = 1024;  // a stream that is paced needs no more, and there may be thousands
constexpr std::size_t most_capacity = 64 * 1024;
constexpr std::size_t padding = 64;                // simdjson reads this far beyond a text
constexpr std::size_t gathered_kept = 256 * 1024;  // an idle connection holds on to no more
constexpr std::size_t sent_as_one = 64 * 1024;     // head and body up to this size leave in one write

inline char* copy(std::string_view text, char* to) noexcept { return to + text.copy(to, text.size()); }

/// A request on its way: the head and as much of the body as makes one write, then the rest of the body.
class outgoing {
 public:
  outgoing(connection_pool& pool, const request_head& head, std::string_view body)
      : pool_{pool}, memory_{pool.take_scratch()}, head_size_{head.http1().size()}, rest_{body} {
    constexpr std::string_view length{"Content-Length: "};
    constexpr std::size_t most_digits = 20;
    const auto with_head = body.substr(0, sent_as_one);
    const bool has_length = !body.empty() || !head.idempotent();
    const auto room = head_size_ + length.size() + most_digits + 4 + with_head.size();
    if (memory_.size() < room) memory_.resize(room);
    char* const begin = memory_.data();
    char* end = copy(head.http1(), begin);
    if (has_length) {
      end = copy(length, end);
      end = copy("\r\n", std::to_chars(end, end + most_digits, body.size()).ptr);
    }
    end = copy(with_head, copy("\r\n", end));
    left_ = {begin, static_cast<std::size_t>(end - begin)};
    rest_.remove_prefix(with_head.size());
  }
  outgoing(const outgoing&) = delete;
  outgoing& operator=(const outgoing&) = delete;
  ~outgoing() {
    explicit_bzero(memory_.data(), head_size_);  // credentials were in it
    pool_.give_scratch(std::move(memory_));
  }

  /// What is to be written next; empty when all has been.
  std::string_view left() noexcept { return left_.empty() ? left_ = std::exchange(rest_, {}) : left_; }
  void wrote(std::size_t size) noexcept { left_.remove_prefix(size); }

 private:
  connection_pool& pool_;
  std::vector<char> memory_;
  std::size_t head_size_;
  std::string_view left_, rest_;
};

}  // namespace

http1_connection::http1_connection(connection_pool::place where, std::unique_ptr<byte_stream> stream,
                                   const limits& bounds)
    : where_{std::move(where)}, stream_{std::move(stream)}, parser_{bounds} {}

http1_connection::~http1_connection() { close(); }

void http1_connection::close() noexcept {
  if (!std::exchange(open_, false)) return;
  stream_->close();
}

void http1_connection::rest(time_point now) noexcept {
  idle_since_ = now;
  if (gathered_.capacity() > gathered_kept) std::string{}.swap(gathered_);
}

/// Back to the pool if the end of the body is here; whoever stopped at a stream's last event has often not looked.
void http1_connection::release() noexcept {
  std::string_view rest;
  for (auto got = try_body(rest); got && got.value();) got = try_body(rest);
  where_.pool().give_back(std::unique_ptr<http1_connection>{this});
}

task<exchange> http1_connection::ask(carried self, sending request) {
  next_turn turn;
  co_await turn;  // whoever is ready now asks in the same turn, one right after the other (docs/decisions/0023)
  const chain& here = co_await this_chain;
  if (here.stopped()) co_return error{here.stop_reason()};
  ++asked_;
  all_sent_ = ended_ = false;
  error why;
  {
    outgoing message{where_.pool(), request.head, request.body};
    for (auto left = message.left(); !left.empty() && why.code() == errc::none; left = message.left()) {
      const auto wrote = co_await write_some{*stream_, left};
      if (wrote)
        message.wrote(wrote.value());
      else
        why = wrote.error();
    }
  }
  all_sent_ = why.code() == errc::none;
  co_await turn;  // nothing has come yet: trying to read at once is a system call in vain
  parser_.begin(request.head.method());
  // A server that refuses a request may answer and close before it has read all of it: the answer is worth having.
  bool asking = all_sent_ || why.code() == errc::connection_reset;
  for (bool first = true; asking; first = false) {
    // To ask in vain costs a fraction of a microsecond; an answer from near by need not be waited for.
    const auto got = co_await read_some{*stream_, room(), first};
    error lost;
    if (got) {
      received(got.value());
      const auto step = next();
      if (step && step.value() == http1_step::head)
        co_return exchange{std::move(self), request.fresh, request.replays > 0};
      if (step) continue;
      lost = step.error();
    } else {
      lost = got.error();
    }
    if (all_sent_ || parser_.started()) why = lost;
    asking = false;
  }
  failed(why);
  if (!may_go_again(*self, request, here)) co_return why;
  auto again = go_again(std::move(self), request);
  co_return co_await std::move(again);
}

/// A request that was not handed over whole, or whose end the peer's system has not even acknowledged, was not
/// processed. Everything else may have been.
void http1_connection::failed(const error& why) noexcept {
  const bool gone = why.code() == errc::connection_reset || why.code() == errc::connection_closed;
  lost_unanswered_ = gone && !parser_.started();
  not_processed_ = lost_unanswered_ && (!all_sent_ || stream_->undelivered());
  close();
}

/// Only on a connection that has served before: there the server has closed it while the request was on its way.
bool http1_connection::replayable(const request_head& head) const noexcept {
  return asked_ > 1 && (not_processed_ || (lost_unanswered_ && head.idempotent()));
}

bool http1_connection::reusable() const noexcept {
  if (!open_ || peer_closed_ || !unread_.empty()) return false;
  return asked_ == 0 || (all_sent_ && ended_ && parser_.keep_alive());
}

result<http1_step> http1_connection::next() {
  auto step = parser_.next(unread_);
  if (step && step.value() == http1_step::need_more && peer_closed_) step = parser_.finish();
  return step;
}

result<bool> http1_connection::try_body(std::string_view& piece) {
  if (ended_) return false;
  if (parser_.take_chunk(unread_)) return piece = parser_.body(), true;
  for (;;) {
    const auto step = next();
    if (!step) {
      close();
      return step.error();
    }
    switch (step.value()) {
      case http1_step::body: return piece = parser_.body(), true;
      case http1_step::end: return ended_ = true, false;
      case http1_step::need_more: return false;
      case http1_step::head: break;
    }
  }
}

task<void> http1_connection::more() {
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
std::span<char> http1_connection::room() {
  if (capacity_ == 0 || filled_ || unread_.size() == capacity_) grow();
  if (!unread_.empty() && unread_.data() != buffer_.get()) std::memmove(buffer_.get(), unread_.data(), unread_.size());
  unread_ = {buffer_.get(), unread_.size()};
  return {buffer_.get() + unread_.size(), capacity_ - unread_.size()};
}

void http1_connection::grow() {
  filled_ = false;
  if (capacity_ == most_capacity) return;
  const auto larger = std::max(first_capacity, std::min(2 * capacity_, most_capacity));
  auto fresh = std::make_unique<char[]>(larger + padding);  // all zero; the padding stays so
  std::copy(unread_.begin(), unread_.end(), fresh.get());
  unread_ = {fresh.get(), unread_.size()};
  buffer_ = std::move(fresh);
  capacity_ = larger;
}

void http1_connection::received(std::size_t size) noexcept {
  peer_closed_ = size == 0;
  unread_ = {buffer_.get(), unread_.size() + size};
  filled_ = unread_.size() == capacity_;
}

}  // namespace cohedge::net
