// Everything that can fail, fails once: each scenario is played well first, and then again with its 1st, 2nd, 3rd …
// call of the network failing, in every way there is; and once more with its 1st, 2nd, 3rd … allocation failing. Each
// time there must be one typed outcome, and nothing left.
//
//     torture [NAME [ALLOCATION]]      only scenarios with NAME in their names; only the failure of one allocation
//
// Without a NAME, as in the test suite, only some hundred of a TLS handshake's thousands of allocations fail. "torture ''"
// takes its time (five minutes).

#include "torture/memory_watch.hpp"
#include "torture/scenarios.hpp"

#include <cstdio>
#include <cstdlib>

namespace cohedge::tests {

namespace {

task<answered> close(stage& what) {
  auto closing = what.client().close();
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

/// What is to fail in a run.
struct failing {
  std::size_t call = never;        ///< of the network
  testing::io_failure how = testing::io_failure::reset;
  std::size_t allocation = never;  ///< counted from when everything is set up

  static constexpr auto never = static_cast<std::size_t>(-1);
};

struct run_result {
  std::string problem;
  std::size_t calls = 0;
  std::size_t allocations = 0;
};

run_result run(const scenario& played, const failing& what, memory_watch* memory = nullptr) {
  const auto on = played.set();
  on->network().fail(what.call, what.how);
  if (memory) on->watch(*memory);
  const auto taken = memory ? memory->taken() : 0;
  if (memory && what.allocation != failing::never) memory->fail_after(what.allocation);
  const auto got = on->play(played.plays);
  if (memory) memory->spare();
  const auto allocations = memory ? memory->taken() - taken : 0;
  run_result out{problem_with(played, got, on->failed()), on->network().calls().all(), allocations};
  auto closed = on->play(close);
  if (on->failed() && (!closed || !*closed)) closed = on->play(close);
  if (out.problem.empty() && (!closed || !*closed)) out.problem = "the client does not close";
  if (auto left = on->left_behind(); out.problem.empty() && !left.empty()) out.problem = "left: " + left;
  return out;
}

/// Plays scenarios and counts.
class torturer {
 public:
  /// Every call of the network fails once, in every way.
  void break_network(const scenario& played) {
    using testing::io_failure;
    const auto clean = run(played, {});
    report(played, "played well", clean.problem);
    for (const auto how : {io_failure::reset, io_failure::close, io_failure::hang, io_failure::shrink})
      for (std::size_t n = 0; n < clean.calls; ++n)
        report(played, "call " + std::to_string(n) + ", " + testing::to_string(how), run(played, {n, how}).problem);
  }

  /// Every allocation fails once; or only the one with this number, to look at what went wrong (break at `no_memory`).
  /// With `most`: about so many of them, evenly.
  void starve(const scenario& played, std::size_t only, std::size_t most = failing::never) {
    starved(played, failing::never);  // what is made once and for all is there afterwards
    const auto clean = starved(played, failing::never);
    report(played, "played well", clean.problem);
    for (std::size_t n = 0; n < clean.allocations; n += 1 + clean.allocations / most)
      if (only == failing::never || only == n) report(played, "allocation " + std::to_string(n), starved(played, n).problem);
  }

  std::size_t runs() const noexcept { return runs_; }
  std::size_t wrong() const noexcept { return wrong_; }

 private:
  static run_result starved(const scenario& played, std::size_t allocation) {
    memory_watch memory;
    run_result ended;
    failing what;
    what.allocation = allocation;
    memory.run([&] { ended = run(played, what, &memory); });
    if (ended.problem.empty() && memory.balance() != 0) ended.problem = std::to_string(memory.balance()) + " blocks leaked";
    return ended;
  }

  void report(const scenario& played, const std::string& where, const std::string& problem) {
    ++runs_;
    if (problem.empty()) return;
    if (++wrong_ <= most_shown) std::printf("WRONG: %s: %s: %s\n", played.name.c_str(), where.c_str(), problem.c_str());
  }

  static constexpr std::size_t most_shown = 100;
  std::size_t runs_ = 0;
  std::size_t wrong_ = 0;
};

}  // namespace

}  // namespace cohedge::tests

int main(int argc, char** argv) {
  using namespace cohedge::tests;
  std::vector<scenario> all;
  add_answers(all);
  add_errors(all);
  add_strategies(all);
  add_endings(all);
  add_sockets(all);
  const auto only = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : failing::never;
  torturer network;
  torturer memory;
  for (const auto& each : all) {
    if (argc > 1 && each.name.find(argv[1]) == std::string::npos) continue;
    if (only == failing::never) network.break_network(each);
    memory.starve(each, only, argc > 1 ? failing::never : 400);
  }
  std::printf("%zu scenarios; %zu runs with a failing call of the network: %zu wrong; %zu runs with a failing "
              "allocation: %zu wrong\n", all.size(), network.runs(), network.wrong(), memory.runs(), memory.wrong());
  return network.wrong() + memory.wrong() == 0 ? 0 : 1;
}
