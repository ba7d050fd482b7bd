#include "http2_connection.hpp"

#include "http2_stream.hpp"

#include <cohedge/async/next_turn.hpp>
#include <cohedge/async/spawn.hpp>

#include <asio/detached.hpp>

#include <cstring>
#include <new>
#include <utility>

namespace cohedge::net {

namespace {

constexpr std::size_t written_at_once = 64 * 1024;
constexpr std::size_t longest_at_the_end = 32 * 1024;  // a frame, a usual head
constexpr std::size_t spare_streams = 64;

/// Keeps a place pointing at a bell for as long as somebody waits for it.
class announced {
 public:
  announced(bell*& place, bell& what) noexcept : place_{place} { place_ = &what; }
  announced(const announced&) = delete;
  announced& operator=(const announced&) = delete;
  ~announced() { place_ = nullptr; }

 private:
  bell*& place_;
};

}  // namespace

http2_connection::http2_connection(connection_pool::place where, std::unique_ptr<byte_stream> stream,
                                   const limits& bounds, time_point now)
    : where_{std::move(where)},
      stream_{std::move(stream)},
      session_{bounds},
      quiet_since_{now} {
  spare_.reserve(spare_streams);  // giving a stream back never fails
  // Heads of requests hold credentials: a buffer that grew would leave a copy behind.
  outgoing_.reserve(written_at_once + longest_at_the_end);
}

http2_connection::~http2_connection() { explicit_bzero(outgoing_.data(), outgoing_.capacity()); }  // credentials

result<std::shared_ptr<http2_connection>> http2_connection::start(const asio::any_io_executor& executor,
                                                                  connection_pool::place where,
                                                                  std::unique_ptr<byte_stream> stream,
                                                                  const limits& bounds, time_point now) {
  auto made = std::shared_ptr<http2_connection>{
      new http2_connection{std::move(where), std::move(stream), bounds, now}};
  struct unless_served {
    ~unless_served() {
      if (connection) connection->close();
    }
    http2_connection* connection;
  } closed{made.get()};
  auto writing = served(made, write_on(made));
  auto reading = served(made, read_on(made));
  if (!writing.has_frame() || !reading.has_frame()) return error{errc::out_of_memory};
  spawn(executor, std::move(writing), asio::detached);
  spawn(executor, std::move(reading), asio::detached);
  closed.connection = nullptr;
  return made;
}

/// One of the two chains. What ends it before its time (memory that is used up) ends the connection.
task<void> http2_connection::served(std::shared_ptr<http2_connection> self, task<void> work) {
  const auto ended = co_await std::move(work);
  if (!ended) self->fail(ended.error());
  co_return success();
}

bool http2_connection::has_room() const noexcept {
  return !closed_ && !retired_ && session_.takes_requests() && streams_ < session_.most_streams();
}

carried http2_connection::stream() {
  std::unique_ptr<http2_stream> next;
  if (spare_.empty()) {
    next = std::make_unique<http2_stream>();
  } else {
    next = std::move(spare_.back());
    spare_.pop_back();
  }
  next->begin(shared_from_this());
  ++streams_;
  return carried{next.release()};
}

void http2_connection::give_back(std::unique_ptr<http2_stream> used, bool in_vain) noexcept {
  --streams_;
  doubted_ = doubted_ || in_vain;
  if (!closed_ && spare_.size() < spare_streams) spare_.push_back(std::move(used));
  if (retired_ && streams_ == 0) return close();
  if (where_) where_->pool().room_again();
}

task<void> http2_connection::read_on(std::shared_ptr<http2_connection> self) {
  chain& here = co_await this_chain;
  while (!self->closed_) {
    const auto got = co_await read_some{*self->stream_, self->received_};
    if (self->closed_) break;
    if (!got || got.value() == 0) {
      self->fail(got ? error{errc::connection_closed, "the server closed the connection"} : got.error());
      break;
    }
    self->quiet_since_ = here.now();
    self->doubted_ = false;
    const auto read = self->session_.receive({self->received_.data(), got.value()});
    if (!read) self->fail(read.error());
    self->wake_changed();
    if (self->closed_) break;
    if (self->session_.over()) self->fail(self->session_.why_over());
    if (!self->session_.takes_requests()) self->retire();
    if (self->closed_) break;
    self->where_->pool().room_again();  // its SETTINGS may have come
    self->send_soon();
  }
  co_return success();
}

task<void> http2_connection::write_on(std::shared_ptr<http2_connection> self) {
  chain& here = co_await this_chain;
  while (!self->closed_) {
    auto& out = self->outgoing_;
    out.clear();
    const auto collected = self->session_.collect(out, written_at_once);
    if (!collected) {
      self->fail(collected.error());
      break;
    }
    if (out.empty()) {
      {
        bell more{here};
        const announced until{self->writer_, more};
        co_await more;
      }
      co_await next_turn{};  // so that one write takes what everybody wants to send
      continue;
    }
    auto writing = write_all(*self->stream_, out);
    const auto wrote = co_await std::move(writing);
    if (!wrote) {
      self->retire();  // what the server has said before is still to be read: GOAWAY tells what it has processed
      break;
    }
    if (self->session_.over()) self->fail(self->session_.why_over());
  }
  co_return success();
}

void http2_connection::send_soon() noexcept {
  if (writer_ && session_.has_output()) writer_->ring();
}

void http2_connection::wake_changed() {
  while (auto* changed = session_.next_changed())
    if (auto* waiting = http2_stream::of(*changed).waiting_) waiting->ring();
  if (pinging_) pinging_->ring();
}

task<void> http2_connection::question(duration patience) {
  chain& here = co_await this_chain;
  const auto self = shared_from_this();
  const auto before = session_.pings_answered();
  const auto latest = here.now() + patience;
  session_.ping();
  send_soon();
  {
    bell answered{here};
    answered.set_until(latest);
    const announced until{pinging_, answered};
    while (!closed_ && session_.pings_answered() == before && here.now() < latest && !here.stopped()) co_await answered;
  }
  if (closed_) co_return success();
  if (session_.pings_answered() == before && !here.stopped())
    fail(error{errc::connection_closed, "the server does not answer any more"});
  else
    where_->pool().room_again();
  co_return success();
}

void http2_connection::fail(const error& why) noexcept {
  if (std::exchange(closed_, true)) return;
  const auto self = shared_from_this();
  session_.fail_all(why);
  stream_->close();
  where_->pool().drop(*this);
  where_.reset();
  if (writer_) writer_->ring_later();
  if (pinging_) pinging_->ring_later();
  while (auto* changed = session_.next_changed())
    if (auto* waiting = http2_stream::of(*changed).waiting_) waiting->ring_later();
}

void http2_connection::retire() noexcept {
  if (closed_ || std::exchange(retired_, true)) return;
  if (streams_ == 0) return close();
  where_->pool().drop(*this);
}

}  // namespace cohedge::net
