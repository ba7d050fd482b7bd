#include "reset_time.hpp"

#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/retry_after.hpp>

#include "scan.hpp"

#include <algorithm>

namespace cohedge::wire {
namespace {

constexpr double longest_seconds = 9.2e9;  // what 64 bits of nanoseconds hold, 292 years

std::optional<std::chrono::nanoseconds> from_date(const header_block& headers, double then) noexcept {
  const auto now = server_time(headers);
  return now ? as_duration(std::max(0.0, then - static_cast<double>(*now))) : std::nullopt;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text) noexcept {
  if (const auto whole = scan::digits(text)) return static_cast<double>(*whole);  // nearly always
  double value = 0, scale = 1;
  bool point = false, digit = false;
  for (char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (scan::is_digit(c)) {
      digit = true;
      value = value * 10 + (c - '0');
      if (point) scale *= 10;
      if (value > 1e30) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (!digit) return std::nullopt;
  return value / scale;
}

std::optional<std::chrono::nanoseconds> as_duration(double seconds) noexcept {
  if (!(seconds >= 0) || seconds > longest_seconds) return std::nullopt;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9 + 0.5)};
}

std::optional<std::int64_t> server_time(const header_block& headers) noexcept {
  const auto date = headers.find("date");
  return date ? parse_http_date(*date) : std::nullopt;
}

static std::optional<std::chrono::nanoseconds> until_point(std::string_view text, const header_block& headers) noexcept {
  constexpr double thirty_days = 30.0 * 86400;
  constexpr double milliseconds_from = 1e11;
  const auto value = parse_decimal(text);
  if (!value) {
    const auto point = parse_rfc3339(text);
    return point ? from_date(headers, static_cast<double>(*point)) : std::nullopt;
  }
  if (*value < thirty_days) return as_duration(*value);
  return from_date(headers, *value >= milliseconds_from ? *value / 1000 : *value);
}

void read_until_reset(std::string_view text, const header_block& headers,
                      std::optional<std::chrono::nanoseconds>& into) noexcept {
  std::chrono::nanoseconds wait;
  if (!text.empty() && !scan::is_digit(text.back()) && read_go_duration(text, wait))  // "6ms", as most write it
    into = wait;
  else
    into = until_point(text, headers);
}

}  // namespace cohedge::wire
