#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cohedge::wire {

/// A point in time as the calendar has it, in UTC.
struct civil_date {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

constexpr std::int64_t seconds_a_day = 86400;

/// Days from 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms"), like `civil_of`.
constexpr std::int64_t days_from_civil(int y, int m, int d) noexcept {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr std::int64_t day_of(std::int64_t unix_seconds) noexcept {
  return (unix_seconds >= 0 ? unix_seconds : unix_seconds - (seconds_a_day - 1)) / seconds_a_day;
}

/// For years 0 to 9999; seconds outside are clamped.
constexpr std::int64_t within_four_digits(std::int64_t unix_seconds) noexcept {
  return std::clamp(unix_seconds, days_from_civil(0, 1, 1) * seconds_a_day,
                    days_from_civil(10000, 1, 1) * seconds_a_day - 1);
}

constexpr civil_date civil_of(std::int64_t unix_seconds) noexcept {
  const std::int64_t day = day_of(unix_seconds);
  const auto rest = static_cast<int>(unix_seconds - day * seconds_a_day);
  const std::int64_t z = day + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  civil_date out;
  out.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  out.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  out.year = static_cast<int>(yoe + era * 400 + (out.month <= 2));
  out.hour = rest / 3600;
  out.minute = rest / 60 % 60;
  out.second = rest % 60;
  return out;
}

/// With zeros in front where it has fewer digits.
inline void append_padded(std::string& out, int value, int width) {
  const auto digits = std::to_string(value);
  out.append(static_cast<std::size_t>(width) - std::min(digits.size(), static_cast<std::size_t>(width)), '0')
      .append(digits);
}

}  // namespace cohedge::wire
