#include <cohedge/wire/retry_after.hpp>

#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/rate_limits.hpp>

#include "reset_time.hpp"
#include "scan.hpp"

#include <simdjson.h>

#include <algorithm>
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
  rate_limits limits;
  read_rate_limits(headers, limits);
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

constexpr std::uint64_t longest_nanoseconds = 9'200'000'000'000'000'000;  // 292 years

struct unit {
  constexpr unit(std::uint64_t of, std::size_t name_size) noexcept
      : nanoseconds{of}, most{longest_nanoseconds / of}, size{name_size} {}

  std::uint64_t nanoseconds;
  std::uint64_t most;  // more of them are too long
  std::size_t size;    // of its name
};

// The unit that a text begins with; without a size where it is none. What most send comes first.
unit unit_at(std::string_view text) noexcept {
  const auto is = [text](std::string_view name) { return text.starts_with(name); };
  if (is("ms")) return {1'000'000, 2};
  if (is("s")) return {1'000'000'000, 1};
  if (is("m")) return {60'000'000'000, 1};
  if (is("h")) return {3'600'000'000'000, 1};
  if (is("us")) return {1'000, 2};
  if (is("\xC2\xB5s") || is("\xCE\xBCs")) return {1'000, 3};  // the micro sign and the Greek letter
  return {1, is("ns") ? 2U : 0U};
}

// Takes "1.5h" off the front: a number and its unit.
bool take_nanoseconds(std::string_view& text, std::uint64_t& length) noexcept {
  std::size_t at = 0;
  const auto digit = [&] { return at < text.size() && scan::is_digit(text[at]); };
  std::uint64_t count = 0;
  for (; digit(); ++at) {
    if (count > longest_nanoseconds / 10) return false;
    count = count * 10 + static_cast<std::uint64_t>(text[at] - '0');
  }
  bool known = at > 0;
  double part = 0;
  if (at < text.size() && text[at] == '.') {
    double scale = 1;
    for (++at; digit(); ++at, known = true) {
      if (scale > 1e17) continue;  // beyond what a double tells apart
      part = part * 10 + (text[at] - '0');
      scale *= 10;
    }
    part /= scale;
  }
  const auto unit = unit_at(text.substr(at));
  if (!known || unit.size == 0 || count > unit.most) return false;
  text.remove_prefix(at + unit.size);
  length = count * unit.nanoseconds;
  if (part > 0) length += static_cast<std::uint64_t>(part * static_cast<double>(unit.nanoseconds) + 0.5);
  return true;
}

}  // namespace

bool read_go_duration(std::string_view text, nanoseconds& into) noexcept {
  text = scan::trim(text);
  if (text.empty()) return false;
  std::uint64_t total = 0, part = 0;
  while (!text.empty()) {
    if (!take_nanoseconds(text, part) || part > longest_nanoseconds - total) return false;
    total += part;
  }
  into = nanoseconds{static_cast<std::int64_t>(total)};
  return true;
}

std::optional<nanoseconds> parse_go_duration(std::string_view text) noexcept {
  nanoseconds found;
  return read_go_duration(text, found) ? std::optional{found} : std::nullopt;
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
