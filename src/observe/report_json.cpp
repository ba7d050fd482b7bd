#include <cohedge/observe/report_json.hpp>

#include <algorithm>
#include <cmath>

namespace cohedge {

namespace {

constexpr std::size_t longest_text = 2048;

// Milliseconds with three decimals.
double in_ms(std::chrono::nanoseconds time) { return std::round(static_cast<double>(time.count()) / 1000.0) / 1000.0; }

void put_text(wire::json_writer& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.member(name, text.substr(0, longest_text));
}

void put_time(wire::json_writer& json, std::string_view name, const std::optional<std::chrono::nanoseconds>& time) {
  if (time) json.member(name, in_ms(*time));
}

// The place of the row in the ledger, where it is one of its rows.
void put_index(wire::json_writer& json, const report& call, const attempt& row) {
  const auto found = std::ranges::find_if(call.attempts, [&](const attempt& each) { return &each == &row; });
  if (found != call.attempts.end()) json.member("index", found - call.attempts.begin());
}

void put_list(wire::json_writer& json, const wire::json_string& name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(name).begin_array();
  for (const auto& text : texts) json.string(text);
  json.end_array();
}

void put_count(wire::json_writer& json, const wire::json_string& name, const std::optional<std::uint64_t>& count) {
  if (count) json.member(name, *count);
}

void put_limit(wire::json_writer& json, const wire::json_string& name, const rate_limit& limit) {
  if (!limit.known()) return;
  json.key(name).begin_object();
  put_count(json, "limit", limit.limit);
  put_count(json, "remaining", limit.remaining);
  put_time(json, "reset_ms", limit.reset);
  json.end_object();
}

void put_limits(wire::json_writer& json, const rate_limits& limits) {
  json.key("rate_limits").begin_object();
  put_limit(json, "requests", limits.requests);
  put_limit(json, "tokens", limits.tokens);
  put_limit(json, "input_tokens", limits.input_tokens);
  put_limit(json, "output_tokens", limits.output_tokens);
  json.end_object();
}

}  // namespace

void write_attempt_json(wire::json_writer& json, const report& call, const attempt& row) {
  put_text(json, "route", call.route);
  put_text(json, "variant", call.variant);
  put_index(json, call, row);
  json.member("provider", row.provider).member("model", row.model);
  json.member("why_started", to_string(row.why_started)).member("how_ended", to_string(row.how_ended));
  json.member("started_ms", in_ms(row.started));
  put_time(json, "first_content_ms", row.first_content);
  put_time(json, "ended_ms", row.ended);
  if (row.failure) json.member("failure", to_string(*row.failure));
  if (row.kind) json.member("class", to_string(*row.kind));
  if (row.status != 0) json.member("status", row.status);
  put_text(json, "request_id", row.request_id);
  put_text(json, "detail", row.detail);
  json.member("input_tokens", row.tokens.input).member("output_tokens", row.tokens.output);
  json.member("certainty", to_string(row.tokens.known));
  if (row.rate_limits) put_limits(json, *row.rate_limits);
  put_list(json, "dropped", row.dropped);
  json.member("new_connection", row.new_connection).member("replayed", row.replayed);
}

void write_call_json(wire::json_writer& json, const report& call, const error* failure) {
  put_text(json, "route", call.route);
  put_text(json, "variant", call.variant);
  put_text(json, "served_by", call.served_by);
  json.member("from_cache", call.from_cache).member("elapsed_ms", in_ms(call.elapsed));
  json.member("attempts", call.attempts.size());
  put_list(json, "notes", call.notes);
  json.member("ok", failure == nullptr);
  if (!failure) return;
  json.member("failure", to_string(failure->code())).member("class", to_string(failure->kind()));
  put_text(json, "provider", failure->provider());
  if (failure->status() != 0) json.member("status", failure->status());
  put_text(json, "provider_code", failure->provider_code());
  put_text(json, "request_id", failure->request_id());
  put_text(json, "detail", failure->detail());
  put_time(json, "retry_after_ms", failure->retry_after());
}

}  // namespace cohedge
