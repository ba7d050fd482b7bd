#include "document_shape.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <algorithm>

#include <simdjson.h>

namespace cohedge::dialect {
namespace {

constexpr std::size_t largest = 4096;  // a document beyond is not kept
constexpr std::string_view unread[] = {"obfuscation", "p", "created", "created_at", "sequence_number", "token_id"};

using wire::find_json_special;
using wire::find_json_special_or_non_ascii;

/// The string that begins here behind its opening quote, without an escape in it: valid JSON as it stands.
std::optional<std::string_view> plain_string(std::string_view from) noexcept {
  auto end = find_json_special_or_non_ascii(from);
  const bool ascii = end == from.size() || static_cast<unsigned char>(from[end]) < 0x80;
  if (!ascii) end = find_json_special(from, end);
  if (end == from.size() || from[end] != '"') return std::nullopt;
  if (!ascii && !simdjson::validate_utf8(from.data(), end)) return std::nullopt;
  return from.substr(0, end);
}

std::string_view spaces(std::string_view from) noexcept {
  return from.substr(0, std::min(from.find_first_not_of(' '), from.size()));
}

std::string_view number(std::string_view from) noexcept {
  std::size_t size = 0;
  while (size < from.size() && from[size] >= '0' && from[size] <= '9') ++size;
  return from.substr(0, size);
}

}  // namespace

// Only a key can stand before a colon. A quote inside a string would be escaped.
std::optional<document_shape::hole> document_shape::unread_value(std::string_view json, std::size_t colon) noexcept {
  const auto quote = json.rfind('"', colon - 2);
  if (quote == std::string_view::npos) return std::nullopt;
  if (std::ranges::find(unread, json.substr(quote + 1, colon - quote - 2)) == std::end(unread)) return std::nullopt;
  auto at = colon + 1;
  while (at < json.size() && json[at] == ' ') ++at;
  if (at < json.size() && json[at] == '"') {
    const auto text = plain_string(json.substr(at + 1));
    return text ? std::optional{hole{at + 1, text->size(), gap::string}} : std::nullopt;
  }
  const auto digits = number(json.substr(at));
  const bool whole = !digits.empty() && at + digits.size() < json.size() &&
                     (json[at + digits.size()] == ',' || json[at + digits.size()] == '}');
  return whole ? std::optional{hole{at, digits.size(), gap::number}} : std::nullopt;
}

void document_shape::find_holes(std::string_view json, std::vector<hole>& holes) {
  for (auto end = json.find("\":", 1); end != std::string_view::npos; end = json.find("\":", end + 2))
    if (const auto found = unread_value(json, end + 1)) holes.push_back(*found);
  std::ranges::sort(holes, {}, &hole::at);
  // Anthropic pads its events there.
  const auto before = json.ends_with('}') ? json.find_last_not_of(' ', json.size() - 2) : std::string_view::npos;
  if (before != std::string_view::npos) holes.push_back({before + 1, json.size() - 2 - before, gap::spaces});
}

void document_shape::learn(std::string_view json, std::string_view token) {
  forget();
  // Where no document is like the one before, learning each would cost more than it ever gives.
  if (++in_vain_ > 8 && in_vain_ % 16 != 0) return;
  const auto text = plain_string(token.substr(1));
  if (!text || json.size() > largest) return;
  const auto from = static_cast<std::size_t>(text->data() - json.data());
  thread_local std::vector<hole> holes;
  holes.assign(1, hole{from, text->size(), gap::text});
  find_holes(json, holes);
  known_.clear();
  std::size_t at = 0;
  for (const auto& each : holes) {
    known_.append(json.substr(at, each.at - at));
    segments_.push_back({known_.size(), each.what});
    at = each.at + each.size;
  }
  known_.append(json.substr(at));
}

std::optional<std::string_view> document_shape::match(std::string_view json) noexcept {
  if (segments_.empty() || json.size() <= known_.size()) return std::nullopt;
  const std::string_view known{known_};
  // What stands behind the last hole is the same in all, and mostly another where documents differ.
  if (!json.ends_with(known.substr(segments_.back().end))) return std::nullopt;
  std::string_view text;
  std::size_t from = 0;
  auto rest = json;
  for (const auto& [end, behind] : segments_) {
    const auto same = known.substr(from, end - from);
    if (!rest.starts_with(same)) return std::nullopt;
    rest.remove_prefix(same.size());
    const auto value = behind == gap::spaces   ? std::optional{spaces(rest)}
                       : behind == gap::number ? std::optional{number(rest)}
                                               : plain_string(rest);
    if (!value || (value->empty() && (behind == gap::text || behind == gap::number))) return std::nullopt;
    if (behind == gap::text) text = *value;
    rest.remove_prefix(value->size());
    from = end;
  }
  if (rest.size() != known.size() - from) return std::nullopt;
  in_vain_ = 0;
  return text;
}

}  // namespace cohedge::dialect
