#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// Reads the three forms of an HTTP-date (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT",
/// "Sunday, 06-Nov-94 08:49:37 GMT" (years 70-99 are 19xx, the rest 20xx) and "Sun Nov  6 08:49:37 1994".
/// Gives Unix seconds. Nothing for a date that does not exist; the day's name is read but not compared with the date.
std::optional<std::int64_t> parse_http_date(std::string_view text) noexcept;

/// Reads a date and time of RFC 3339 §5.6, "2026-02-09T22:09:24Z" or "…24.5+01:00", as Unix seconds; fractions are
/// dropped. Nothing for a date that does not exist.
std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept;

/// The first of the forms of an HTTP-date, for years 0 to 9999; seconds outside are clamped.
std::string format_http_date(std::int64_t unix_seconds);

/// "1994-11-06T08:49:37Z", for the same years.
std::string format_rfc3339(std::int64_t unix_seconds);

}  // namespace cohedge::wire
