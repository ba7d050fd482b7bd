#pragma once

#include "connection_pool.hpp"

#include <cohedge/net/byte_stream.hpp>
#include <cohedge/wire/http1.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cohedge::net {

/// A stream that speaks HTTP/1.1: one exchange after the other.
class connection {
 public:
  connection(connection_pool::place where, std::unique_ptr<byte_stream> stream, const limits& bounds);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Sends a request and receives until the head of its response is complete. On failure the stream is closed.
  task<void> ask(std::string_view method, std::string_view request);

  /// The parser's next step over what has been received. `need_more`: `receive` is due. On failure the stream is closed.
  result<wire::http1_step> next();
  /// Awaits more bytes; the peer's close shows in `next`. On failure the stream is closed.
  task<void> receive();

  const wire::response_parser& parser() const noexcept { return parser_; }
  byte_stream& stream() const noexcept { return *stream_; }
  const connection_pool::place& where() const noexcept { return where_; }
  /// For bodies that do not lie in the receive buffer whole.
  std::string& gathered() noexcept { return gathered_; }

  /// The exchange is over and nothing stands against another one.
  bool reusable() const noexcept { return open_ && all_sent_ && parser_.keep_alive() && unread_.empty() && !peer_closed_; }
  void close() noexcept;
  void rest(time_point now) noexcept;
  time_point idle_since() const noexcept { return idle_since_; }

 private:
  std::span<char> room();
  void grow();
  void received(std::size_t size) noexcept;

  connection_pool::place where_;
  std::unique_ptr<byte_stream> stream_;
  wire::response_parser parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::string_view unread_;  // in buffer_
  std::string gathered_;
  time_point idle_since_{};
  bool filled_ = false;  // the last read used all its room
  bool all_sent_ = false;
  bool peer_closed_ = false;
  bool open_ = true;
};

}  // namespace cohedge::net
