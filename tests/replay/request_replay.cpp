#include "replay/request_replay.hpp"

#include "replay/request_reading.hpp"

namespace cohedge::tests {
namespace {

constexpr auto refused = "ours refuses before it is sent what the provider refused";

// The first difference, or an empty text.
std::string encode_anew(const place& at, const request_reading& asked, const tree& recorded, int status) {
  const auto encoded = at.ours->encode(asked.ask, asked.model, asked.stream, asked.server);
  if (!encoded && status == 400 && encoded.error().code() == errc::invalid_argument) return refused;
  if (!encoded) return "not encoded: " + encoded.error().message();
  const auto ours = parse_tree(encoded.value().body);
  if (auto found = differ(canonical_request(at.speaks, recorded), canonical_request(at.speaks, ours)); !found.empty())
    return found;
  // In the one form, for a turn that came in two pieces has become one.
  const auto before = read_request(at.speaks, canonical_request(at.speaks, recorded), "");
  const auto again = read_request(at.speaks, canonical_request(at.speaks, ours), "");
  if (!again.cannot.empty()) return "read again: " + again.cannot.front();
  return again.ask.read() == before.ask.read() ? std::string{} : "read again it asks something else";
}

void replay(const recording& exchange, request_report& into) {
  const auto at = place_of(exchange);
  if (!at.why_not.empty() || at.asks != purpose::chat || exchange.request_body.empty()) return;
  auto& row = into.rows[exchange.surface];
  const auto recorded = parse_tree(exchange.request_body);
  const auto asked = read_request(at.speaks, recorded, exchange.url);
  if (at.ours == nullptr || (!asked.cannot.empty() && asked.cannot.front().starts_with("no reader"))) {
    ++row.awaiting;
    return;
  }
  if (!asked.cannot.empty()) {
    ++row.differ;
    into.why[asked.cannot.front()].push_back(exchange.id);
    return;
  }
  const auto found = encode_anew(at, asked, recorded, exchange.status);
  if (found == refused) {
    ++row.differ;
    into.why[found].push_back(exchange.id);
    return;
  }
  ++(found.empty() ? row.same : row.failed);
  if (!found.empty()) into.failures.push_back(exchange.id + " (" + exchange.provider + "): " + found);
}

}  // namespace

request_report::counts request_report::total() const {
  counts sum;
  for (const auto& [surface, row] : rows) {
    sum.same += row.same;
    sum.differ += row.differ;
    sum.failed += row.failed;
    sum.awaiting += row.awaiting;
  }
  return sum;
}

request_report replay_requests(const std::vector<recording>& exchanges) {
  request_report report;
  for (const auto& each : exchanges) replay(each, report);
  return report;
}

}  // namespace cohedge::tests
