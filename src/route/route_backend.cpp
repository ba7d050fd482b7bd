#include "route_backend.hpp"

#include "round.hpp"

#include <cohedge/async/sleep.hpp>

#include <algorithm>

namespace cohedge {

scope* route_backend::reaper() noexcept {
  for (auto& candidate : candidates)
    if (auto* found = candidate.backend().reaper()) return found;
  return nullptr;
}

std::shared_ptr<call_observer> route_backend::observer() noexcept {
  for (auto& candidate : candidates)
    if (auto found = candidate.backend().observer()) return found;
  return nullptr;
}

std::size_t route_backend::most_attempts() const noexcept {
  if (attempts) return *attempts;
  std::size_t needed = 0;
  for (const auto& candidate : candidates) needed += candidate.backend().most_attempts();
  return std::max<std::size_t>(4, needed);
}

standings route_backend::order_for(const chat_request& ask, call_record& record, time_source& time) const {
  standings order(candidates.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i].candidate = i;
  if (!is_split) return order;
  const auto& session = ask.read().session;
  const auto picked = session.empty() ? arms.pick(time.random01()) : arms.pick(std::string_view{session});
  if (!picked) return order;
  record.report().variant = arms.name(*picked);
  const auto first = order.begin() + static_cast<std::ptrdiff_t>(*picked);
  std::rotate(order.begin(), first, first + 1);
  return order;
}

namespace {

/// What a call that has run out of time reports.
error too_late(const report& of, errc why) {
  error late{why};
  for (const auto& row : of.attempts)
    if (row.how_ended == end_reason::failed)
      late.with_detail("last failure: " + row.provider + ": " + std::string{to_string(*row.failure)} +
                       (row.detail.empty() ? "" : ": " + row.detail));
  return late;
}

}  // namespace

template <class T>
task<T> route_backend::among(contest<T>& round, std::size_t candidates, time_point now) {
  chain& here = co_await this_chain;
  stagger_run<T> staggering{here, plan::stagger{candidates, patience}, round, reaper()};
  auto running = staggering(now);
  auto outcome = co_await std::move(running);
  if (!outcome) co_return std::move(outcome).error();
  co_return std::move(outcome->value);
}

template <class T>
task<T> route_backend::run(chat_request ask, call_context context) {
  const auto self = shared_from_this();
  chain& here = co_await this_chain;
  auto& report = context.record().report();
  const bool nested = !report.route.empty();
  if (!nested) report.route = name_;
  auto entrants = order_for(ask, context.record(), here.time());
  if (entrants.empty()) co_return error{errc::no_candidates, "route \"" + name_ + "\" has no providers"};

  const auto until = deadline ? context.now() + *deadline : time_point::max();
  const cancel_scope within{here, until, context.now()};
  context = context.no_later_than(until);
  // The call is over when the outermost deadline is; a nested one is this candidate's own limit, and others may go on.
  const auto stopped = [&] {
    if (!within.cancelled()) return error{here.stop_reason()};
    return too_late(report, nested ? errc::total_timeout : errc::deadline_exceeded);
  };

  failures seen;
  auto now = context.now();
  for (int done = 0;; ++done) {
    route_round<T> round{*this, ask, context, entrants, seen, done > 0};
    const bool alone = entrants.size() == 1;  // then there is no contest
    auto asking = alone ? round.start(0, now) : among<T>(round, entrants.size(), now);
    auto outcome = co_await std::move(asking);
    if (outcome) co_return outcome;
    if (alone) round.judge(0, outcome);
    if (here.stopped()) co_return stopped();
    if (!seen.any()) co_return std::move(outcome).error();

    now = here.now();
    const auto wait = wait_for_retry(*this, context, outcome.error(), seen, entrants, done, now, here.time().random01());
    if (!wait) co_return wait.error();
    const auto slept = co_await sleep_until{now + *wait};
    if (!slept) co_return stopped();
    now = here.now();
  }
}

task<completion> route_backend::complete(chat_request ask, call_context context) {
  // No coroutine of its own: what it returns is awaited as it is.
  if (!cache) return run<completion>(std::move(ask), std::move(context));
  return complete_cached(std::move(ask), std::move(context));
}

task<completion> route_backend::complete_cached(chat_request ask, call_context context) {
  const auto self = shared_from_this();
  const chain& here = co_await this_chain;
  const auto key = response_cache::key_of(ask);
  if (auto kept = cache->find(key, here.now())) {
    auto& report = context.record().report();
    report.from_cache = true;
    if (report.route.empty()) report.route = name_;
    co_return std::move(*kept);
  }
  auto work = run<completion>(std::move(ask), std::move(context));
  auto answer = co_await std::move(work);
  if (answer) cache->keep(key, answer.value(), here.now());
  co_return answer;
}

task<completion_stream> route_backend::stream(chat_request ask, call_context context) {
  return run<completion_stream>(std::move(ask), std::move(context));
}

task<void> route_backend::warm_up() {
  const auto self = shared_from_this();
  std::optional<error> failed;
  for (auto& candidate : candidates) {
    auto connecting = candidate.warm_up();
    auto connected = co_await std::move(connecting);
    if (!connected) failed = std::move(connected).error();
  }
  if (failed) co_return std::move(*failed);
  co_return success();
}

task<void> route_backend::check() {
  const auto self = shared_from_this();
  error last{errc::no_candidates, "route \"" + name_ + "\" has no providers"};
  for (auto& candidate : candidates) {
    auto asking = candidate.check();
    auto healthy = co_await std::move(asking);
    if (healthy) co_return success();
    last = std::move(healthy).error();
  }
  co_return last;
}

}  // namespace cohedge
