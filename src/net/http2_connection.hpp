#pragma once

#include "connection_pool.hpp"
#include "http2_session.hpp"

#include <cohedge/async/bell.hpp>
#include <cohedge/net/byte_stream.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cohedge::net {

class http2_stream;

/// A byte stream that speaks HTTP/2: many exchanges at once. Two chains serve it for as long as it is open: one reads,
/// feeds the session and wakes the streams that got something; the other writes what all of them want to send, in as
/// few writes as possible. Thread-safety: one executor.
class http2_connection : public std::enable_shared_from_this<http2_connection> {
 public:
  /// Errors: out_of_memory.
  static result<std::shared_ptr<http2_connection>> start(const asio::any_io_executor& executor,
                                                         connection_pool::place where,
                                                         std::unique_ptr<byte_stream> stream, const limits& bounds,
                                                         time_point now);
  ~http2_connection();

  /// The server has said how many streams it takes; until then there is one.
  bool greeted() const noexcept { return session_.greeted(); }
  /// Another stream may begin now.
  bool has_room() const noexcept;
  /// A stream for one exchange; it counts from now on.
  carried stream();
  std::size_t streams() const noexcept { return streams_; }

  /// When something was last received.
  time_point quiet_since() const noexcept { return quiet_since_; }
  /// An exchange was given up, and nothing has been received since: perhaps nobody is there.
  bool doubted() const noexcept { return doubted_; }
  /// Asks the peer whether it is there (RFC 9113 §6.7). Where no answer comes within `patience` the connection and all
  /// its streams fail. One caller at a time.
  task<void> question(duration patience);
  bool questioned() const noexcept { return pinging_ != nullptr; }

  /// Takes no further stream, and closes when the last one has ended.
  void retire() noexcept;
 private:
  friend class http2_stream;

  http2_connection(connection_pool::place where, std::unique_ptr<byte_stream> stream, const limits& bounds,
                   time_point now);

  static task<void> served(std::shared_ptr<http2_connection> self, task<void> work);
  static task<void> read_on(std::shared_ptr<http2_connection> self);
  static task<void> write_on(std::shared_ptr<http2_connection> self);
  void fail(const error& why) noexcept;
  void close() noexcept { fail(error{errc::closed}); }
  void wake_changed();
  /// Something is to be sent: the writer goes on when everybody who is ready now has had a turn.
  void send_soon() noexcept;
  void give_back(std::unique_ptr<http2_stream> used, bool in_vain) noexcept;

  std::optional<connection_pool::place> where_;  // until it is closed
  std::unique_ptr<byte_stream> stream_;
  http2_session session_;
  std::vector<std::unique_ptr<http2_stream>> spare_;
  bell* writer_ = nullptr;  // while it waits
  bell* pinging_ = nullptr;
  std::array<char, 32 * 1024> received_;
  std::string outgoing_;
  time_point quiet_since_;
  std::size_t streams_ = 0;
  bool doubted_ = false;
  bool retired_ = false;
  bool closed_ = false;
};

}  // namespace cohedge::net
