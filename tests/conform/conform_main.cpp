// conform --sse FILE | --http1 FILE: holds a parser against a public suite and says what differs. Exit 0: every case passed.

#include "conform/http1_conform.hpp"
#include "conform/sse_conform.hpp"

#include <cstdio>
#include <fstream>
#include <string_view>

namespace {

using cohedge::tests::conform_result;

struct suite {
  std::string_view option;
  std::string_view what;
  conform_result (*run)(std::istream& cases);
};

// A new suite is one more row.
constexpr suite suites[]{
    {"--sse", "event stream cases, one JSON object a line", cohedge::tests::conform_sse},
    {"--http1", "HTTP/1.1 response cases, one JSON object a line", cohedge::tests::conform_http1},
};

int usage() {
  std::fputs("usage: conform SUITE FILE [SUITE FILE]...\n\n", stderr);
  for (const auto& each : suites) std::fprintf(stderr, "  %-9s %s\n", each.option.data(), each.what.data());
  return 2;
}

const suite* find(std::string_view option) {
  for (const auto& each : suites)
    if (each.option == option) return &each;
  return nullptr;
}

bool run(const suite& chosen, const char* path) {
  std::ifstream cases{path};
  if (!cases) {
    std::fprintf(stderr, "conform: cannot read %s\n", path);
    return false;
  }
  const auto outcome = chosen.run(cases);
  for (const auto& line : outcome.differences) std::printf("differs on purpose: %s\n", line.c_str());
  for (const auto& line : outcome.failures) std::printf("FAILED: %s\n", line.c_str());
  std::printf("%s: %d passed, %d failed, %d skipped\n", chosen.option.data(), outcome.passed, outcome.failed,
              outcome.skipped);
  return outcome.failed == 0 && outcome.passed > 0;  // a file without cases proves nothing
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) return usage();
  bool passed = true;
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto* chosen = find(argv[i]);
    if (chosen == nullptr) return usage();
    passed = run(*chosen, argv[i + 1]) && passed;
  }
  return passed ? 0 : 1;
}
