#include <cohedge/wire/rate_limits.hpp>

#include "reset_time.hpp"
#include "scan.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace cohedge::wire {
namespace {

enum class counted : std::uint8_t { requests, tokens, input_tokens, output_tokens };
enum class said : std::uint8_t { nothing, limit, remaining, reset };

/// What the words of a header's name mean: "limit-req-minute", "input-tokens-remaining".
struct meaning {
  counted what = counted::requests;
  said field = said::nothing;
  std::string_view window;
};

enum class word : std::uint8_t { other, limit, remaining, reset, tokens, input, output, requests, window };

// The length of a word leaves one or two that it can be.
word word_of(std::string_view text) noexcept {
  const auto is = [text](const auto& known) { return scan::is(text, known); };
  const auto window_if = [](bool window) { return window ? word::window : word::other; };
  switch (text.size()) {
    case 2: return window_if(text == "10");
    case 3: return is("req") ? word::requests : window_if(is("day"));
    case 4: return window_if(is("hour"));
    case 5:
      if (is("limit")) return word::limit;
      if (is("reset")) return word::reset;
      return is("input") ? word::input : window_if(is("month"));
    case 6: return is("tokens") ? word::tokens : is("output") ? word::output : window_if(is("second") || is("minute"));
    case 8: return is("requests") ? word::requests : word::other;
    case 9: return is("remaining") ? word::remaining : word::other;
    default: return word::other;
  }
}

// False where there are none, or one is not known: "tokens-query-cost", "renewalperiod-requests".
bool find_meaning(std::string_view words, meaning& found) noexcept {
  if (words.empty()) return false;
  found = {};
  while (!words.empty()) {
    const auto text = words.substr(0, words.find('-'));
    words.remove_prefix(std::min(text.size() + 1, words.size()));
    switch (word_of(text)) {
      case word::limit: found.field = said::limit; break;
      case word::remaining: found.field = said::remaining; break;
      case word::reset: found.field = said::reset; break;
      case word::tokens: found.what = found.what == counted::requests ? counted::tokens : found.what; break;
      case word::input: found.what = counted::input_tokens; break;
      case word::output: found.what = counted::output_tokens; break;
      case word::window: found.window = found.window.empty() ? text : found.window; break;
      case word::requests: break;
      case word::other: return false;
    }
  }
  return found.field != said::nothing;
}

/// The name behind what it begins with; empty where it is about something else.
std::string_view words_of(std::string_view name) noexcept {
  const auto behind = [name](const auto& start) {
    return scan::begins(name, start) ? name.substr(sizeof start - 1) : std::string_view{};
  };
  const char first = name.empty() ? '\0' : scan::lower(name.front());
  if (first == 'x') return behind("x-ratelimit-");
  if (first == 'a') return behind("anthropic-ratelimit-");
  return first == 'r' ? behind("ratelimit-") : std::string_view{};
}

/// Headers that hold several limits in one value.
bool holds_items(std::string_view name) noexcept {
  return scan::is(name, "ratelimit") || scan::is(name, "ratelimit-policy");
}

/// "q=100", "limit=100": what stands before the equals sign.
said item_of(std::string_view name) noexcept {
  if (scan::is(name, "q") || scan::is(name, "limit")) return said::limit;
  if (scan::is(name, "r") || scan::is(name, "remaining")) return said::remaining;
  return scan::is(name, "t") || scan::is(name, "reset") ? said::reset : said::nothing;
}

/// The number that a value begins with: 100 of "100, 100;w=60" and "100.0", but none of "100 or so". Written where it
/// belongs: an optional that a function gives is put together in memory and read again at once.
void read_count(std::string_view value, std::optional<std::uint64_t>& into) noexcept {
  if (const auto only = scan::digits(value)) {  // nearly always
    into = *only;
    return;
  }
  value = scan::trim(value.substr(0, value.find_first_of(",;")));
  const auto point = value.find('.');
  into = point == value.npos || parse_decimal(value) ? scan::digits(value.substr(0, point)) : std::nullopt;
}

/// Limits by what they count and the window they count in. Those without a window, as most are, go where they belong
/// at once.
class limit_list {
 public:
  limit_list(const header_block& headers, rate_limits& into) noexcept : headers_{headers}, into_{into} {}

  // What most providers write, in one look each: there are six of them in every answer of OpenAI. False: it is another.
  bool take_usual(std::string_view name, std::string_view value) {
    const auto is = [name](const auto& known) { return scan::is(name, known); };
    switch (name.size()) {
      case 24:
        if (is("x-ratelimit-limit-tokens")) return count(value, into_.tokens.limit);
        return is("x-ratelimit-reset-tokens") && reset(value, into_.tokens.reset);
      case 26:
        if (is("x-ratelimit-limit-requests")) return count(value, into_.requests.limit);
        return is("x-ratelimit-reset-requests") && reset(value, into_.requests.reset);
      case 28: return is("x-ratelimit-remaining-tokens") && count(value, into_.tokens.remaining);
      case 30: return is("x-ratelimit-remaining-requests") && count(value, into_.requests.remaining);
      default: return false;
    }
  }

  void take(const meaning& of, std::string_view value) {
    auto* into = place_for(of);
    if (!into) return;
    if (of.field == said::reset)
      reset(value, into->reset);
    else
      count(value, of.field == said::limit ? into->limit : into->remaining);
  }

  // "api";r=499;t=278 and "fixed window";"api";q=500;w=300, and limit=100, remaining=50, reset=5 in older drafts.
  void take_items(std::string_view value) {
    while (!value.empty()) {
      const auto item = scan::trim(value.substr(0, value.find_first_of(",;")));
      value.remove_prefix(std::min(value.find_first_of(",;"), value.size() - 1) + 1);
      const auto equals = item.find('=');
      if (equals == std::string_view::npos) continue;
      const meaning one{.what = counted::requests, .field = item_of(item.substr(0, equals)), .window = {}};
      if (one.field != said::nothing) take(one, item.substr(equals + 1));
    }
  }

  void merge_windows() noexcept {
    for (const auto& each : windows_) {
      auto& known = of(each.what);
      if (!known.known() || less_left(each.limit, known)) known = each.limit;
    }
  }

 private:
  struct entry {
    counted what;
    std::string_view window;
    rate_limit limit;
  };

  // Both give true, for `take_usual`: the field was one of its own, whatever its value is.
  static bool count(std::string_view value, std::optional<std::uint64_t>& into) noexcept {
    read_count(value, into);
    return true;
  }
  bool reset(std::string_view value, std::optional<std::chrono::nanoseconds>& into) const noexcept {
    read_until_reset(scan::trim(value), headers_, into);
    return true;
  }
  static bool less_left(const rate_limit& a, const rate_limit& b) noexcept {
    if (!a.remaining || !b.remaining) return a.remaining.has_value();
    return *a.remaining != *b.remaining ? *a.remaining < *b.remaining : a.reset > b.reset;
  }
  rate_limit& of(counted what) noexcept {
    switch (what) {
      case counted::tokens: return into_.tokens;
      case counted::input_tokens: return into_.input_tokens;
      case counted::output_tokens: return into_.output_tokens;
      case counted::requests: break;
    }
    return into_.requests;
  }

  // Null when there are more than anybody has.
  rate_limit* place_for(const meaning& meant) {
    constexpr std::size_t most = 16;
    if (meant.window.empty()) return &of(meant.what);
    for (auto& each : windows_)
      if (each.what == meant.what && equals_ignore_case(each.window, meant.window)) return &each.limit;
    if (windows_.size() == most) return nullptr;
    return &windows_.emplace_back(entry{meant.what, meant.window, {}}).limit;
  }

  const header_block& headers_;
  rate_limits& into_;
  std::vector<entry> windows_;
};

}  // namespace

bool read_rate_limits(const header_block& headers, rate_limits& into) {
  limit_list found{headers, into};
  meaning meant;
  for (const header field : headers) {
    if (found.take_usual(field.name, field.value)) continue;
    if (find_meaning(words_of(field.name), meant))
      found.take(meant, field.value);
    else if (holds_items(field.name))
      found.take_items(field.value);
  }
  found.merge_windows();
  return into.known();
}

}  // namespace cohedge::wire
