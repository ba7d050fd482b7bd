#include "http1_conform.hpp"

#include "cuts.hpp"
#include "http1_case.hpp"
#include "http1_peer.hpp"

#include <cohedge/core/limits.hpp>
#include <cohedge/wire/content_coding.hpp>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <istream>

namespace cohedge::tests {

namespace {

// What we refuse on purpose although a suite may accept it: what the error says, and why.
struct refusal {
  std::string_view said, why;
};
constexpr std::array<refusal, 10> refusals{{
    {"ends with LF alone", "an LF without CR is never a line end (RFC 9112 §2.2 lets us choose)"},
    {"a control character in", "a bare CR, a NUL or another control in a header can hide what follows it"},
    {"expected HTTP/1.x", "only HTTP/1.x: neither 0.9 nor another protocol"},
    {"unexpected bytes", "only HTTP/1.x: neither 0.9 nor another protocol"},
    {"a folded header line", "folded header lines are refused (RFC 9112 §5.2)"},
    {"101 Switching Protocols", "we never ask to upgrade"},
    {"bytes after the last response", "bytes after a message with Connection: close belong to nobody"},
    {"a transfer coding beside chunked", "we never ask for a transfer coding (TE)"},
    {"gzip or deflate, once, was asked for", "we ask for no other content coding"},
    {"chunked twice", "chunked is applied once (RFC 9112 §7.1)"},
}};

std::string_view why_refused(const error& fault) {
  if (fault.code() == errc::limit_exceeded) return "beyond a limit of core/limits.hpp";
  for (const refusal& each : refusals)
    if (fault.detail().find(each.said) != std::string_view::npos) return each.why;
  return {};
}

// The one thing that we accept on purpose although a suite may refuse it.
std::string_view why_accepted(const http1_peer& peer) {
  if (peer.answers().empty()) return {};
  const auto& coding = peer.answers().back().transfer_encoding;
  if (coding.empty() || wire::equals_ignore_case(coding, "chunked")) return {};
  return "a body whose last transfer coding is not chunked lasts until the server closes (RFC 9112 §6.3)";
}

enum class verdict { passed, failed, on_purpose };

struct judgement {
  verdict what = verdict::passed;
  std::string why;
};

bool short_of(const http1_peer& peer, const http1_case& expected) {
  return (expected.statuses && peer.statuses().size() < expected.statuses->size()) ||
         (expected.complete && peer.complete_messages() < *expected.complete);
}

// What was seen before a refusal is the beginning of what the case expects.
bool right_so_far(const http1_peer& peer, const http1_case& expected) {
  const auto statuses = peer.statuses();
  if (expected.statuses && (statuses.size() > expected.statuses->size() ||
                            !std::equal(statuses.begin(), statuses.end(), expected.statuses->begin()))) {
    return false;
  }
  if (expected.complete && peer.complete_messages() > *expected.complete) return false;
  return !expected.body || expected.body->starts_with(peer.body());
}

// What differs from the expectations, empty if nothing.
std::string difference(const http1_peer& peer, const http1_case& expected, const std::optional<error>& fault) {
  if (expected.refused && *expected.refused != fault.has_value())
    return fault ? "refused: " + fault->message() : std::string{"accepted"};
  if (const auto seen = peer.statuses(); expected.statuses && seen != *expected.statuses)
    return std::to_string(seen.size()) + " statuses, the last " + std::to_string(seen.empty() ? 0 : seen.back());
  if (expected.complete && peer.complete_messages() != *expected.complete)
    return std::to_string(peer.complete_messages()) + " complete messages";
  if (expected.body && peer.body() != *expected.body) return "the body is " + peer.body().substr(0, 80);
  return {};
}

std::optional<error> undo_coding(const http1_peer::answer& answer) {
  auto decoder = wire::content_decoder::make(answer.content_encoding, limits{}.body);
  if (decoder.has_error()) return decoder.error();
  std::string text;
  if (const auto fed = decoder->feed(answer.body, text); fed.has_error()) return fed.error();
  if (const auto finished = decoder->finish(); finished.has_error()) return finished.error();
  return std::nullopt;
}

judgement judge(const http1_case& expected, const cutting& cut) {
  http1_peer peer{expected.method, expected.first_only};
  feed(expected.input, cut, [&peer](std::string_view piece) { return peer.give(piece); });
  for (int i = 0; i < 2 && expected.refused == false && !peer.fault() && short_of(peer, expected); ++i)
    peer.give("\r\n");
  if (expected.closes) peer.close();
  auto fault = peer.fault();
  if (!fault && expected.decodes && !peer.answers().empty()) fault = undo_coding(peer.answers().back());
  auto what = difference(peer, expected, fault);
  if (what.empty()) return {};
  const auto why = fault ? why_refused(*fault) : why_accepted(peer);
  if (!why.empty() && right_so_far(peer, expected)) return {verdict::on_purpose, std::string{why}};
  return {verdict::failed, what + " (" + cut.name + ")"};
}

// The worst of all ways of cutting.
judgement judge(const http1_case& expected, std::uint64_t seed) {
  judgement worst;
  for (const cutting& cut : cuttings(expected.sizes, seed)) {
    auto one = judge(expected, cut);
    if (one.what == verdict::failed) return one;
    if (one.what == verdict::on_purpose) worst = std::move(one);
  }
  return worst;
}

}  // namespace

conform_result conform_http1(std::istream& jsonl) {
  conform_result out;
  simdjson::dom::parser json;
  std::uint64_t seed = 0;
  for (std::string line; std::getline(jsonl, line);) {
    if (line.empty()) continue;
    simdjson::dom::element row;
    std::optional<http1_case> one;
    if (json.parse(line).get(row) == simdjson::SUCCESS) one = read_http1_case(row);
    if (!one) {
      ++out.skipped;
    } else if (!one->not_ours.empty()) {
      out.not_ours.push_back(one->name + ": " + one->not_ours);
    } else {
      const auto found = judge(*one, ++seed);
      if (found.what == verdict::passed) ++out.passed;
      if (found.what == verdict::failed) out.failures.push_back(one->name + ": " + found.why);
      if (found.what == verdict::on_purpose) out.differences.push_back(one->name + ": " + found.why);
    }
  }
  return out;
}

}  // namespace cohedge::tests
