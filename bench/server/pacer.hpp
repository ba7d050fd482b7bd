#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace bench {

/// Says when which paced stream is to be given its next event. All streams have the same gap.
class pacer {
 public:
  using clock = std::chrono::steady_clock;

  struct stream {
    std::uint64_t connection = 0;
    std::int32_t id = 0;  ///< within the connection
  };

  pacer(std::chrono::nanoseconds gap, std::size_t events) : gap_{gap}, events_{events} {}

  bool on() const noexcept { return gap_.count() > 0; }
  /// How many events each stream is given between its start and its end.
  std::size_t events() const noexcept { return events_; }

  void begin(stream one) {
    // Each stream has its own phase, so that a thousand of them do not come in one burst.
    const auto phase = gap_ * static_cast<long>(begun_++ % phases) / static_cast<long>(phases);
    queue_.push({clock::now() + gap_ + phase, one});
  }

  /// Milliseconds until something is due, as epoll_wait wants it.
  int timeout() const {
    if (queue_.empty()) return -1;
    const auto wait = queue_.top().at - clock::now();
    return wait.count() <= 0 ? 0 : static_cast<int>(wait / std::chrono::milliseconds{1}) + 1;
  }

  /// Calls `feed` with every stream that is due; true: it goes on.
  template <class Feed>
  void run(Feed&& feed) {
    const auto now = clock::now();
    while (!queue_.empty() && queue_.top().at <= now) {
      auto next = queue_.top();
      queue_.pop();
      if (!feed(next.which)) continue;
      next.at += gap_;
      queue_.push(next);
    }
  }

 private:
  static constexpr std::size_t phases = 1024;

  struct due {
    clock::time_point at;
    stream which;
    bool operator<(const due& other) const noexcept { return at > other.at; }  // the queue gives the greatest first
  };

  std::chrono::nanoseconds gap_;
  std::size_t events_;
  std::size_t begun_ = 0;
  std::priority_queue<due> queue_;
};

}  // namespace bench
