// Everything that can fail, fails once: each scenario is played well first, and then again with its 1st, 2nd, 3rd …
// call of the network failing, in every way there is. Each time there must be one typed outcome, and nothing left.

#include "torture/scenarios.hpp"

#include <cstdio>

namespace cohedge::tests {

namespace {

task<answered> close(client& what) {
  auto closing = what.close();
  const auto closed = co_await std::move(closing);
  if (!closed) co_return closed.error();
  co_return answered{};
}

/// What is wrong with the outcome of a run; empty: nothing. `failed`: something was made to fail in it.
std::string problem_with(const scenario& played, const std::optional<result<answered>>& got, bool failed) {
  if (!got) return "no outcome";
  const auto* failure = !*got ? &got->error() : got->value().failure ? &*got->value().failure : nullptr;
  if (*got && !got->value().ledger_is_closed()) return "the ledger has rows that still run";
  const auto outcome = failure ? fails(failure->code()) : got->value().text;
  if (failure && (failure->code() == errc::none || failure->code() == errc::unhandled_exception))
    return "an error without a type: " + failure->message();
  if (outcome == played.expected) return {};
  if (failed && (failure || outcome == good_text)) return {};  // a failure may be made good, or spare the next one
  return "outcome \"" + outcome + "\" instead of \"" + played.expected + "\"" + (failure ? ": " + failure->message() : "");
}

struct run_result {
  std::string problem;
  std::size_t calls = 0;
};

run_result run(const scenario& played, std::size_t failing, testing::io_failure how) {
  const auto on = played.set();
  on->network().fail(failing, how);
  const auto got = on->play(played.plays(*on));
  run_result out{problem_with(played, got, on->network().struck()), on->network().calls().all()};
  const auto closed = on->play(close(on->client()));
  if (out.problem.empty() && (!closed || !*closed)) out.problem = "the client does not close";
  if (auto left = on->left_behind(); out.problem.empty() && !left.empty()) out.problem = "left: " + left;
  return out;
}

/// How often something went wrong.
std::size_t torture(const scenario& played, std::size_t& runs) {
  std::size_t wrong = 0;
  const auto report = [&](const std::string& where, const std::string& problem) {
    if (problem.empty()) return;
    ++wrong;
    std::printf("WRONG: %s: %s: %s\n", played.name.c_str(), where.c_str(), problem.c_str());
  };
  const auto clean = run(played, static_cast<std::size_t>(-1), testing::io_failure::reset);
  report("played well", clean.problem);
  using testing::io_failure;
  for (const auto how : {io_failure::reset, io_failure::close, io_failure::hang, io_failure::shrink})
    for (std::size_t n = 0; n < clean.calls; ++n, ++runs)
      report("call " + std::to_string(n) + " of " + std::to_string(clean.calls) + ", " + testing::to_string(how),
             run(played, n, how).problem);
  return wrong;
}

}  // namespace

}  // namespace cohedge::tests

int main() {
  using namespace cohedge::tests;
  std::vector<scenario> all;
  add_answers(all);
  add_errors(all);
  add_strategies(all);
  add_endings(all);
  add_sockets(all);
  std::size_t runs = 0;
  std::size_t wrong = 0;
  for (const auto& each : all) wrong += torture(each, runs);
  std::printf("%zu scenarios, %zu runs with one failing call of the network: %zu wrong\n", all.size(), runs, wrong);
  return wrong == 0 ? 0 : 1;
}
