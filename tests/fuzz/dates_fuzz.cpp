// HTTP dates, durations and Retry-After. Oracles: the three forms of a date, written here from the calendar of <chrono>,
// are read as the time they were written for; what was read from any text is read again once formatted; a wait is
// positive, and asked for only by the statuses that may.

#include "target.hpp"

#include <cohedge/wire/http_date.hpp>
#include <cohedge/wire/retry_after.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

namespace cohedge::fuzz {
namespace {

using namespace std::chrono;

struct forms {
  std::string imf_fixdate, rfc850, asctime;
};

template <class... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

forms written(sys_seconds at) {
  static constexpr std::array day_names{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = floor<days>(at);
  const year_month_day date{midnight};
  const hh_mm_ss time{at - midnight};
  const char* day_name = day_names[weekday{midnight}.c_encoding()];
  const char* month = months[static_cast<unsigned>(date.month()) - 1];
  const auto day = static_cast<unsigned>(date.day());
  const int year = static_cast<int>(date.year());
  const auto clock = print("%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                           static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return {print("%.3s, %02u %s %04d %s GMT", day_name, day, month, year, clock.c_str()),
          print("%s, %02u-%s-%02d %s GMT", day_name, day, month, year % 100, clock.c_str()),
          print("%.3s %s %2u %s %04d", day_name, month, day, clock.c_str(), year)};
}

void check_time(std::int64_t given) {
  constexpr sys_seconds first = sys_days{year{0} / 1 / 1}, end = sys_days{year{10000} / 1 / 1};
  const auto at = std::clamp(sys_seconds{seconds{given}}, first, end - seconds{1});
  const auto unix_seconds = at.time_since_epoch().count();
  const auto texts = written(at);
  require(wire::format_http_date(given) == texts.imf_fixdate);
  require(wire::parse_http_date(texts.imf_fixdate) == unix_seconds);
  require(wire::parse_http_date(texts.asctime) == unix_seconds);
  const bool two_digits_tell = at >= sys_days{year{1970} / 1 / 1} && at < sys_days{year{2070} / 1 / 1};
  if (two_digits_tell) require(wire::parse_http_date(texts.rfc850) == unix_seconds);
}

void check_duration(choices& in) {
  const int h = in.byte(), m = in.byte(), s = in.byte(), ms = in.byte();
  const auto expected = hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
  const auto read = wire::parse_go_duration(print("%dh%dm%d.%03ds", h, m, s, ms));
  require(read && abs(*read - expected) <= nanoseconds{1});
}

void check_wait(std::string_view lines, int status) {
  constexpr std::array<std::string_view, 7> names{
      "retry-after", "date", "retry-after-ms", "x-ms-retry-after-ms", "x-ratelimit-reset-tokens",
      "x-ratelimit-remaining-tokens", "x-ratelimit-reset"};
  wire::header_block headers;
  for (std::size_t i = 0; i < names.size() && !lines.empty(); ++i) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (!line.empty()) headers.add(names[i], line);
  }
  const auto wait = wire::retry_after(headers, lines, status);
  require(!wait || *wait > nanoseconds{0});
  require(wire::retry_after(headers, lines, status) == wait);
  if (status < 400) require(!wait);
}

void check_text(std::string_view text) {
  if (const auto at = wire::parse_http_date(text)) {
    const auto formatted = wire::format_http_date(*at);
    require(formatted.size() == std::strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
    require(wire::parse_http_date(formatted) == at);
  }
  const auto duration = wire::parse_go_duration(text);
  require(!duration || *duration >= nanoseconds{0});
  const auto time = wire::parse_rfc3339(text);  // of four digits, a day more or less
  require(!time || (*time > -62'168'000'000 && *time < 253'403'000'000));
}

void run(std::string_view bytes) {
  choices in{bytes};
  std::int64_t given = 0;
  for (int i = 0; i < 6; ++i) given = given * 256 + in.byte();
  check_time(given);
  check_time(-given);
  check_duration(in);
  const int status = 200 + static_cast<int>(in.below(4)) * 100 + static_cast<int>(in.below(30));
  const auto text = in.rest();
  check_text(text);
  check_wait(text, status);
}

const registered here{"dates", &run};

}  // namespace
}  // namespace cohedge::fuzz
