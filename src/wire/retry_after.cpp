#include <cohedge/wire/retry_after.hpp>

#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/rate_limits.hpp>

#include "reset_time.hpp"
#include "scan.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>

namespace cohedge::wire {

namespace {

using std::chrono::nanoseconds;
using wait = std::optional<nanoseconds>;

wait positive(wait found) noexcept { return found && found->count() > 0 ? found : std::nullopt; }
wait seconds(double count) noexcept { return positive(as_duration(count)); }

wait later(wait a, wait b) noexcept {
  if (!a || !b) return a ? a : b;
  return std::max(*a, *b);
}

wait header_milliseconds(const header_block& headers, std::string_view name) noexcept {
  const auto text = headers.find(name);
  const auto value = text ? parse_decimal(*text) : std::nullopt;
  return value ? seconds(*value / 1000) : std::nullopt;
}

wait header_retry_after(const header_block& headers) noexcept {
  const auto text = headers.find("retry-after");
  if (!text) return std::nullopt;
  if (const auto value = parse_decimal(*text)) return seconds(*value);
  const auto at = parse_http_date(*text);
  const auto now = server_time(headers);
  return at && now ? seconds(static_cast<double>(*at - *now)) : std::nullopt;
}

// The longest until one of the limits of which nothing is left is whole again.
wait rate_limit_reset(const header_block& headers) {
  const auto limits = read_rate_limits(headers);
  wait longest;
  for (const auto& one : {limits.requests, limits.tokens, limits.input_tokens, limits.output_tokens})
    if (one.remaining == 0U) longest = later(longest, positive(one.reset));
  return longest;
}

// {"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}, or a list of such.
wait google_retry_delay(std::string_view json) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element body;
  if (json.empty() || parser.parse(json.data(), json.size()).get(body) != simdjson::SUCCESS) return std::nullopt;
  if (body.is_array() && body.at(0).get(body) != simdjson::SUCCESS) return std::nullopt;
  simdjson::dom::array details;
  if (body["error"]["details"].get(details) != simdjson::SUCCESS) return std::nullopt;
  for (simdjson::dom::element detail : details) {
    std::string_view type, delay;
    if (detail["@type"].get(type) != simdjson::SUCCESS || !type.ends_with("google.rpc.RetryInfo")) continue;
    if (detail["retryDelay"].get(delay) != simdjson::SUCCESS) continue;
    if (const auto found = positive(parse_go_duration(delay))) return found;
  }
  return std::nullopt;
}

struct unit {
  std::string_view name;
  double seconds;
};
constexpr std::array<unit, 8> units{{{"h", 3600},
                                     {"ms", 1e-3},
                                     {"m", 60},
                                     {"s", 1},
                                     {"us", 1e-6},
                                     {"\xC2\xB5s", 1e-6},
                                     {"\xCE\xBCs", 1e-6},
                                     {"ns", 1e-9}}};  // the micro sign and the Greek letter

}  // namespace

std::optional<nanoseconds> parse_go_duration(std::string_view text) noexcept {
  text = scan::trim(text);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size() && (scan::is_digit(text[size]) || text[size] == '.')) ++size;
    const auto value = parse_decimal(text.substr(0, size));
    if (!value) return std::nullopt;
    text.remove_prefix(size);
    const auto named =
        std::find_if(units.begin(), units.end(), [text](const unit& u) { return text.starts_with(u.name); });
    if (named == units.end()) return std::nullopt;
    total += *value * named->seconds;
    text.remove_prefix(named->name.size());
  }
  return as_duration(total);
}

std::optional<nanoseconds> retry_after(const header_block& headers, std::string_view body_hint_json, int status) {
  const bool asks = status == 408 || status == 409 || status == 425 || status == 429 || (status >= 500 && status < 600);
  if (!asks) return std::nullopt;
  auto longest = header_retry_after(headers);
  for (const std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after"})
    longest = later(longest, header_milliseconds(headers, name));
  if (!longest) longest = rate_limit_reset(headers);
  if (!longest && !body_hint_json.empty()) longest = google_retry_delay(body_hint_json);
  return longest;
}

}  // namespace cohedge::wire
