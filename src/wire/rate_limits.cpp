#include <cohedge/wire/rate_limits.hpp>

#include "reset_time.hpp"
#include "scan.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

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

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) noexcept {
  return std::ranges::any_of(words, [&](std::string_view each) { return scan::equals_any_case(word, each); });
}

// Nothing where a word is not known: "tokens-query-cost", "renewalperiod-requests".
std::optional<meaning> meaning_of(std::string_view words) {
  meaning found;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find('-'));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (scan::equals_any_case(word, "limit"))
      found.field = said::limit;
    else if (scan::equals_any_case(word, "remaining"))
      found.field = said::remaining;
    else if (scan::equals_any_case(word, "reset"))
      found.field = said::reset;
    else if (scan::equals_any_case(word, "tokens"))
      found.what = found.what == counted::requests ? counted::tokens : found.what;
    else if (scan::equals_any_case(word, "input"))
      found.what = counted::input_tokens;
    else if (scan::equals_any_case(word, "output"))
      found.what = counted::output_tokens;
    else if (is_one_of(word, {"10", "second", "minute", "hour", "day", "month"}))
      found.window = found.window.empty() ? word : found.window;
    else if (!is_one_of(word, {"requests", "req"}))
      return std::nullopt;
  }
  return found.field == said::nothing ? std::nullopt : std::optional{found};
}

/// The name behind what it begins with; empty where it is about something else.
std::string_view words_of(std::string_view name) noexcept {
  for (const std::string_view start : {"x-ratelimit-", "anthropic-ratelimit-", "ratelimit-"})
    if (scan::equals_any_case(name.substr(0, start.size()), start)) return name.substr(start.size());
  return {};
}

// A whole number, or what is whole of a decimal: "0.0".
std::optional<std::uint64_t> count_of(std::string_view text) noexcept {
  const auto point = text.find('.');
  return point == text.npos || parse_decimal(text) ? scan::digits(text.substr(0, point)) : std::nullopt;
}

/// Limits by what they count and the window they count in.
class limit_list {
 public:
  explicit limit_list(const header_block& headers) : now_{server_time(headers)} {}

  void take(const meaning& of, std::string_view value) {
    auto* into = place_for(of);
    if (!into) return;
    if (of.field == said::reset)
      into->reset = until_reset(scan::trim(value), now_);
    else
      (of.field == said::limit ? into->limit : into->remaining) =
          count_of(scan::trim(value.substr(0, value.find_first_of(",;"))));
  }

  // "api";r=499;t=278 and "fixed window";"api";q=500;w=300, and limit=100, remaining=50, reset=5 in older drafts.
  void take_items(std::string_view value) {
    while (!value.empty()) {
      const auto item = scan::trim(value.substr(0, value.find_first_of(",;")));
      value.remove_prefix(std::min(value.find_first_of(",;"), value.size() - 1) + 1);
      const auto equals = item.find('=');
      if (equals == std::string_view::npos) continue;
      meaning one;
      const auto name = item.substr(0, equals);
      if (is_one_of(name, {"q", "limit"})) one.field = said::limit;
      if (is_one_of(name, {"r", "remaining"})) one.field = said::remaining;
      if (is_one_of(name, {"t", "reset"})) one.field = said::reset;
      if (one.field != said::nothing) take(one, item.substr(equals + 1));
    }
  }

  rate_limits result() const {
    rate_limits all;
    for (std::size_t i = 0; i < used_; ++i) {
      auto& known = of(all, entries_[i].what);
      if (!known.known() || less_left(entries_[i].limit, known)) known = entries_[i].limit;
    }
    return all;
  }

 private:
  struct entry {
    counted what{};
    std::string_view window;
    rate_limit limit;
  };

  static bool less_left(const rate_limit& a, const rate_limit& b) noexcept {
    if (!a.remaining || !b.remaining) return a.remaining.has_value();
    return *a.remaining != *b.remaining ? *a.remaining < *b.remaining : a.reset > b.reset;
  }
  static rate_limit& of(rate_limits& all, counted what) noexcept {
    switch (what) {
      case counted::tokens: return all.tokens;
      case counted::input_tokens: return all.input_tokens;
      case counted::output_tokens: return all.output_tokens;
      case counted::requests: break;
    }
    return all.requests;
  }

  // Null when there are more than anybody has.
  rate_limit* place_for(const meaning& of) {
    for (std::size_t i = 0; i < used_; ++i)
      if (entries_[i].what == of.what && equals_ignore_case(entries_[i].window, of.window)) return &entries_[i].limit;
    if (used_ == entries_.size()) return nullptr;
    entries_[used_] = {of.what, of.window, {}};
    return &entries_[used_++].limit;
  }

  std::optional<std::int64_t> now_;
  std::array<entry, 16> entries_;
  std::size_t used_ = 0;
};

}  // namespace

rate_limits read_rate_limits(const header_block& headers) {
  std::optional<limit_list> found;  // most servers say nothing
  for (const header field : headers) {
    const char first = field.name.empty() ? '\0' : scan::lower(field.name.front());
    if (first != 'x' && first != 'a' && first != 'r') continue;
    const bool items = is_one_of(field.name, {"ratelimit", "ratelimit-policy"});
    const auto words = words_of(field.name);
    if (!items && words.empty()) continue;
    if (!found) found.emplace(headers);
    if (items)
      found->take_items(field.value);
    else if (const auto meant = meaning_of(words))
      found->take(*meant, field.value);
  }
  return found ? found->result() : rate_limits{};
}

}  // namespace cohedge::wire
