#include "replay/request_replay.hpp"

#include "replay/request_reading.hpp"

namespace cohedge::tests {
namespace {

tree canonical(const place& at, const tree& body) {
  return at.asks == purpose::embeddings ? canonical_embedding_request(body) : canonical_request(at.speaks, body);
}

// The first difference between what was recorded and what ours makes of it, or an empty text.
std::string compare(const recording& exchange, const place& at, const tree& recorded,
                    const result<dialect::request_bytes>& ours) {
  if (!ours) return "not encoded: " + ours.error().message();
  const std::string target{ours.value().target_suffix.text()};
  if (!same_path(exchange.url, target)) return "path: want the end of " + exchange.url + ", got " + target;
  return differ(canonical(at, recorded), canonical(at, parse_tree(ours.value().body)));
}

struct finding {
  std::string cannot;      ///< why the request cannot be ours
  std::string difference;  ///< between it and ours
};

// Ours refuses before it is sent what the provider refused.
bool refused_by_both(const recording& exchange, const result<dialect::request_bytes>& ours) {
  return exchange.status == 400 && !ours && ours.error().code() == errc::invalid_argument;
}

finding encode_anew(const recording& exchange, const place& at, const tree& recorded) {
  if (exchange.surface.starts_with("bedrock.invoke") && at.speaks == family::bedrock)
    return {"a model's own form through InvokeModel: ours asks the same model by Converse", {}};
  const auto asked = read_request(at.speaks, recorded, exchange.url);
  if (!asked.cannot.empty()) return {asked.cannot.front(), {}};
  const auto ours = at.asks == purpose::count ? at.ours->encode_count(asked.ask, asked.model, asked.server)
                                              : at.ours->encode(asked.ask, asked.model, asked.stream, asked.server);
  const bool was_read = !asked.ask.read().messages.empty();  // else it is our reader that found nothing
  if (was_read && refused_by_both(exchange, ours))
    return {"ours refuses before it is sent what the provider refused", {}};
  if (auto found = compare(exchange, at, recorded, ours); !found.empty()) return {{}, found};
  // In the one form, for a turn that came in two pieces has become one.
  const auto before = read_request(at.speaks, canonical(at, recorded), "");
  const auto again = read_request(at.speaks, canonical(at, parse_tree(ours.value().body)), "");
  if (!again.cannot.empty()) return {{}, "read again: " + again.cannot.front()};
  return {{}, again.ask.read() == before.ask.read() ? "" : "read again it asks something else"};
}

finding embed_anew(const recording& exchange, const place& at, const tree& recorded) {
  const auto asked = read_embedding_request(at.speaks, recorded, exchange.url);
  if (!asked.cannot.empty()) return {asked.cannot.front(), {}};
  const auto ours = at.ours->encode_embeddings(asked.ask, asked.model);
  if (auto found = compare(exchange, at, recorded, ours); !found.empty()) return {{}, found};
  const auto again = read_embedding_request(at.speaks, parse_tree(ours.value().body), ours.value().target_suffix.text());
  return {{}, again == asked ? "" : "read again it asks something else"};
}

void replay(const recording& exchange, request_report& into) {
  const auto at = place_of(exchange);
  if (!at.why_not.empty() || exchange.request_body.empty()) return;
  if (at.asks == purpose::models || at.asks == purpose::check) return;  // what they ask has no body
  auto& row = into.rows[exchange.surface];
  const auto recorded = parse_tree(exchange.request_body);
  if (at.ours == nullptr) {
    ++row.awaiting;
    return;
  }
  const auto found =
      at.asks == purpose::embeddings ? embed_anew(exchange, at, recorded) : encode_anew(exchange, at, recorded);
  if (found.cannot.starts_with("no reader")) {
    ++row.awaiting;
  } else if (!found.cannot.empty()) {
    ++row.differ;
    into.why[found.cannot].push_back(exchange.id);
  } else {
    ++(found.difference.empty() ? row.same : row.failed);
    if (!found.difference.empty())
      into.failures.push_back(exchange.id + " (" + exchange.provider + "): " + found.difference);
  }
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
