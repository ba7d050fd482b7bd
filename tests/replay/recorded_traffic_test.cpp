// Recorded traffic through the dialects alone, cut in every way, without a socket.

#include "catch.hpp"
#include "replay/expected.hpp"
#include "replay/place.hpp"
#include "replay/recordings.hpp"
#include "unit/dialect/drive.hpp"

#include <map>

using namespace cohedge;
using cohedge::tests::expected;
using cohedge::tests::outcome;
using cohedge::tests::place;
using cohedge::tests::purpose;
using cohedge::tests::recording;

namespace {

wire::header_block headers_of(const recording& exchange) {
  wire::header_block headers;
  for (const auto& [name, value] : exchange.headers) headers.add(name, value);
  return headers;
}

template <typename T>
outcome into(result<T> got, std::optional<T> outcome::*member) {
  outcome all;
  if (got)
    all.*member = std::move(got).value();
  else
    all.failure = std::move(got).error();
  return all;
}

outcome decode(const recording& exchange, const place& at) {
  outcome got;
  if (exchange.status >= 300) {
    got.failure = at.ours->classify(exchange.status, headers_of(exchange), exchange.body);
    return got;
  }
  const auto memory = tests::padded(exchange.body);
  const std::string_view body{memory.data(), exchange.body.size()};
  switch (at.asks) {
    case purpose::chat: return into(at.ours->decode(body), &outcome::answer);
    case purpose::embeddings: return into(at.ours->decode_embeddings(body), &outcome::vectors);
    case purpose::models: return into(at.ours->decode_models(body), &outcome::models);
    case purpose::count: return into(at.ours->decode_count(body), &outcome::count);
    case purpose::check: break;
  }
  if (auto alive = at.ours->check_answer(exchange.status, headers_of(exchange), body); !alive)
    got.failure = alive.error();
  return got;
}

std::string check_streamed(const recording& exchange, const place& at, const expected& want,
                           const tests::cutting& cut) {
  const auto got = tests::run_stream(*at.ours, exchange.body, cut);
  outcome all;
  all.failure = got.failure;
  if (!got.failure || want.content()) all.answer = got.answer;
  auto found = tests::compare(want, all);
  return found.empty() && got.committed != want.commits() ? "committed or not" : found;
}

// A stream, or a whole answer as these two APIs may give to who asked for a stream: it is then handed out as deltas.
bool comes_as_stream(const recording& exchange, const place& at) {
  if (exchange.status >= 300 || at.asks != purpose::chat) return false;
  return exchange.is_stream() || at.speaks == tests::family::openai_chat ||
         at.speaks == tests::family::legacy_completions;
}

// Where a stream first says that, or why, it ends.
std::size_t end_begins(const std::string& body) {
  auto first = std::string::npos;
  for (const auto* word : {"\"finish_reason\":\"", "\"stop_reason\":\"", "\"finishReason\":", "\"stopReason\":",
                           "\"done_reason\":", "response.completed", "response.incomplete"})
    first = std::min(first, body.find(word));
  return first;
}

}  // namespace

TEST_CASE("recorded traffic comes to what an independent reader says, however it is cut", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  std::map<std::string, int> counts;
  for (const auto& exchange : all) {
    const auto at = tests::place_of(exchange);
    if (!at.why_not.empty() || at.ours == nullptr) {
      ++counts[at.why_not.empty() ? "awaiting" : "not ours"];
      continue;
    }
    CAPTURE(exchange.id, exchange.provider, exchange.surface, exchange.status);
    const auto want = tests::read_independently(exchange);
    ++counts[want.failed ? "failures" : "answers"];
    if (!exchange.is_stream()) CHECK(tests::compare(want, decode(exchange, at)) == "");
    if (!comes_as_stream(exchange, at)) continue;
    ++counts[exchange.is_stream() ? "streams" : "whole answers read as streams"];
    for (const auto& cut : tests::cuttings({}, 20261 + exchange.body.size())) {
      CAPTURE(cut.name);
      ++counts["stream runs"];
      CHECK(check_streamed(exchange, at, want, cut) == "");
    }
  }
  std::string summary;
  for (const auto& [what, count] : counts) summary += what + " " + std::to_string(count) + ", ";
  WARN(summary);
  CHECK(counts["not ours"] == 32);
  CHECK(counts["answers"] + counts["failures"] + counts["awaiting"] == 396);
}

TEST_CASE("a recorded stream cut anywhere is never taken for a whole answer", "[dialect][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  int cuts = 0;
  for (const auto& exchange : all) {
    const auto at = tests::place_of(exchange);
    if (!exchange.is_stream() || !at.why_not.empty() || at.ours == nullptr) continue;
    const auto finish = end_begins(exchange.body);
    if (finish == std::string::npos || tests::read_independently(exchange).failed) continue;
    CAPTURE(exchange.id);
    // Before the first finish reason every cut is a failure, and the text so far a prefix.
    for (std::size_t end = 1; end < finish; end += 1 + finish / 40) {
      ++cuts;
      const auto got = tests::run_stream(*at.ours, exchange.body.substr(0, end));
      REQUIRE(got.failure);
      if (got.committed)
        CHECK(got.failure->kind() == error_class::truncated);
      else
        CHECK(got.failure->kind() == error_class::pre_content);
    }
  }
  CHECK(cuts > 3000);
}
