#include "connection_pool.hpp"

#include "http1_connection.hpp"
#include "http2_connection.hpp"

#include <algorithm>
#include <optional>

namespace cohedge::net {

/// Somebody in line for a connection. One at a time is called; the next one when that one has gone, served or not.
class connection_pool::waiter {
 public:
  waiter(connection_pool& pool, chain& owner) : pool_{pool}, bell_{owner} { pool_.line_.push_back(this); }
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;
  ~waiter() {
    std::erase(pool_.line_, this);
    if (pool_.called_ != this) return;
    pool_.called_ = nullptr;
    pool_.call_next();
  }

  void call() noexcept {
    pool_.called_ = this;
    bell_.ring_later();
  }
  bool called() const noexcept { return pool_.called_ == this; }
  /// There was nothing after all: the same place in line.
  void again() noexcept {
    if (called()) pool_.called_ = nullptr;
  }
  bell& until_called() noexcept { return bell_; }

  void fail(const error& why) {
    failure_ = why;
    bell_.ring_later();
  }
  const std::optional<error>& failure() const noexcept { return failure_; }

 private:
  connection_pool& pool_;
  bell bell_;
  std::optional<error> failure_;
};

namespace {

/// For what nobody follows.
class unwatched final : public exchange_watch {};

}  // namespace

connection_pool::place::~place() {
  if (!pool_) return;
  --pool_->open_;
  pool_->call_next();
}

connection_pool::connection_pool(asio::any_io_executor executor, std::shared_ptr<connector> opener, destination to,
                                 const limits& bounds)
    : executor_{std::move(executor)},
      time_{time_of(executor_)},
      connector_{std::move(opener)},
      to_{std::move(to)},
      limits_{bounds},
      speaks_http1_{to_.version() == http_version::http1} {}

connection_pool::~connection_pool() = default;

carried connection_pool::ready(exchange_watch& watch) { return line_.empty() ? unused(watch.now(*time_)) : nullptr; }

carried connection_pool::unused(time_point now) {
  if (closed_) return nullptr;
  std::unique_ptr<http1_connection> candidate;
  while (!idle_.empty()) {
    candidate = std::move(idle_.back());
    idle_.pop_back();
    if (usable(*candidate, now)) return carried{candidate.release()};
  }
  for (const auto& connection : shared_) {
    const auto trusted_for = connection->doubted() ? ping_patience : ping_after;
    if (connection->has_room() && connection->quiet_since() > now - trusted_for) return connection->stream();
  }
  return nullptr;
}

/// Whether one that has been idle can carry another exchange.
bool connection_pool::usable(http1_connection& kept, time_point now) noexcept {
  const auto since = kept.idle_since();
  const bool sure = kept.served() > 1 && since > now - sure_for;
  return sure || (since > now - idle_limit && kept.still_open());
}

bool connection_pool::may_open() const noexcept {
  return open_ < limits_.connections_per_origin && !opening_enough();
}

/// Whether whoever waits now waits for a connection that is being opened.
bool connection_pool::opening_enough() const noexcept {
  return opening_for_all() || (to_.to().secure && connecting_ >= handshakes_at_once);
}

/// Two connections of HTTP/2 are not opened at once: the first may serve all, which shows when the server has greeted.
/// Which version it will be shows only when TLS has agreed.
bool connection_pool::opening_for_all() const noexcept {
  const bool may_be_shared =
      to_.version() == http_version::http2 || (to_.version() == http_version::negotiated && to_.to().secure);
  if (!may_be_shared || speaks_http1_) return false;
  return connecting_ > 0 || std::ranges::any_of(shared_, [](const auto& known) { return !known->greeted(); });
}

task<carried> connection_pool::take(exchange_watch& watch, bool& fresh) {
  chain& here = co_await this_chain;
  std::optional<waiter> in_line;
  for (;;) {
    if (here.stopped()) co_return error{here.stop_reason()};
    if (closed_) co_return errc::closed;
    if (in_line && in_line->failure()) co_return *in_line->failure();
    if (in_line ? in_line->called() : line_.empty()) {
      if (auto over = unused(here.now())) co_return over;
      const auto quiet = quiet_connection();
      if (quiet && !quiet->questioned()) {
        auto asking = quiet->question(ping_patience);
        static_cast<void>(co_await std::move(asking));  // the loop looks at it again
        continue;
      }
      if (!quiet && may_open()) {
        watch.connecting();
        fresh = true;
        auto opening = connect();
        in_line.reset();  // the next one may look whether it can open another
        co_return co_await std::move(opening);
      }
    }
    if (!in_line) {
      if (line_.size() >= limits_.waiting_per_origin) co_return line_is_full();
      in_line.emplace(*this, here);
    }
    if (opening_enough())
      watch.connecting();
    else
      watch.waiting();
    in_line->again();
    auto& called = in_line->until_called();
    co_await called;
  }
}

error connection_pool::line_is_full() const {
  return error{errc::limit_exceeded, error_class::local,
               "waiting_per_origin: " + std::to_string(line_.size()) + " requests wait for a connection to " +
                   to_.to().host};
}

task<void> connection_pool::warm_up() {
  while (!idle_.empty() && !usable(*idle_.back(), time_->now())) {
    const auto gone = std::move(idle_.back());
    idle_.pop_back();
  }
  if (!closed_ && (!idle_.empty() || (!quiet_connection() && !may_open()))) co_return success();
  unwatched nobody;
  bool fresh = false;
  auto taking = take(nobody, fresh);
  const auto taken = co_await std::move(taking);
  if (!taken) co_return taken.error();
  co_return success();  // let go of unused it is idle
}

/// Not those to a proxy that reads the requests itself: some (tinyproxy) close after each answer without a word, and a
/// request sent meanwhile would be lost.
bool connection_pool::keeps_connections() const noexcept { return to_.to().secure || !to_.via(); }

task<carried> connection_pool::connect() {
  struct attempt {
    explicit attempt(connection_pool& of) noexcept : pool{of} { ++pool.connecting_; }
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;
    ~attempt() {
      --pool.connecting_;
      pool.call_next();
    }
    connection_pool& pool;
  };
  place where{shared_from_this()};
  const attempt counted{*this};
  auto connecting = connector_->connect(to_);
  auto stream = co_await std::move(connecting);
  if (!stream) {
    const chain& here = co_await this_chain;
    if (opening_for_all() && shared_.empty() && !here.stopped()) fail_line(stream.error());
    co_return std::move(stream).error();
  }
  if (closed_) co_return errc::closed;
  co_return begin(std::move(where), std::move(stream).value());
}

result<carried> connection_pool::begin(place where, std::unique_ptr<byte_stream> stream) {
  const bool agreed = stream->protocol() == "h2";
  const bool demanded = to_.version() == http_version::http2;
  if (demanded && to_.to().secure && !agreed)
    return error{errc::tls_failed, to_.to().host + ": the server does not speak HTTP/2; ask it for HTTP/1.1"};
  if (!agreed && !demanded) {
    speaks_http1_ = true;
    idle_.reserve(std::min(open_, most_idle()));  // giving back never fails
    return carried{new http1_connection{std::move(where), std::move(stream), limits_}};
  }
  speaks_http1_ = false;
  shared_.reserve(shared_.size() + 1);  // a connection that runs is one that is known
  auto made = http2_connection::start(executor_, std::move(where), std::move(stream), limits_, time_->now());
  if (!made) return std::move(made).error();
  shared_.push_back(made.value());
  return made.value()->stream();
}

std::shared_ptr<http2_connection> connection_pool::quiet_connection() const noexcept {
  for (const auto& connection : shared_)
    if (connection->has_room()) return connection;
  return nullptr;
}

void connection_pool::give_back(std::unique_ptr<http1_connection> used) noexcept {
  if (closed_ || !used->reusable() || !keeps_connections() || (limits_.idle_per_origin == 0 && line_.empty())) return;
  used->rest(time_->recent());  // whoever has read an answer to its end has just looked; earlier does no harm
  if (idle_.size() >= most_idle()) idle_.erase(idle_.begin());
  idle_.push_back(std::move(used));
  call_next();
}

void connection_pool::distrust_idle() noexcept {
  while (!idle_.empty()) {
    const auto gone = std::move(idle_.back());
    idle_.pop_back();
  }
}

void connection_pool::drop(const http2_connection& gone) noexcept {
  std::erase_if(shared_, [&](const auto& held) { return held.get() == &gone; });
  call_next();
}

/// All in line waited for the connection that has failed, so it has failed for all of them.
void connection_pool::fail_line(const error& why) {
  for (auto* each : line_) each->fail(why);
}

bool connection_pool::anything_for_the_next() const noexcept {
  return closed_ || !idle_.empty() || quiet_connection() || may_open();
}

void connection_pool::call_next() noexcept {
  if (!called_ && !line_.empty() && anything_for_the_next()) line_.front()->call();
}

void connection_pool::close() noexcept {
  closed_ = true;
  std::exchange(idle_, {}).clear();
  for (const auto& connection : std::exchange(shared_, {})) connection->retire();
  call_next();
}

std::size_t connection_pool::idle() const noexcept {
  const auto unused = [](const auto& connection) { return connection->streams() == 0; };
  return idle_.size() + static_cast<std::size_t>(std::ranges::count_if(shared_, unused));
}

void connection_pool::give_scratch(std::vector<char> used) noexcept {
  constexpr std::size_t kept = 128 * 1024;
  if (used.size() <= kept && used.size() > scratch_.size()) scratch_ = std::move(used);
}

}  // namespace cohedge::net
