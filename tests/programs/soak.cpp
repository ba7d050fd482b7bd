// Millions of mixed calls against loopback servers, and a look at what they leave: memory, descriptors, connections.
//
//     soak [CALLS] [MINUTES]      20,000 calls by default, in 9 minutes at most
//
// Ends with 1 where an outcome was wrong, something was left behind, or memory grew over the second half of the calls
// (judged from 200,000 calls on; before that a process is still growing into its size): what is allocated by more than
// 1 % of the process, or the process itself by more than 5 %, for how many pages of it malloc keeps free is chance.

#include "faults/descriptors.hpp"
#include "soak/mix.hpp"

#include <cohedge/async/spawn.hpp>

#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>

namespace cohedge::tests {

namespace {

constexpr std::size_t rounds = 200;  // each ends with other connections kept, so one look says little
constexpr std::size_t rounds_a_line = 5;
constexpr std::size_t at_once = 32;
constexpr std::size_t judged_from = 200'000;
constexpr double most_growth = 1.0;           // % of the process
constexpr double most_growth_resident = 5.0;  // %

double allocated_kb() {
  const auto heap = mallinfo2();
  return static_cast<double>(heap.uordblks + heap.hblkhd) / 1024;
}

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
  double allocated_kb;
  double resident_kb;
  std::size_t descriptors;  ///< beside those of kept connections, which have both their ends in this process
  std::size_t idle;
};

/// Least squares: by how many kB the line through the looks rises from the first to the last.
double growth_kb(std::span<const look> looks, double look::*memory_kb) {
  const auto count = static_cast<double>(looks.size());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& each : looks) {
    x += each.calls;
    y += each.*memory_kb;
    xx += each.calls * each.calls;
    xy += each.calls * each.*memory_kb;
  }
  return (count * xy - x * y) / (count * xx - x * x) * (looks.back().calls - looks.front().calls);
}

class soak {
 public:
  soak(std::size_t calls, std::chrono::steady_clock::duration longest) : wanted_{calls}, ends_{began_ + longest} {}

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
    for (working_ = 0; working_ < at_once; ++working_) spawn(world_.io, worker(until));
    world_.io.restart();
    while (working_ != 0) world_.io.run_one();
    if (!world_.settle()) good_ = false, std::puts("something is left behind: losers or connections");
    const auto idle = world_.client->idle_connections();
    looks_.push_back(
        {static_cast<double>(started_), allocated_kb(), resident_kb(), open_descriptors() - 2 * idle, idle});
    if (looks_.size() % rounds_a_line == 0) print(looks_.back());
  }

  void print(const look& now) const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    std::printf("%9.0f calls, %6.0f a second, %5.0f kB of %.0f kB, %zu descriptors, %zu idle connections\n", now.calls,
                now.calls / took.count(), now.allocated_kb, now.resident_kb, now.descriptors, now.idle);
    std::fflush(stdout);
  }

  bool summary() {
    for (const auto& kind : kinds_) {
      std::printf("%-22s %9zu calls, %zu wrong\n", kind.name.c_str(), kind.done, kind.wrong);
      good_ = good_ && kind.wrong == 0;
    }
    for (const auto& each : looks_)
      if (each.descriptors != looks_.front().descriptors) good_ = false, std::puts("descriptors are not constant");
    const auto second_half = std::span<const look>{looks_}.subspan(looks_.size() / 2);
    const bool judged = started_ >= judged_from && second_half.size() >= 3;
    double grown = 0, grown_resident = 0;
    if (second_half.size() >= 3) {
      const auto whole = second_half.front().resident_kb / 100;
      grown = growth_kb(second_half, &look::allocated_kb) / whole;
      grown_resident = growth_kb(second_half, &look::resident_kb) / whole;
    }
    if (judged && (grown > most_growth || grown_resident > most_growth_resident)) good_ = false;
    std::printf(
        "%zu of %zu calls%s; over the second half memory grew by %+.2f %% of the process, the process by %+.2f %%%s; "
        "descriptors %zu; losers %zu\n%s\n",
        started_, wanted_, started_ < wanted_ ? " (no more time)" : "", grown, grown_resident,
        judged ? "" : " (too few calls to judge)", looks_.back().descriptors, world_.client->running_losers(),
        good_ ? "all good" : "FAILED");
    return good_;
  }

  soak_world world_;
  std::vector<kind_of_call> kinds_ = mixed_calls();
  std::size_t wanted_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
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
