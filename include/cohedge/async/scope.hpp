#pragma once

#include <cohedge/async/chain.hpp>
#include <cohedge/async/task.hpp>

#include <cstddef>

namespace cohedge {

/// Owns running chains: children of an operation, or a client's losers that wind down (then it is the reaper). A chain
/// leaves by itself when it ends. When the scope dies, whatever still runs is destroyed where it stands.
/// Thread-safety: one executor.
class scope {
 public:
  scope() = default;
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope() { abandon_all(); }

  /// Starts `work` as a chain of this scope. Its result is dropped.
  void start(const asio::any_io_executor& executor, task<void> work);
  /// Takes over a chain, from another scope where it is in one.
  void adopt(chain& running) noexcept;
  void cancel_all(errc reason = errc::cancelled) noexcept;
  /// Destroys every chain where it stands.
  void abandon_all() noexcept;

  std::size_t size() const noexcept { return size_; }
  /// Completes when no chain is left. One caller at a time.
  task<void> join();

 private:
  friend class chain;
  struct empty_wait;

  void remove(chain& gone) noexcept;

  chain* first_ = nullptr;
  std::size_t size_ = 0;
  empty_wait* joining_ = nullptr;
};

}  // namespace cohedge
