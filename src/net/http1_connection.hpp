#pragma once

#include "carrier.hpp"
#include "connection_pool.hpp"

#include <cohedge/net/byte_stream.hpp>
#include <cohedge/net/request.hpp>
#include <cohedge/wire/http1.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cohedge::net {

/// A stream that speaks HTTP/1.1: one exchange after the other.
class http1_connection final : public carrier {
 public:
  http1_connection(connection_pool::place where, std::unique_ptr<byte_stream> stream, const limits& bounds);
  ~http1_connection();
  http1_connection(const http1_connection&) = delete;
  http1_connection& operator=(const http1_connection&) = delete;

  task<exchange> ask(carried self, sending request) override;
  bool replayable(const request_head& head) const noexcept override;
  int status() const noexcept override { return parser_.status(); }
  const wire::header_block& headers() const noexcept override { return parser_.headers(); }
  void drop_headers() noexcept override { parser_.drop_headers(); }
  result<bool> try_body(std::string_view& piece) override;
  task<void> more() override;
  bool ended() const noexcept override { return ended_; }
  void abort() noexcept override { close(); }
  std::string& gathered() noexcept override { return gathered_; }
  void release() noexcept override;

  /// Nothing stands against another exchange.
  bool reusable() const noexcept;
  /// For one that waits in the pool: still open, and nothing has arrived that nobody asked for.
  bool still_open() noexcept { return stream_->idle_and_open(); }
  void rest(time_point now) noexcept;
  std::size_t served() const noexcept { return asked_; }
  time_point idle_since() const noexcept { return idle_since_; }

 private:
  void failed(const error& why) noexcept;
  result<wire::http1_step> next();
  void close() noexcept;
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
  std::size_t asked_ = 0;  // exchanges, the latest included
  bool all_sent_ = false;
  bool lost_unanswered_ = false;  // the latest, before a byte of its response came
  bool not_processed_ = false;    // and the server cannot have had all of it
  bool ended_ = false;
  bool peer_closed_ = false;
  bool open_ = true;
};

}  // namespace cohedge::net
