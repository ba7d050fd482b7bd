#include "tally.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace cohedge::tests {

namespace {

/// What docs/errors.md has for a server that goes away and comes back: the connection does not come about, it is lost
/// with the request on it, or the proxy says that it cannot do it. Anything else would be a mistake of ours.
bool allowed(const error& why) noexcept {
  constexpr std::array before{errc::connection_refused, errc::connect_failed, errc::tls_failed};
  constexpr std::array amid{errc::connection_reset, errc::connection_closed};
  switch (why.kind()) {
    case error_class::connect: return std::ranges::find(before, why.code()) != before.end();
    case error_class::transport: return std::ranges::find(amid, why.code()) != amid.end();
    case error_class::transient: return why.status() >= 502 && why.status() <= 504;
    default: return false;
  }
}

}  // namespace

void tally::seen(std::size_t number) noexcept {
  if (number < times_seen_.size()) ++times_seen_[number];
}

void tally::answered(std::size_t number, bool right, std::size_t attempts) {
  fates_[number] = {fate::answered, attempts};
  if (!right) ++mixed_up_;
}

void tally::failed(std::size_t number, const error& why, std::size_t attempts) {
  if (why.code() == errc::deadline_exceeded) return;  // neither an answer nor an error came
  fates_[number] = {fate::failed, attempts};
  ++errors_;
  ++kinds_[std::string{to_string(why.kind())} + ", " + why.message()];
  const bool untrue = why.kind() == error_class::connect && attempts == 1 && times_seen_[number] > 0;
  if (!allowed(why) || untrue) ++not_allowed_;
}

tally::faults tally::count() const {
  faults found;
  found.mixed_up = mixed_up_;
  found.not_allowed = not_allowed_;
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    found.lost += fates_[i].what == fate::unknown;
    found.doubled += times_seen_[i] > fates_[i].attempts && fates_[i].what != fate::unknown;
    found.mixed_up += fates_[i].what == fate::answered && times_seen_[i] == 0;
  }
  return found;
}

bool tally::in_order() const {
  const auto found = count();
  return found.lost + found.doubled + found.mixed_up + found.not_allowed == 0;
}

void tally::print() const {
  const auto answers = std::ranges::count(fates_, fate::answered, &outcome::what);
  const auto found = count();
  std::printf("requests      %zu\nanswers       %td\nreplays       %zu\ntyped errors  %zu\n", requests(), answers, replays_,
              errors_);
  for (const auto& [kind, times] : kinds_) std::printf("  %zu × %s\n", times, kind.c_str());
  std::printf("lost %zu, doubled %zu, mixed up %zu, errors that the table does not allow %zu\n", found.lost,
              found.doubled, found.mixed_up, found.not_allowed);
}

}  // namespace cohedge::tests
