#pragma once

#include <sys/resource.h>

namespace bench {

/// Seconds of CPU time that the process has used.
struct cpu_time {
  double user = 0;
  double sys = 0;

  static cpu_time now() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto in_seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return {in_seconds(used.ru_utime), in_seconds(used.ru_stime)};
  }
};

}  // namespace bench
