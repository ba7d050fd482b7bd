#pragma once

#include <cohedge/core/units.hpp>
#include <cohedge/plan/time_math.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace cohedge::plan {

/// Decides when which candidate starts, and who has won. Fallback, race and hedge are this one machine with another
/// patience before the next candidate: `never`, zero, or d. Connecting to several addresses (Happy Eyeballs,
/// RFC 8305) is the same machine again.
///
/// The driver asks `next(now)` again and again: it is told to start candidates, in order, until there is nothing to do
/// but wait. It reports with `ended` how an attempt came out and asks again. Rules:
///   - patience counts from the last start; candidates are started in order, each once;
///   - a failure starts the next candidate at once, whatever the patience, and later delays count from there;
///   - a failure never ends the whole while another attempt runs or may start, unless it is fatal;
///   - the first success that is reported wins, and from then on every answer is the same.
/// After the end `is_running` names the attempts that the driver still has to cancel.
///
/// Pure: no clock, no I/O. Allocates only for more than 64 candidates. Not thread-safe: one call, one strand.
class stagger {
 public:
  enum class verdict : std::uint8_t {
    good,    ///< the answer of the whole
    failed,  ///< this candidate cannot; the next one starts at once
    fatal,   ///< the request itself is at fault, or the call is over: nobody else can help
  };
  enum class act : std::uint8_t {
    start,      ///< start `candidate`, then ask again
    wait,       ///< do nothing before `until`, or before an attempt ends
    won,        ///< `candidate` has the answer
    lost,       ///< nobody has; `candidate` is the one whose end decided it (`none` if nobody was ever started)
    cancelled,  ///< `cancel` was called first
  };
  struct action {
    act what = act::wait;
    std::size_t candidate = none;
    time_point until = no_deadline;  ///< of `wait`; `time_point::max()`: only the end of an attempt matters
  };

  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  /// `max_running` bounds how many attempts run at the same time; zero counts as one. A negative patience counts as
  /// zero.
  stagger(std::size_t candidates, duration patience, std::size_t max_running = none);

  /// What to do now. Call it repeatedly until it says something other than `start`.
  action next(time_point now);
  /// How a running attempt came out; ask `next` with the same `now` afterwards. Reports about candidates that are not
  /// running change nothing; reports after the end only clear `is_running`.
  void ended(std::size_t candidate, verdict how, time_point now);
  /// No further starts: the budget or the call's attempts are used up. What runs goes on.
  void stop_starting() noexcept { may_start_ = false; }
  /// The caller wants no answer any more. Changes nothing after the end.
  void cancel() noexcept;

  std::size_t started() const noexcept { return started_; }
  std::size_t running() const noexcept { return running_; }
  bool is_running(std::size_t candidate) const noexcept;
  /// Won, lost or cancelled.
  bool over() const noexcept { return over_; }

 private:
  bool can_start() const noexcept;
  void finish(act how, std::size_t candidate) noexcept;
  std::uint64_t& word(std::size_t candidate) noexcept;

  std::size_t candidates_;
  std::size_t max_running_;
  duration patience_;
  time_point due_ = time_point::min();  // when the clock alone starts the next candidate
  std::size_t owed_ = 0;                // starts that failures have earned
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t last_ended_ = none;
  action end_;
  bool may_start_ = true;
  bool over_ = false;
  std::uint64_t first_word_ = 0;           // one bit for each of the first 64 candidates: it runs
  std::vector<std::uint64_t> more_words_;  // and for those after them
};

}  // namespace cohedge::plan
