#include <cohedge/plan/attempt_clocks.hpp>

#include <algorithm>

namespace cohedge::plan {

duration clock_limits::first_content_for(std::size_t prompt_bytes) const noexcept {
  if (first_content_ == never || per_million_tokens_ <= duration::zero()) return first_content_;
  const double tokens = static_cast<double>(prompt_bytes) / 4;
  const double share = static_cast<double>(per_million_tokens_.count()) * (tokens / 1e6);
  const duration room = never - std::max(first_content_, duration::zero());
  if (!(share < static_cast<double>(room.count()))) return never;
  return std::max(first_content_, duration::zero()) + duration{static_cast<duration::rep>(share)};
}

attempt_clocks::attempt_clocks(clock_limits limits, time_point started, time_point call_deadline,
                               std::size_t prompt_bytes) noexcept
    : limits_{limits},
      first_content_{limits.first_content_for(prompt_bytes)},
      started_{started},
      deadline_{call_deadline},
      connecting_{started},
      sent_{started},
      last_content_{started} {}

void attempt_clocks::enter(phase next, time_point now) noexcept {
  if (next == phase_ || phase_ == phase::done) return;
  if (phase_ == phase::between_content && next != phase::done) return;
  switch (next) {
    case phase::waiting: break;
    case phase::connecting: connecting_ = now; break;
    case phase::headers: sent_ = now; break;
    case phase::first_content:
      if (phase_ == phase::waiting || phase_ == phase::connecting) sent_ = now;
      break;
    case phase::between_content: last_content_ = now; break;
    case phase::done: break;
  }
  phase_ = next;
}

void attempt_clocks::content(time_point now) noexcept {
  enter(phase::between_content, now);
  if (phase_ == phase::between_content) last_content_ = now;
}

std::optional<errc> attempt_clocks::expired(time_point now) const noexcept {
  const limit first = earliest();
  if (first.at == no_deadline || now < first.at) return std::nullopt;
  return first.code;
}

// Where several fall together, the deadline says more than a limit (no retry can follow it), and the limit of a phase
// more than the total.
attempt_clocks::limit attempt_clocks::earliest() const noexcept {
  if (phase_ == phase::done) return {no_deadline, errc::none};
  auto first = deadline_;
  auto why = errc::deadline_exceeded;
  const auto consider = [&](time_point at, errc code) {
    if (at >= first) return;
    first = at;
    why = code;
  };
  switch (phase_) {
    case phase::waiting: break;
    case phase::connecting: consider(after(connecting_, limits_.connect()), errc::connect_timeout); break;
    case phase::headers:
      consider(after(sent_, first_content_), errc::first_content_timeout);
      consider(after(sent_, limits_.headers()), errc::header_timeout);
      break;
    case phase::first_content: consider(after(sent_, first_content_), errc::first_content_timeout); break;
    case phase::between_content:
      consider(after(last_content_, limits_.between_content()), errc::between_content_timeout);
      break;
    case phase::done: break;
  }
  consider(after(started_, limits_.total()), errc::total_timeout);
  return {first, why};
}

}  // namespace cohedge::plan
