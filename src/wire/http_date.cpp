#include <cohedge/wire/http_date.hpp>

#include "civil_date.hpp"
#include "scan.hpp"

#include <array>

namespace cohedge::wire {

namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

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
  void time(civil_date& out) noexcept {
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

std::optional<civil_date> read_imf_fixdate(std::string_view text) noexcept {
  reader in{text};
  civil_date at;
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

std::optional<civil_date> read_rfc850(std::string_view text) noexcept {
  reader in{text};
  civil_date at;
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

std::optional<civil_date> read_asctime(std::string_view text) noexcept {
  reader in{text};
  civil_date at;
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

bool exists(const civil_date& at) noexcept {
  constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (at.year % 4 == 0 && at.year % 100 != 0) || at.year % 400 == 0;
  const int length = at.month == 2 && leap ? 29 : lengths[static_cast<std::size_t>(at.month - 1)];
  return at.day >= 1 && at.day <= length && at.hour < 24 && at.minute < 60 && at.second <= 60;  // 60: a leap second
}

std::int64_t seconds_of(const civil_date& at) noexcept {
  return days_from_civil(at.year, at.month, at.day) * seconds_a_day + at.hour * 3600 + at.minute * 60 + at.second;
}

// "08:49:37"
void append_time(std::string& out, const civil_date& at) {
  append_padded(out, at.hour, 2);
  out.append(":");
  append_padded(out, at.minute, 2);
  out.append(":");
  append_padded(out, at.second, 2);
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
  civil_date at;
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
  const auto seconds = within_four_digits(unix_seconds);
  const auto at = civil_of(seconds);
  std::string out{days[static_cast<std::size_t>(((day_of(seconds) % 7) + 11) % 7)]};
  out.append(", ");
  append_padded(out, at.day, 2);
  out.append(" ").append(months[static_cast<std::size_t>(at.month - 1)]).append(" ");
  append_padded(out, at.year, 4);
  out.append(" ");
  append_time(out, at);
  return out.append(" GMT");
}

std::string format_rfc3339(std::int64_t unix_seconds) {
  const auto at = civil_of(within_four_digits(unix_seconds));
  std::string out;
  append_padded(out, at.year, 4);
  out.append("-");
  append_padded(out, at.month, 2);
  out.append("-");
  append_padded(out, at.day, 2);
  out.append("T");
  append_time(out, at);
  return out.append("Z");
}

}  // namespace cohedge::wire
