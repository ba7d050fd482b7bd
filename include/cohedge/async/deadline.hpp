#pragma once

#include <cohedge/async/task.hpp>

#include <utility>

namespace cohedge {

/// Runs `work` until it completes or `deadline` comes; then everything it awaits is cancelled and the result is
/// `errc::deadline_exceeded`. A value that is there in time is never lost. Nested deadlines: the earlier one holds.
template <class T>
task<T> with_deadline(time_point deadline, task<T> work) {
  chain& here = co_await this_chain;
  const cancel_scope within{here, deadline, here.now()};
  co_return co_await std::move(work);
}

/// The same, `longest` from the moment it starts.
template <class T>
task<T> with_deadline(duration longest, task<T> work) {
  const chain& here = co_await this_chain;
  const auto deadline = here.now() + longest;
  co_return co_await with_deadline(deadline, std::move(work));
}

}  // namespace cohedge
