#pragma once

#include <cohedge/testing/server_counters.hpp>

#include <mutex>
#include <string_view>

namespace cohedge::testing {

/// The counters, for every thread.
class counter_board {
 public:
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock{mutex_};
    change(counters_);
  }
  server_counters read() const {
    const std::lock_guard lock{mutex_};
    return counters_;
  }

 private:
  mutable std::mutex mutex_;
  server_counters counters_;
};

/// A connection for as long as it is open.
class open_connection {
 public:
  explicit open_connection(counter_board& board) : board_{board} {
    board_.change([](server_counters& now) { ++now.connections, ++now.open_connections; });
  }
  open_connection(const open_connection&) = delete;
  open_connection& operator=(const open_connection&) = delete;
  ~open_connection() {
    board_.change([](server_counters& now) { --now.open_connections; });
  }

 private:
  counter_board& board_;
};

/// A request for as long as it is being answered; cut unless told otherwise.
class open_request {
 public:
  open_request(counter_board& board, std::string_view path) : board_{board} {
    board_.change([path](server_counters& now) {
      ++now.requests, ++now.open;
      if (path.empty()) return;
      if (const auto known = now.per_path.find(path); known != now.per_path.end())
        ++known->second;
      else if (now.per_path.size() < most_paths)
        now.per_path.emplace(path, 1);
    });
  }
  open_request(const open_request&) = delete;
  open_request& operator=(const open_request&) = delete;
  ~open_request() {
    board_.change([how = how_](server_counters& now) { --now.open, ++(now.*how); });
  }

  void finished() noexcept { how_ = &server_counters::finished; }
  void aborted() noexcept { how_ = &server_counters::aborted; }

 private:
  static constexpr std::size_t most_paths = 1000;

  counter_board& board_;
  std::size_t server_counters::*how_ = &server_counters::cut;
};

}  // namespace cohedge::testing
