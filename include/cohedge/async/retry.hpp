#pragma once

#include <cohedge/async/sleep.hpp>
#include <cohedge/plan/retry.hpp>

#include <functional>
#include <utility>

namespace cohedge {

/// Runs the task that `start` makes, and runs a new one after a backoff as long as the failure is one that passes and
/// `options` allow it. No wait is longer than what is left until `deadline`; the error is the last attempt's.
/// `start` must outlive the call.
template <class T>
task<T> retry(plan::retry_options options, std::function<task<T>()> start, time_point deadline = time_point::max()) {
  chain& here = co_await this_chain;
  const plan::retry policy{options};
  for (int done = 0;; ++done) {
    auto work = start();
    auto outcome = co_await std::move(work);
    if (outcome) co_return outcome;
    const auto next =
        policy.on_failure(outcome.error(), done, here.now(), deadline, here.time().random01(), false);
    if (!next.again) co_return outcome;
    const auto slept = co_await sleep_until{here.now() + next.wait};
    if (!slept) co_return slept.error();
  }
}

}  // namespace cohedge
