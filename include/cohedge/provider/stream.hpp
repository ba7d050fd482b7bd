#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/chat/delta.hpp>
#include <cohedge/provider/call.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge {

/// How a stream that is complete ended.
struct stream_end {
  finish_reason finish = finish_reason::none;
  cohedge::usage usage;
};

/// Where a stream's events come from; implemented by backends.
class stream_source {
 public:
  /// What `poll` found.
  enum class step : std::uint8_t {
    event,  ///< the next event
    more,   ///< nothing: `more()` is due
    ended,  ///< the end: `errc::end_of_stream` where the answer is complete, otherwise why it is not
  };

  virtual ~stream_source() = default;
  /// The next event out of what has arrived. Fills in all of `out`, or `why`.
  virtual step poll(delta& out, error& why) = 0;
  /// Waits until something more has arrived.
  virtual task<void> more() = 0;
  /// Called once, with the error that ended `poll` or `more`: lets go of the connection, ends the row, and gives the
  /// error as callers shall see it.
  virtual error end(error why) = 0;
  /// The row of the ledger that this stream belongs to.
  virtual std::size_t row() const noexcept = 0;

 private:
  friend class completion_stream;  // what it knows is kept here, so that to move it is to move one pointer

  struct early_event {
    delta event;
    std::string name;  // its views must outlive the next poll
    std::string text;
  };

  std::shared_ptr<call_record> record_;
  delta event_;  // the latest
  error end_;    // `errc::none` until it has ended
  stream_end totals_;
  std::vector<early_event> early_;  // what came before the first content, and then that
  std::size_t early_left_ = 0;      // of them, to be handed out
  bool unread_ = false;             // `event_` is to be handed out once more
  step latest_ = step::more;
};

/// A streamed answer that has begun: its first content is there, so it can no longer be replaced by another provider's.
///
///     while (auto event = co_await stream.next()) show(event.value().text);
///     auto end = stream.ended();          // a value, or why the answer is not complete
///
/// Destroyed before its end it closes its connection. Thread-safety: one executor.
class completion_stream {
 public:
  completion_stream(std::unique_ptr<stream_source> source, std::shared_ptr<call_record> record)
      : source_{std::move(source)} {
    source_->record_ = std::move(record);
  }

  class next_event;
  /// Awaits the next event. Its views are valid until the next call. Completes at once, without a coroutine frame,
  /// while events that have arrived wait; those are handed out even when the chain has been cancelled meanwhile.
  /// Errors: `errc::end_of_stream` after the last event of a complete answer; truncated, between_content_timeout,
  /// connection_reset, … of an answer that is not; the reason of a cancellation.
  next_event next() noexcept;

  /// After `next` has given an error: how it ended.
  result<stream_end> ended() const;
  /// The ledger so far; complete when the stream has ended.
  const cohedge::report& report() const noexcept { return source_->record_->report(); }
  std::size_t row() const noexcept { return source_->row(); }

  /// Waits for the first content, or for the end of an answer that is complete without any (the model had no tokens
  /// left, say), and keeps what has come for `next`. For backends.
  task<void> first_content(std::size_t most_neutral_events);

 private:
  /// Whether there is something to hand out without waiting: an event, or the end.
  bool advance();
  bool next_step();
  void give_up(error why);
  /// Waits for it.
  task<void> pull();
  result<delta> latest() const;
  void note(delta& event) noexcept;
  void keep(const delta& event);

  std::unique_ptr<stream_source> source_;
};

class completion_stream::next_event {
 public:
  explicit next_event(completion_stream& from) noexcept : from_{from} {}
  bool await_ready() { return from_.advance(); }
  template <task_promise Promise>
  bool await_suspend(std::coroutine_handle<Promise> caller) {
    slow_ = from_.pull();
    waiting_.emplace(std::move(slow_).operator co_await());
    return !waiting_->await_ready() && waiting_->await_suspend(caller);
  }
  result<delta> await_resume() {
    if (waiting_)  // refused by a cancelled chain, or without memory for its frame
      if (auto waited = waiting_->await_resume(); !waited) from_.give_up(std::move(waited).error());
    return from_.latest();
  }

 private:
  completion_stream& from_;
  task<void> slow_;
  std::optional<task<void>::awaiter> waiting_;
};

inline completion_stream::next_event completion_stream::next() noexcept { return next_event{*this}; }

/// Reads a stream to its end into one completion. The stream must outlive the task.
task<completion> collect(completion_stream& stream);

}  // namespace cohedge
