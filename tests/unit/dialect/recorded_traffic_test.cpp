#include "catch.hpp"
#include "drive.hpp"
#include "replay/recording.hpp"
#include "shared.hpp"

#include <map>
#include <set>

using namespace cohedge;
using cohedge::tests::expected;
using cohedge::tests::recording;

namespace {

const dialect::surface& surface_of(const recording& exchange) {
  return exchange.surface == "legacy.completions" ? dialect::legacy_completions() : dialect::openai_chat();
}

wire::header_block headers_of(const recording& exchange) {
  wire::header_block headers;
  for (const auto& [name, value] : exchange.headers) headers.add(name, value);
  return headers;
}

// One line where the failure is not the one that is wanted.
std::string compare_failure(const expected& want, const std::optional<error>& got) {
  if (want.failed != got.has_value()) return want.failed ? "no error, but one is due" : "error: " + got->message();
  if (!got) return {};
  if (got->kind() != want.kind)
    return "class " + std::string{to_string(got->kind())} + ", want " + std::string{to_string(want.kind)};
  if (got->message().find(want.why) == std::string::npos) return "the message lacks: " + want.why;
  return {};
}

std::string check_whole(const recording& exchange, const expected& want) {
  const auto& api = surface_of(exchange);
  if (exchange.status != 200)
    return compare_failure(want, api.classify(exchange.status, headers_of(exchange), exchange.body));
  auto got = tests::decode_whole(api, exchange.body);
  if (!got) return compare_failure(want, got.error());
  auto found = compare_failure(want, std::nullopt);
  return found.empty() ? tests::compare(want, got.value()) : found;
}

std::string check_streamed(const recording& exchange, const expected& want, const tests::cutting& cut) {
  const auto got = tests::run_stream(surface_of(exchange), exchange.body, cut);
  auto found = compare_failure(want, got.failure);
  if (found.empty() && got.committed != want.content()) found = "committed or not";
  return found.empty() && (!want.failed || want.content()) ? tests::compare(want, got.answer) : found;
}

std::vector<recording> recordings() {
  const auto path = tests::shared("fixtures/golden.jsonl.gz");
  if (!path) return {};
  auto all = tests::load(*path);
  REQUIRE(all.size() == 428);
  return all;
}

}  // namespace

TEST_CASE("recorded chat traffic comes to what an independent reader says, however it is cut", "[dialect][recorded]") {
  const auto all = recordings();
  if (all.empty()) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::map<std::string, int> counts;
  std::set<std::string> not_ours;
  for (const auto& exchange : all) {
    if (exchange.surface != "openai.chat" && exchange.surface != "legacy.completions") continue;
    std::string why_not;
    if (!tests::is_ours(exchange, why_not)) {
      ++counts["not ours"];
      not_ours.insert(exchange.id + ": " + why_not);
      continue;
    }
    CAPTURE(exchange.id, exchange.provider, exchange.status);
    const auto want = tests::read_independently(exchange);
    ++counts[want.failed ? "failures" : "answers"];
    if (exchange.status != 200 || exchange.framing == "json") {
      ++counts[exchange.status != 200 ? "error statuses" : "whole answers"];
      CHECK(check_whole(exchange, want) == "");
    }
    if (exchange.status != 200) continue;
    // A whole answer where a stream was asked for is handed out as deltas.
    ++counts[exchange.framing == "sse" ? "streams" : "whole answers read as streams"];
    for (const auto& cut : tests::cuttings({}, 20261 + exchange.body.size())) {
      CAPTURE(cut.name);
      ++counts["stream runs"];
      CHECK(check_streamed(exchange, want, cut) == "");
    }
  }
  for (const auto& line : not_ours) UNSCOPED_INFO("not ours: " << line);
  std::string summary;
  for (const auto& [what, count] : counts) summary += what + " " + std::to_string(count) + ", ";
  WARN(summary);
  CHECK(counts["not ours"] == 4);
  CHECK(counts["answers"] + counts["failures"] == 195);
}

TEST_CASE("a recorded stream cut anywhere is never taken for a whole answer", "[dialect][recorded]") {
  const auto all = recordings();
  if (all.empty()) {
    WARN("skipped: ../shared is absent");
    return;
  }
  int cuts = 0;
  for (const auto& exchange : all) {
    std::string why_not;
    if (exchange.framing != "sse" || exchange.status != 200 || !tests::is_ours(exchange, why_not)) continue;
    const auto finish = exchange.body.find("\"finish_reason\":\"");
    if (finish == std::string::npos) continue;
    CAPTURE(exchange.id);
    // Before the first finish reason every cut is a failure, and the text so far a prefix.
    for (std::size_t end = 1; end < finish; end += 1 + finish / 40) {
      ++cuts;
      const auto got = tests::run_stream(surface_of(exchange), exchange.body.substr(0, end));
      REQUIRE(got.failure);
      if (got.committed) CHECK(got.failure->kind() == error_class::truncated);
      else CHECK(got.failure->kind() == error_class::pre_content);
    }
  }
  CHECK(cuts > 1000);
}
