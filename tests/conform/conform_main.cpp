// conform --sse FILE | --http1 FILE | --sigv4 FILE | --eventstream FILE | --replay [FILE] | --requests [FILE]: holds a
// part of the library, or the whole client, against a public suite and says what differs. Exit 0: every case passed.

#include "conform/eventstream_conform.hpp"
#include "conform/http1_conform.hpp"
#include "conform/sigv4_conform.hpp"
#include "conform/sse_conform.hpp"
#include "replay/request_replay.hpp"
#include "replay/socket_replay.hpp"
#include "shared.hpp"

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
    {"--sigv4", "AWS signing cases, one JSON object a line", cohedge::tests::conform_sigv4},
    {"--eventstream", "cases of AWS's event stream framing, one JSON object a line",
     cohedge::tests::conform_eventstream},
};

int usage() {
  std::fputs("usage: conform SUITE FILE [SUITE FILE]...\n\n", stderr);
  std::fputs(
      "  --replay      recorded exchanges, through server, socket, client and route (default: the shared corpus)\n",
      stderr);
  for (const auto& each : suites) std::fprintf(stderr, "  %-13s %s\n", each.option.data(), each.what.data());
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
  for (const auto& line : outcome.not_ours) std::printf("not ours: %s\n", line.c_str());
  for (const auto& line : outcome.differences) std::printf("differs on purpose: %s\n", line.c_str());
  for (const auto& line : outcome.failures) std::printf("FAILED: %s\n", line.c_str());
  std::printf("%s: %d passed, %zu failed, %zu differ on purpose, %zu not ours, %d unreadable\n", chosen.option.data(),
              outcome.passed, outcome.failures.size(), outcome.differences.size(), outcome.not_ours.size(),
              outcome.skipped);
  return outcome.failures.empty() && outcome.passed > 0;  // a file without cases proves nothing
}

void show_progress(std::size_t done, std::size_t of) {
  if (done % 20 == 0 || done == of) std::fprintf(stderr, "\rreplayed %zu of %zu%s", done, of, done == of ? "\n" : "");
}

bool replay(const std::filesystem::path& path) {
  const auto exchanges = cohedge::tests::load(path);
  if (exchanges.empty()) {
    std::fprintf(stderr, "conform: no exchanges in %s\n", path.c_str());
    return false;
  }
  const auto report = cohedge::tests::replay_over_sockets(exchanges, show_progress);
  std::printf("%-18s %-28s %8s %8s %9s %9s\n", "provider", "surface", "passed", "failed", "awaiting", "not ours");
  for (const auto& [where, row] : report.rows)
    std::printf("%-18s %-28s %8d %8d %9d %9d\n", where.first.c_str(), where.second.c_str(), row.passed, row.failed,
                row.awaiting, row.not_ours);
  for (const auto& line : report.not_ours) std::printf("not ours: %s\n", line.c_str());
  for (const auto& [dialect, count] : report.awaiting)
    std::printf("awaiting the dialect %s: %d\n", dialect.c_str(), count);
  for (const auto& line : report.differences) std::printf("FAILED: %s\n", line.c_str());
  const auto all = report.total();
  std::printf(
      "--replay: %d passed (%d of them or of the failed are streams), %d failed, %d awaiting, %d not ours, in %d "
      "calls\n",
      all.passed, report.streams, all.failed, all.awaiting, all.not_ours, report.runs);
  return all.failed == 0 && all.passed > 0;
}

bool requests(const std::filesystem::path& path) {
  const auto report = cohedge::tests::replay_requests(cohedge::tests::load(path));
  std::printf("%-28s %8s %8s %8s %9s\n", "surface", "same", "differ", "failed", "awaiting");
  for (const auto& [surface, row] : report.rows)
    std::printf("%-28s %8d %8d %8d %9d\n", surface.c_str(), row.same, row.differ, row.failed, row.awaiting);
  for (const auto& [why, exchanges] : report.why)
    for (const auto& id : exchanges) std::printf("differs on purpose, %s: %s\n", why.c_str(), id.c_str());
  for (const auto& line : report.failures) std::printf("FAILED: %s\n", line.c_str());
  const auto all = report.total();
  std::printf("--requests: %d the same, %d differ on purpose, %d failed, %d awaiting\n", all.same, all.differ,
              all.failed, all.awaiting);
  return all.failed == 0 && all.same > 0;
}

// Suites over the recorded corpus, which is found by itself.
bool over_corpus(std::string_view option, const std::filesystem::path& path) {
  return option == "--replay" ? replay(path) : requests(path);
}

bool is_over_corpus(std::string_view option) { return option == "--replay" || option == "--requests"; }

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && is_over_corpus(argv[1])) {
    const auto corpus = cohedge::tests::shared("fixtures/golden.jsonl.gz");
    if (!corpus) {
      std::fputs("skipped: ../shared is absent\n", stderr);
      return 0;
    }
    return over_corpus(argv[1], *corpus) ? 0 : 1;
  }
  if (argc < 3 || argc % 2 == 0) return usage();
  bool passed = true;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (is_over_corpus(argv[i])) {
      passed = over_corpus(argv[i], argv[i + 1]) && passed;
      continue;
    }
    const auto* chosen = find(argv[i]);
    if (chosen == nullptr) return usage();
    passed = run(*chosen, argv[i + 1]) && passed;
  }
  return passed ? 0 : 1;
}
