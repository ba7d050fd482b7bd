#pragma once

#include <cohedge/core/limits.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/wire/http1.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace cohedge::net {

class connection;
class connection_pool;

/// Told how an exchange proceeds; an attempt's clocks listen.
class exchange_watch {
 public:
  virtual void connecting() {}  ///< no idle connection: one is being opened
  virtual void sending() {}     ///< connected; the request goes out
  virtual void replaying() {}   ///< the kept-alive connection was dead; once more on a fresh one

 protected:
  ~exchange_watch() = default;
};

/// One HTTP exchange whose response head has arrived. Destroyed before the body's end has been received it closes its
/// connection, so the peer sees at once that nobody listens; after the end the connection goes back to the pool.
/// Body pieces are views into the receive buffer, followed by at least 64 readable bytes (simdjson's padding) and valid
/// until the next call; headers are valid while the exchange lives. It may outlive its transport.
/// Thread-safety: the transport's executor.
class exchange {
 public:
  exchange(exchange&& other) noexcept;
  exchange& operator=(exchange&& other) noexcept;
  ~exchange();

  int status() const noexcept;
  const wire::header_block& headers() const noexcept;
  bool new_connection() const noexcept { return fresh_; }
  bool replayed() const noexcept { return replayed_; }

  /// The next piece of the body out of what has been received: true and a piece; false: `ended()`, or `more()` is due.
  /// Errors: connection_closed (the peer closed before the end), protocol_error, limit_exceeded.
  result<bool> try_body(std::string_view& piece);
  /// Receives more bytes. The peer's close is no error here: `try_body` tells whether it was due.
  /// Errors: connection_reset, connection_closed (TLS cut off without its end), tls_failed; the reason of a
  /// cancellation. After any error the connection is closed.
  task<void> more();
  bool ended() const noexcept { return ended_; }

  /// The rest of the body, at most `most` bytes (`errc::limit_exceeded` beyond). The text's storage has 64 bytes of
  /// padding. One piece that lies in the buffer whole is not copied.
  task<std::string_view> read_all(std::size_t most);

 private:
  friend class transport;
  exchange(std::unique_ptr<connection> over, bool fresh, bool replayed) noexcept;
  void finish() noexcept;

  std::unique_ptr<connection> over_;
  bool fresh_;
  bool replayed_;
  bool ended_ = false;
};

/// Speaks HTTP/1.1 over pooled connections. One per client. The chains that are inside `send` must have ended before it
/// dies; exchanges may go on. Thread-safety: one executor.
class transport {
 public:
  /// The time source of `executor` judges how long a connection has been idle.
  transport(asio::any_io_executor executor, std::unique_ptr<connector> opener, const limits& bounds);
  ~transport();
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// Sends a request and completes when the response head is there. `request` is the whole message, head and body, in
  /// one buffer: one write. It must stay alive until completion. `method` decides whether a body can follow.
  /// A request on a kept-alive connection that proves dead before a byte of the response came is sent once more on a
  /// fresh connection, by the rules of RFC 9110 §9.2.2 and docs/errors.md; `exchange::replayed` says so.
  /// Errors: those of connect; connection_reset, connection_closed, protocol_error; limit_exceeded, of class local where
  /// it is `connections_per_origin`; the reason of a cancellation.
  task<exchange> send(const origin& to, std::string_view method, std::string_view request, exchange_watch& watch);

  /// Closes idle connections, and from now on every connection at the end of its exchange.
  void close() noexcept;
  std::size_t idle_connections() const noexcept;
  /// Idle, in use or being opened.
  std::size_t open_connections() const noexcept;

 private:
  task<std::unique_ptr<connection>> open(const origin& to);

  std::unique_ptr<connector> connector_;
  limits limits_;
  std::shared_ptr<connection_pool> pool_;
};

}  // namespace cohedge::net
