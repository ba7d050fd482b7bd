#include <cohedge/plan/stagger.hpp>

#include <algorithm>

namespace cohedge::plan {

namespace {

constexpr std::size_t bits = 64;

constexpr std::uint64_t bit(std::size_t candidate) noexcept { return std::uint64_t{1} << (candidate % bits); }

}  // namespace

stagger::stagger(std::size_t candidates, duration patience, std::size_t max_running)
    : candidates_{candidates},
      max_running_{std::max<std::size_t>(max_running, 1)},
      patience_{std::max(patience, duration::zero())} {
  if (candidates > bits) more_words_.resize((candidates - 1) / bits);
}

stagger::action stagger::next(time_point now) {
  if (over_) return end_;
  if (can_start() && (owed_ > 0 || now >= due_)) {
    if (owed_ > 0) --owed_;
    due_ = after(now, patience_);
    const std::size_t candidate = started_++;
    word(candidate) |= bit(candidate);
    ++running_;
    return {act::start, candidate, no_deadline};
  }
  if (running_ == 0) {  // then nothing may start either: an attempt that ended has earned the next its start
    finish(act::lost, last_ended_);
    return end_;
  }
  return {act::wait, none, can_start() ? due_ : no_deadline};
}

void stagger::ended(std::size_t candidate, verdict how, time_point) {
  if (!is_running(candidate)) return;
  word(candidate) &= ~bit(candidate);
  --running_;
  if (over_) return;
  last_ended_ = candidate;
  switch (how) {
    case verdict::good: finish(act::won, candidate); break;
    case verdict::fatal: finish(act::lost, candidate); break;
    case verdict::failed: ++owed_; break;  // the start it earns sets the clock anew
  }
}

void stagger::cancel() noexcept {
  if (!over_) finish(act::cancelled, none);
}

bool stagger::is_running(std::size_t candidate) const noexcept {
  if (candidate >= started_) return false;
  const std::uint64_t held = candidate < bits ? first_word_ : more_words_[candidate / bits - 1];
  return (held & bit(candidate)) != 0;
}

bool stagger::can_start() const noexcept {
  return may_start_ && started_ < candidates_ && running_ < max_running_;
}

void stagger::finish(act how, std::size_t candidate) noexcept {
  end_ = {how, candidate, no_deadline};
  over_ = true;
}

std::uint64_t& stagger::word(std::size_t candidate) noexcept {
  return candidate < bits ? first_word_ : more_words_[candidate / bits - 1];
}

}  // namespace cohedge::plan
