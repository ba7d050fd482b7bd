#pragma once

#include <cohedge/async/chain.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/net/request.hpp>
#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace cohedge::net {

class carrier;
class connection_pool;

/// Ends an exchange: its carrier goes back to the pool, or is closed.
struct exchange_end {
  void operator()(carrier* over) const noexcept;
};
using carried = std::unique_ptr<carrier, exchange_end>;

/// Told how an exchange proceeds; an attempt's clocks listen.
class exchange_watch {
 public:
  virtual void waiting() {}     ///< all connections are in use: in line for one
  virtual void connecting() {}  ///< no idle connection: one is being opened
  virtual void sending() {}     ///< connected; the request goes out
  virtual void replaying() {}   ///< once more, for it may be repeated (docs/errors.md)
  /// What time it is. Whoever knows without looking at the clock may say so.
  virtual time_point now(const time_source& clock) { return clock.now(); }

 protected:
  ~exchange_watch() = default;
};

/// One HTTP exchange whose response head has arrived. Destroyed before the body's end has been received it closes its
/// connection (HTTP/1.1) or resets its stream (HTTP/2), so the peer sees at once that nobody listens; after the end the
/// connection goes back to the pool.
/// Body pieces are views into the receive buffer, followed by at least 64 readable bytes (simdjson's padding) and valid
/// until the next call; headers are valid while the exchange lives, or until they are dropped. It may outlive its
/// transport.
/// Thread-safety: the transport's executor.
class exchange {
 public:
  exchange(exchange&& other) noexcept = default;
  exchange& operator=(exchange&& other) noexcept = default;

  int status() const noexcept;
  const wire::header_block& headers() const noexcept;
  /// For a body that comes slowly: the headers have been read, and their memory is wanted back (about 1 kB).
  void drop_headers() noexcept;
  bool new_connection() const noexcept { return fresh_; }
  bool replayed() const noexcept { return replayed_; }
  /// Content-Encoding, several fields joined with commas; empty where the body is not coded.
  std::string coding() const;

  /// The next piece of the body out of what has been received: true and a piece; false: `ended()`, or `more()` is due.
  /// Errors: connection_closed (the peer closed before the end), connection_reset, protocol_error, limit_exceeded.
  result<bool> try_body(std::string_view& piece);
  /// Receives more bytes. The peer's close is no error here: `try_body` tells whether it was due.
  /// Errors: connection_reset, connection_closed (TLS cut off without its end), tls_failed; the reason of a
  /// cancellation. After any error the exchange is over.
  task<void> more();
  bool ended() const noexcept;

  /// The rest of the body, decoded where it has a content coding, at most `most` bytes (`errc::limit_exceeded` beyond).
  /// The text's storage has 64 bytes of padding. One piece that lies in the buffer whole is not copied.
  task<std::string_view> read_all(std::size_t most);
  /// The same out of what has been received: true and the body; false: `read_all` is due, and goes on from there.
  result<bool> try_all(std::string_view& body, std::size_t most);

 private:
  friend class http1_connection;
  friend class http2_stream;
  exchange(carried over, bool fresh, bool replayed) noexcept;

  task<std::string_view> read_coded(std::string coding, std::size_t most);

  carried over_;
  bool fresh_;
  bool replayed_;
};

/// Speaks HTTP over pooled connections, of either version. One per client. The chains that are inside `send` must have
/// ended before it dies; exchanges may go on. Thread-safety: one executor.
class transport {
 public:
  /// The time source of `executor` judges how long a connection has been idle.
  transport(asio::any_io_executor executor, std::unique_ptr<connector> opener, const limits& bounds);
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// The connections to a destination: what `send` wants. Keep it for as long as requests go there.
  std::shared_ptr<connection_pool> pool(const destination& to);

  /// Sends a request and completes when the response head is there. `head` and `body` must stay alive until completion.
  /// Waits for a connection where `limits::connections_per_origin` are in use, in order of arrival.
  /// A request that was certainly not processed is sent again, twice at most, by the rules of docs/errors.md;
  /// `exchange::replayed` says so.
  /// Errors: those of connect; connection_reset, connection_closed, protocol_error; limit_exceeded, of class local where
  /// it is `waiting_per_origin`; the reason of a cancellation.
  task<exchange> send(connection_pool& over, const request_head& head, std::string_view body, exchange_watch& watch);

  /// Completes when the next request will find a connection: one is opened unless a usable one is idle; or at once where
  /// no other may be opened now. In vain where none is kept (a proxy that reads requests). Errors: as for `send`.
  task<void> warm_up(connection_pool& over);

  /// Closes idle connections, and from now on every connection at the end of its exchange.
  void close() noexcept;
  std::size_t idle_connections() const noexcept;
  /// Idle, in use or being opened.
  std::size_t open_connections() const noexcept;

 private:
  asio::any_io_executor executor_;
  std::shared_ptr<connector> connector_;
  limits limits_;
  std::vector<std::shared_ptr<connection_pool>> pools_;
  bool closed_ = false;
};

}  // namespace cohedge::net
