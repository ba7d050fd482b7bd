#include "document_shape.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <algorithm>
#include <cstring>

#include <simdjson.h>

namespace cohedge::dialect {
namespace {

constexpr std::size_t largest = 4096;  // a document with more around its text is not kept
constexpr std::string_view unread[] = {"obfuscation",     "p",        "created",   "created_at",
                                       "sequence_number", "token_id", "tokenCount"};

/// The same as `string_size` for one with escapes, or with bytes that are not ASCII; `end` is where the first is.
std::size_t size_with_specials(std::string_view from, std::size_t end, bool& plain) noexcept {
  bool ascii = true;
  const auto search = [&](std::size_t at) {
    return ascii ? wire::find_json_special_or_non_ascii(from, at) : wire::find_json_special(from, at);
  };
  for (; end < from.size() && from[end] != '"'; end = search(end)) {
    const auto byte = [&] { return static_cast<unsigned char>(from[end]); };
    if (byte() == '\\') {
      plain = false;
      if (++end == from.size()) break;
    }
    if (byte() < 0x20) return std::string_view::npos;
    ascii = ascii && byte() < 0x80;
    if (byte() < 0x80) ++end;
  }
  if (end >= from.size() || (!ascii && !simdjson::validate_utf8(from.data(), end))) return std::string_view::npos;
  return end;
}

/// The size of the string that begins here behind its opening quote, as a parser would find it; npos: it is no string.
/// `plain`: it has no escapes.
std::size_t string_size(std::string_view from, bool& plain) noexcept {
  plain = true;
  const auto end = wire::find_json_special_or_non_ascii(from);
  return end < from.size() && from[end] == '"' ? end : size_with_specials(from, end, plain);
}

/// A number as JSON writes it, small enough to need no check for overflow.
bool count_from(std::string_view digits, std::uint64_t& count) noexcept {
  if (digits.empty() || digits.size() > 19 || (digits.front() == '0' && digits.size() > 1)) return false;
  count = 0;
  for (const char each : digits) count = count * 10 + static_cast<std::uint64_t>(each - '0');
  return true;
}

bool take_same(std::string_view& rest, std::string_view known) noexcept {
  if (rest.size() < known.size() || std::memcmp(rest.data(), known.data(), known.size()) != 0) return false;
  rest = {rest.data() + known.size(), rest.size() - known.size()};
  return true;
}

/// Takes the last brace, and the spaces before it: Anthropic pads its events there.
bool take_brace(std::string_view& rest) noexcept {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return take_same(rest, "}");
}

}  // namespace

// Only a key can stand before a colon. A quote inside a string would be escaped.
bool document_shape::unread_value(std::string_view json, std::size_t colon, hole& found) noexcept {
  const auto quote = json.rfind('"', colon - 2);
  if (quote == std::string_view::npos) return false;
  if (std::ranges::find(unread, json.substr(quote + 1, colon - quote - 2)) == std::end(unread)) return false;
  const auto at = std::min(json.find_first_not_of(' ', colon + 1), json.size());
  const auto value = json.substr(at);
  if (value.starts_with('"')) {
    bool plain;
    found = {at + 1, string_size(value.substr(1), plain), gap::string};
    return found.size != std::string_view::npos;
  }
  found = {at, wire::leading_digits(value), gap::number};
  const auto behind = value.substr(found.size);
  return found.size > 0 && (behind.starts_with(',') || behind.starts_with('}'));
}

void document_shape::find_holes(std::string_view json, std::vector<hole>& holes) {
  hole found{};
  for (auto end = json.find("\":", 1); end != std::string_view::npos; end = json.find("\":", end + 2))
    if (unread_value(json, end + 1, found)) holes.push_back(found);
  std::ranges::sort(holes, {}, &hole::at);
}

bool document_shape::learn(const frame& document, const strings& in, const said_counts& counts) {
  forget();
  auto json = document.data;
  if (json.size() - in.text.size() + document.type.size() > largest || !counts.placed()) return false;
  if (!json.ends_with('}')) return false;
  do json.remove_suffix(1);
  while (json.ends_with(' '));
  // Where no document is like the one before, learning each would cost more than it ever gives.
  if (++in_vain_ > 8 && in_vain_ % 16 != 0) return false;
  const auto place = [&](std::string_view part) { return static_cast<std::size_t>(part.data() - json.data()); };
  const auto hole_of = [&](std::string_view token, gap behind) {
    bool plain;
    return hole{place(token) + 1, string_size(token.substr(1), plain), behind};
  };
  thread_local std::vector<hole> holes;
  holes.assign(1, hole_of(in.text, gap::text));
  if (!in.id.empty()) holes.push_back(hole_of(in.id, gap::id));
  if (std::ranges::find(holes, std::string_view::npos, &hole::size) != holes.end()) return false;
  for (const auto& each : counts.places())
    holes.push_back({place(each.digits), wire::leading_digits(each.digits), gap::count, each.what});
  find_holes(document.data, holes);
  known_.clear();
  known_.reserve(document.type.size() + json.size() - in.text.size());
  known_.append(document.type);
  type_size_ = static_cast<std::uint16_t>(document.type.size());
  counted_ = counts.any();
  segments_.reserve(holes.size());
  std::size_t at = 0;
  for (const auto& each : holes) {
    known_.append(json.substr(at, each.at - at));
    segments_.push_back({static_cast<std::uint16_t>(each.at - at), each.behind, each.what});
    at = each.at + each.size;
  }
  known_.append(json.substr(at));
  one_line_ = known_.find_first_of("\r\n", type_size_) == std::string::npos;
  return true;
}

/// Takes what stands in a hole from the front of the rest. False: nothing that may stand there.
inline bool document_shape::take(const segment& at, std::string_view& rest, strings& found,
                                 said_counts& counts) noexcept {
  std::size_t size = 0;
  std::uint64_t count = 0;
  bool plain = false;
  switch (at.behind) {
    case gap::number:
      size = wire::leading_digits(rest);
      if (size == 0) return false;
      break;
    case gap::count:
      size = wire::leading_digits(rest);
      if (!count_from({rest.data(), size}, count)) return false;
      counts.add(at.what, count);
      break;
    default:
      size = string_size(rest, plain);
      if (size == std::string_view::npos || (size == 0 && at.behind != gap::string)) return false;
      if (at.behind == gap::id) found.id = {rest.data() - 1, size + 2};
      if (at.behind != gap::text) break;
      found.text = {rest.data() - 1, size + 2};
      found.plain = plain;
      break;
  }
  rest = {rest.data() + size, rest.size() - size};
  return true;
}

std::size_t document_shape::match(const frame& document, strings& found, said_counts& counts) noexcept {
  if (segments_.empty() || document.type != std::string_view{known_.data(), type_size_}) return 0;
  if (!document.end.empty() && !one_line_) return 0;
  counts.clear();
  if (counted_) counts.begin();
  auto rest = document.data;
  const char* known = known_.data() + type_size_;
  for (const auto& each : segments_) {
    if (!take_same(rest, {known, each.size}) || !take(each, rest, found, counts)) return 0;
    known += each.size;
  }
  const std::string_view tail{known, static_cast<std::size_t>(known_.data() + known_.size() - known)};
  if (!take_same(rest, tail) || !take_brace(rest)) return 0;
  if (document.end.empty() ? !rest.empty() : !take_same(rest, document.end)) return 0;
  in_vain_ = 0;
  return document.data.size() - rest.size();
}

}  // namespace cohedge::dialect
