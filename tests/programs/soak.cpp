// Millions of mixed calls against loopback servers, and a look at what they leave: memory, descriptors, connections.
//
//     soak [CALLS] [MINUTES]      20,000 calls by default, in 9 minutes at most
//
// Ends with 1 where an outcome was wrong, something was left behind, or memory grew by more than 1 % over the second
// half of the calls (judged from 200,000 calls on; before that a process is still growing into its size).

#include "faults/descriptors.hpp"
#include "soak/mix.hpp"

#include <cohedge/async/spawn.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace cohedge::tests {

namespace {

constexpr std::size_t rounds = 40;
constexpr std::size_t at_once = 32;
constexpr std::size_t judged_from = 200'000;
constexpr double most_growth = 1.0;  // %

double resident_kb() {
  std::ifstream statm{"/proc/self/statm"};
  long pages = 0;
  long resident = 0;
  statm >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

/// What is there when no call runs.
struct look {
  double calls;
  double memory_kb;
  std::size_t descriptors;  ///< beside those of kept connections, which have both their ends in this process
  std::size_t idle;
};

/// Least squares: by how many percent the line through the looks rises from the first to the last.
double growth(const std::vector<look>& looks) {
  const auto count = static_cast<double>(looks.size());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& each : looks) {
    x += each.calls;
    y += each.memory_kb;
    xx += each.calls * each.calls;
    xy += each.calls * each.memory_kb;
  }
  const auto slope = (count * xy - x * y) / (count * xx - x * x);
  const auto start = (y - slope * x) / count + slope * looks.front().calls;
  return 100 * slope * (looks.back().calls - looks.front().calls) / start;
}

class soak {
 public:
  soak(std::size_t calls, std::chrono::steady_clock::duration longest)
      : wanted_{calls}, ends_{std::chrono::steady_clock::now() + longest} {}

  bool run() {
    for (std::size_t i = 1; i <= rounds && good_ && !out_of_time(); ++i) round(wanted_ * i / rounds);
    return summary();
  }

 private:
  bool out_of_time() const { return std::chrono::steady_clock::now() >= ends_; }

  /// Which kind a call is, by its number alone: every thousand calls have each kind's share, in mixed order.
  kind_of_call& kind_of(std::size_t number) {
    auto place = number * 617 % 1000;  // 617 and 1000 have no common divisor
    for (auto& kind : kinds_) {
      if (place < kind.share) return kind;
      place -= kind.share;
    }
    return kinds_.front();
  }

  task<void> worker(std::size_t until) {
    while (started_ < until && !out_of_time()) {
      auto& kind = kind_of(started_++);
      auto calling = kind.call(world_);
      const auto right = co_await std::move(calling);
      ++kind.done;
      if (!right || !*right) ++kind.wrong;
    }
    --working_;
    co_return success();
  }

  void round(std::size_t until) {
    const auto began = std::chrono::steady_clock::now();
    const auto before = started_;
    for (working_ = 0; working_ < at_once; ++working_) spawn(world_.io, worker(until));
    world_.io.restart();
    while (working_ != 0) world_.io.run_one();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (!world_.settle()) good_ = false, std::puts("something is left behind: losers or connections");
    const auto idle = world_.client->idle_connections();
    const look now{static_cast<double>(started_), resident_kb(), open_descriptors() - 2 * idle, idle};
    looks_.push_back(now);
    std::printf("%9zu calls, %6.0f a second, %7.0f kB, %zu descriptors, %zu idle connections\n", started_,
                static_cast<double>(started_ - before) / took.count(), now.memory_kb, now.descriptors, now.idle);
    std::fflush(stdout);
  }

  bool summary() {
    for (const auto& kind : kinds_) {
      std::printf("%-22s %9zu calls, %zu wrong\n", kind.name.c_str(), kind.done, kind.wrong);
      good_ = good_ && kind.wrong == 0;
    }
    for (const auto& each : looks_)
      if (each.descriptors != looks_.front().descriptors) good_ = false, std::puts("descriptors are not constant");
    const std::vector<look> second_half(looks_.begin() + static_cast<std::ptrdiff_t>(looks_.size() / 2), looks_.end());
    const bool judged = started_ >= judged_from && second_half.size() >= 3;
    const auto grown = second_half.size() >= 3 ? growth(second_half) : 0;
    if (judged && grown > most_growth) good_ = false;
    std::printf("%zu of %zu calls%s; memory over the second half: %+.2f %%%s; descriptors %zu; losers %zu\n%s\n", started_,
                wanted_, started_ < wanted_ ? " (no more time)" : "", grown, judged ? "" : " (too few calls to judge)",
                looks_.back().descriptors, world_.client->running_losers(), good_ ? "all good" : "FAILED");
    return good_;
  }

  soak_world world_;
  std::vector<kind_of_call> kinds_ = mixed_calls();
  std::size_t wanted_;
  std::chrono::steady_clock::time_point ends_;
  std::size_t started_ = 0;
  std::size_t working_ = 0;
  std::vector<look> looks_;
  bool good_ = true;
};

}  // namespace

}  // namespace cohedge::tests

int main(int argc, char** argv) {
  const auto calls = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20'000;
  const auto minutes = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 9;
  cohedge::tests::soak all{calls, std::chrono::minutes{minutes}};
  return all.run() ? 0 : 1;
}
