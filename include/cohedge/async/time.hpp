#pragma once

#include <cohedge/core/units.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace cohedge {

class time_source;

/// Something that wants to be called at a point in time. Intrusive: setting one never allocates in steady state.
/// It clears itself when it dies.
class alarm {
 public:
  alarm() = default;
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  bool is_set() const noexcept { return source_ != nullptr; }
  /// What it was set for last.
  time_point when() const noexcept { return when_; }

 protected:
  virtual ~alarm();
  /// The time has come; the alarm is no longer set.
  virtual void rang() noexcept = 0;
  /// The execution context dies before the time has come; the alarm is no longer set.
  virtual void dropped() noexcept {}

 private:
  friend class time_source;
  time_source* source_ = nullptr;
  union {
    std::size_t slot_ = 0;  // in the heap
    alarm* behind_;         // in the line
  };
  bool in_line_ = false;  // for the next turn, not in the heap
  time_point when_{};
};

/// A clock and its queue of alarms, for one executor. Equal times ring in the order in which they were set, so virtual
/// runs replay. Thread-safety: to be used from its executor only.
class time_source {
 public:
  virtual ~time_source();
  virtual time_point now() const noexcept = 0;
  /// What `now` gave last, on whoever's behalf: not later than now, and nearly free.
  virtual time_point recent() const noexcept { return now(); }
  /// What a clock on the wall shows, in seconds since 1970 (UTC): for signatures and dates, never to measure time.
  virtual std::int64_t unix_seconds() const noexcept = 0;
  /// 64 random bits: for jitter, splits and the like, never for secrets. Virtual time draws them from its seed.
  virtual std::uint64_t random() noexcept = 0;
  /// A random number of [0, 1).
  double random01() noexcept { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

  /// Sets the alarm, or moves it when it is set already. One set for `time_point::max()` never rings, but is told when
  /// its context dies.
  void set(alarm& a, time_point when);
  /// The alarm rings, once, in the executor's next turn, when everybody who is ready now has had one; whatever it was set
  /// for is forgotten. False: this source has no turns, or no memory for one; nothing has changed then.
  bool ring_next_turn(alarm& a) noexcept;
  void clear(alarm& a) noexcept;
  /// The earliest alarm's time, or max().
  time_point earliest() const noexcept;
  /// Tells every alarm that its time will never come.
  void drop_all() noexcept;

 protected:
  /// The earliest alarm is now another one, and sooner than before.
  virtual void sooner(time_point earliest) = 0;
  /// No alarm is left that will ever ring.
  virtual void none_left() noexcept {}
  /// Has the executor call `ring_turn` in its next turn. False: it cannot.
  virtual bool arrange_turn() noexcept { return false; }
  /// Rings those that were in line when the turn began.
  void ring_turn();
  /// Rings everything due at `now`, one by one; an alarm may set or clear others meanwhile.
  void ring_until(time_point now) noexcept;
  /// Rings the one alarm that is due first, if it is due at `now`.
  bool ring_one(time_point now) noexcept;

 private:
  /// What decides the order stands in the heap itself: the alarms lie scattered in memory.
  struct entry {
    time_point when;
    std::uint64_t order;
    alarm* of;

    bool before(const entry& other) const noexcept {
      // No branch: nobody can tell which.
      return (int{when < other.when} | (int{when == other.when} & int{order < other.order})) != 0;
    }
  };
  void place(const entry& one, std::size_t slot) noexcept;
  void sift_up(const entry& moving, std::size_t slot) noexcept;
  void settle(const entry& moving, std::size_t slot) noexcept;
  void leave_heap(const alarm& a) noexcept;
  void leave_line(const alarm& a) noexcept;

  std::vector<entry> heap_;
  alarm* first_in_line_ = nullptr;  // for the next turn
  alarm* last_in_line_ = nullptr;
  std::size_t line_ = 0;
  bool turn_arranged_ = false;
  std::uint64_t orders_ = 0;
};

/// Finds the time source of an executor through its execution context: real time by default, virtual where a test has
/// installed it. No other part of the library reads a clock or sleeps.
class time_service : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;

  explicit time_service(asio::execution_context& context);
  ~time_service() override;

  /// From now on every executor of this context gets this source.
  void install(std::shared_ptr<time_source> source);
  std::shared_ptr<time_source> of(const asio::any_io_executor& executor);

 private:
  void shutdown() noexcept override;

  std::mutex mutex_;
  std::shared_ptr<time_source> installed_;
  std::vector<std::pair<asio::any_io_executor, std::weak_ptr<time_source>>> real_;
};

/// The time source of `executor`.
std::shared_ptr<time_source> time_of(const asio::any_io_executor& executor);

}  // namespace cohedge
