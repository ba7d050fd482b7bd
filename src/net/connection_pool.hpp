#pragma once

#include <cohedge/async/bell.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/net/transport.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::net {

class http1_connection;
class http2_connection;

/// The connections to one destination: every one is counted here, waits here between two exchanges, and whoever finds
/// none waits here for one. Shared with the connections in use, so that an exchange may outlive its transport.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
 public:
  /// Servers close idle connections after 60 s (usual load balancers) to 75 s (nginx). A connection that has waited for
  /// almost as long would often be closed just as a request is on its way.
  static constexpr std::chrono::seconds idle_limit{55};
  /// A connection that was read to its message's end so shortly ago, and not for the first time, is not looked at again
  /// (docs/decisions/0003).
  static constexpr std::chrono::milliseconds sure_for{1};
  /// HTTP/2 only: one that was quiet for so long is asked whether it lives (PING), and given so long to answer. After an
  /// exchange in vain it is asked sooner, when it has been quiet for as long as an answer may take.
  static constexpr std::chrono::seconds ping_after{10};
  static constexpr std::chrono::seconds ping_patience{2};

  /// TLS only: connections that are opened at once. A handshake costs about a millisecond of CPU time and, until it ends,
  /// 20 kB beside what its connection keeps: a thousand begun at once would all end last.
  static constexpr std::size_t handshakes_at_once = 64;

  /// One connection's place in the count.
  class place {
   public:
    explicit place(std::shared_ptr<connection_pool> pool) noexcept : pool_{std::move(pool)} { ++pool_->open_; }
    place(place&& other) noexcept = default;
    place& operator=(place&&) = delete;
    ~place();

    connection_pool& pool() const noexcept { return *pool_; }

   private:
    std::shared_ptr<connection_pool> pool_;
  };

  connection_pool(asio::any_io_executor executor, std::shared_ptr<connector> opener, destination to,
                  const limits& bounds);
  ~connection_pool();

  const destination& to() const noexcept { return to_; }

  /// A carrier without waiting, or null: an idle connection of HTTP/1.1 that is still open and not too old, the one
  /// that was used last, or a stream of a connection of HTTP/2. Null too while others wait in line. `watch` tells the
  /// time.
  carried ready(exchange_watch& watch);
  /// A carrier: one that is ready, a new connection, or what somebody else gives back. `fresh` tells whether a
  /// connection was opened for it. Errors: those of connect; limit_exceeded (waiting_per_origin).
  task<carried> take(exchange_watch& watch, bool& fresh);
  /// Completes when a connection for the next request is there, opened if need be, or at once where no other may be
  /// opened now: all are in use, or one is being opened that may serve all. Errors: as for `take`.
  task<void> warm_up();

  /// After an exchange: kept if another one can follow, closed otherwise.
  void give_back(std::unique_ptr<http1_connection> used) noexcept;
  /// One of the connections had been closed by the server: the idle ones of HTTP/1.1 probably are too.
  void distrust_idle() noexcept;
  /// A connection of HTTP/2 has a stream to spare again.
  void room_again() noexcept { call_next(); }
  /// It takes no further stream.
  void drop(const http2_connection& gone) noexcept;
  void close() noexcept;

  std::size_t idle() const noexcept;
  std::size_t open() const noexcept { return open_; }

  /// Memory for a message that is about to be sent.
  std::vector<char> take_scratch() noexcept { return std::exchange(scratch_, {}); }
  void give_scratch(std::vector<char> used) noexcept;

 private:
  class waiter;

  carried unused(time_point now);
  static bool usable(http1_connection& kept, time_point now) noexcept;
  bool may_open() const noexcept;
  bool opening_for_all() const noexcept;
  bool opening_enough() const noexcept;
  bool keeps_connections() const noexcept;
  std::size_t most_idle() const noexcept { return std::max<std::size_t>(limits_.idle_per_origin, 1); }
  task<carried> connect();
  result<carried> begin(place where, std::unique_ptr<byte_stream> stream);
  std::shared_ptr<http2_connection> quiet_connection() const noexcept;
  error line_is_full() const;
  void fail_line(const error& why);
  bool anything_for_the_next() const noexcept;
  void call_next() noexcept;

  asio::any_io_executor executor_;
  std::shared_ptr<time_source> time_;
  std::shared_ptr<connector> connector_;
  destination to_;
  limits limits_;
  std::vector<std::unique_ptr<http1_connection>> idle_;  // the one that was used last comes last
  std::vector<std::shared_ptr<http2_connection>> shared_;
  std::deque<waiter*> line_;
  waiter* called_ = nullptr;
  std::vector<char> scratch_;
  std::size_t open_ = 0;
  std::size_t connecting_ = 0;
  bool speaks_http1_ = false;  // so it did last time
  bool closed_ = false;
};

}  // namespace cohedge::net
