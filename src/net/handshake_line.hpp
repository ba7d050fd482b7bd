#pragma once

#include <cohedge/async/bell.hpp>
#include <cohedge/async/task.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>

namespace cohedge::net {

/// Where TLS handshakes wait for their turn. One costs about a millisecond of CPU time and, until it ends, 20 kB beside
/// what the connection keeps. A thousand begun at once would all end last; a few at a time end one by one.
/// A server that is far away keeps nobody waiting: when none has ended for a while, as many again may begin, which is
/// faster than they could be computed. Outlives everybody in line. Thread-safety: one executor.
class handshake_line {
 public:
  static constexpr std::size_t at_once = 32;
  static constexpr std::chrono::milliseconds patience{20};

  /// A handshake that may go on. The next one's turn comes when it dies.
  class turn {
   public:
    explicit turn(handshake_line& of) noexcept : line_{&of} { ++of.running_; }
    turn(turn&& other) noexcept : line_{std::exchange(other.line_, nullptr)} {}
    turn& operator=(turn&&) = delete;
    ~turn() {
      if (line_) line_->ended();
    }

   private:
    handshake_line* line_;
  };

  /// Errors: the reason of a cancellation.
  task<turn> take();

 private:
  class place;

  void ended() noexcept;
  void call_first() noexcept;

  std::size_t running_ = 0;
  std::size_t allowed_ = at_once;
  time_point moved_{};  // when one was let in, last
  std::deque<bell*> waiting_;
};

}  // namespace cohedge::net
