#include "demo_run.hpp"

#include <cohedge/async/scope.hpp>

#include <algorithm>

namespace cohedge::cli {

namespace {

void note(const report* call, strategy_outcome& into) {
  if (!call) return;
  into.attempts += call->attempts.size();
  into.lost += static_cast<std::size_t>(std::ranges::count(call->attempts, end_reason::lost, &attempt::how_ended));
}

}  // namespace

task<void> demo_load::worker(const provider& target, std::size_t& next, strategy_outcome& into) const {
  const chain& here = co_await this_chain;
  while (next < prompts_ && !here.stopped()) {
    auto asking = target.complete(ask_(next++));
    const auto begun = here.now();
    const auto answer = co_await std::move(asking);
    if (!answer && answer.error().kind() == error_class::cancelled && here.stopped()) co_return answer.error();
    ++into.calls;
    if (answer) {
      into.answered.push_back(here.now() - begun);
      note(&answer.value().report(), into);
    } else {
      ++into.failed;
      note(answer.error().report(), into);
    }
    if (told_) told_(into);
  }
  co_return success();
}

task<strategy_outcome> demo_load::run(std::string name, provider target) const {
  const chain& here = co_await this_chain;
  strategy_outcome outcome;
  outcome.name = std::move(name);
  outcome.answered.reserve(prompts_);
  const auto begun = here.now();
  std::size_t next = 0;
  scope workers;
  for (std::size_t i = 0; i < std::min(concurrency_, prompts_); ++i)
    workers.start(here.executor(), worker(target, next, outcome));
  auto joining = workers.join();
  const auto joined = co_await std::move(joining);
  if (!joined) co_return joined.error();
  outcome.took = here.now() - begun;
  co_return outcome;
}

}  // namespace cohedge::cli
