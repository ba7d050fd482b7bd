#include <cohedge/wire/http_date.hpp>

#include "scan.hpp"

#include <algorithm>
#include <array>

namespace cohedge::wire {

namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct civil {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

// Days from 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
constexpr std::int64_t days_from_civil(int y, int m, int d) noexcept {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

constexpr civil civil_from_days(std::int64_t z) noexcept {
  z += 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const std::int64_t doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  civil out;
  out.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  out.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  out.year = static_cast<int>(yoe + era * 400 + (out.month <= 2));
  return out;
}

// Reads from the front of a text; one failure spoils the whole.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : text_{text} {}

  void expect(std::string_view literal) noexcept {
    good_ = good_ && text_.starts_with(literal);
    if (good_) text_.remove_prefix(literal.size());
  }
  int number(std::size_t digits) noexcept {
    good_ = good_ && text_.size() >= digits;
    int value = 0;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      good_ = scan::is_digit(text_[i]);
      value = value * 10 + (text_[i] - '0');
    }
    if (good_) text_.remove_prefix(digits);
    return value;
  }
  // asctime pads the day with a space
  int padded_day() noexcept {
    if (text_.starts_with(' ')) {
      expect(" ");
      return number(1);
    }
    return number(2);
  }
  template <std::size_t N>
  int word(const std::array<std::string_view, N>& words) noexcept {
    for (std::size_t i = 0; good_ && i < N; ++i) {
      if (!text_.starts_with(words[i])) continue;
      text_.remove_prefix(words[i].size());
      return static_cast<int>(i) + 1;
    }
    good_ = false;
    return 0;
  }
  void time(civil& out) noexcept {
    out.hour = number(2);
    expect(":");
    out.minute = number(2);
    expect(":");
    out.second = number(2);
  }
  // ".25", of any length
  void fraction() noexcept {
    if (!text_.starts_with('.')) return;
    text_.remove_prefix(1);
    good_ = good_ && !text_.empty() && scan::is_digit(text_.front());
    while (!text_.empty() && scan::is_digit(text_.front())) text_.remove_prefix(1);
  }
  // "Z" or "+01:30", in seconds east of Greenwich
  int offset() noexcept {
    const char sign = text_.empty() ? '\0' : text_.front();
    if (sign != '\0') text_.remove_prefix(1);
    if (sign == 'Z' || sign == 'z') return 0;
    good_ = good_ && (sign == '+' || sign == '-');
    const int hours = number(2);
    expect(":");
    const int minutes = number(2);
    good_ = good_ && hours < 24 && minutes < 60;
    return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  }
  void one_of(std::string_view letters) noexcept {
    good_ = good_ && !text_.empty() && letters.find(text_.front()) != std::string_view::npos;
    if (good_) text_.remove_prefix(1);
  }
  bool finished() const noexcept { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

std::optional<civil> read_imf_fixdate(std::string_view text) noexcept {
  reader in{text};
  civil at;
  in.word(days);
  in.expect(", ");
  at.day = in.number(2);
  in.expect(" ");
  at.month = in.word(months);
  in.expect(" ");
  at.year = in.number(4);
  in.expect(" ");
  in.time(at);
  in.expect(" GMT");
  return in.finished() ? std::optional{at} : std::nullopt;
}

std::optional<civil> read_rfc850(std::string_view text) noexcept {
  reader in{text};
  civil at;
  in.word(long_days);
  in.expect(", ");
  at.day = in.number(2);
  in.expect("-");
  at.month = in.word(months);
  in.expect("-");
  at.year = in.number(2);
  at.year += at.year >= 70 ? 1900 : 2000;
  in.expect(" ");
  in.time(at);
  in.expect(" GMT");
  return in.finished() ? std::optional{at} : std::nullopt;
}

std::optional<civil> read_asctime(std::string_view text) noexcept {
  reader in{text};
  civil at;
  in.word(days);
  in.expect(" ");
  at.month = in.word(months);
  in.expect(" ");
  at.day = in.padded_day();
  in.expect(" ");
  in.time(at);
  in.expect(" ");
  at.year = in.number(4);
  return in.finished() ? std::optional{at} : std::nullopt;
}

bool exists(const civil& at) noexcept {
  constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (at.year % 4 == 0 && at.year % 100 != 0) || at.year % 400 == 0;
  const int length = at.month == 2 && leap ? 29 : lengths[static_cast<std::size_t>(at.month - 1)];
  return at.day >= 1 && at.day <= length && at.hour < 24 && at.minute < 60 && at.second <= 60;  // 60: a leap second
}

std::int64_t seconds_of(const civil& at) noexcept {
  return days_from_civil(at.year, at.month, at.day) * 86400 + at.hour * 3600 + at.minute * 60 + at.second;
}

void append_padded(std::string& out, int value, int width) {
  const auto digits = std::to_string(value);
  out.append(static_cast<std::size_t>(width) - std::min(digits.size(), static_cast<std::size_t>(width)), '0')
      .append(digits);
}

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) noexcept {
  text = scan::trim(text);
  auto at = read_imf_fixdate(text);
  if (!at) at = read_rfc850(text);
  if (!at) at = read_asctime(text);
  if (!at || !exists(*at)) return std::nullopt;
  return seconds_of(*at);
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept {
  reader in{scan::trim(text)};
  civil at;
  at.year = in.number(4);
  in.expect("-");
  at.month = in.number(2);
  in.expect("-");
  at.day = in.number(2);
  in.one_of("Tt ");
  in.time(at);
  in.fraction();
  const int east = in.offset();
  if (!in.finished() || at.month < 1 || at.month > 12 || !exists(at)) return std::nullopt;
  return seconds_of(at) - east;
}

std::string format_http_date(std::int64_t unix_seconds) {
  constexpr std::int64_t first = days_from_civil(0, 1, 1) * 86400;
  constexpr std::int64_t last = days_from_civil(10000, 1, 1) * 86400 - 1;
  const auto seconds = std::clamp(unix_seconds, first, last);
  const auto day = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
  const auto rest = static_cast<int>(seconds - day * 86400);
  const auto at = civil_from_days(day);
  std::string out{days[static_cast<std::size_t>(((day % 7) + 11) % 7)]};
  out.append(", ");
  append_padded(out, at.day, 2);
  out.append(" ").append(months[static_cast<std::size_t>(at.month - 1)]).append(" ");
  append_padded(out, at.year, 4);
  out.append(" ");
  append_padded(out, rest / 3600, 2);
  out.append(":");
  append_padded(out, rest / 60 % 60, 2);
  out.append(":");
  append_padded(out, rest % 60, 2);
  return out.append(" GMT");
}

}  // namespace cohedge::wire
