#include "chunk_shape.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <simdjson.h>

namespace cohedge::dialect {
namespace {

constexpr std::size_t largest = 4096;  // a document beyond is not kept
constexpr std::string_view padding_key = R"("obfuscation":")";

using wire::find_json_special;
using wire::find_json_special_or_non_ascii;

/// Whether this may stand in a JSON string as it is.
bool is_plain(std::string_view text) noexcept {
  const auto ascii = find_json_special_or_non_ascii(text);
  if (ascii == text.size()) return true;
  return find_json_special(text, ascii) == text.size() &&
         simdjson::validate_utf8(text.data(), text.size());
}

/// The string that begins here behind its opening quote, without an escape in it: valid JSON as it stands.
std::optional<std::string_view> plain_string(std::string_view from) noexcept {
  auto end = find_json_special_or_non_ascii(from);
  const bool ascii = end == from.size() || static_cast<unsigned char>(from[end]) < 0x80;
  if (!ascii) end = find_json_special(from, end);
  if (end == from.size() || from[end] != '"') return std::nullopt;
  if (!ascii && !simdjson::validate_utf8(from.data(), end)) return std::nullopt;
  return from.substr(0, end);
}

}  // namespace

void chunk_shape::learn(std::string_view json, std::string_view token) {
  forget();
  const auto text = plain_string(token.substr(1));
  if (!text || json.size() > largest) return;
  const auto from = static_cast<std::size_t>(text->data() - json.data());
  auto rest = json.substr(from + text->size());
  std::string_view tail;
  padded_ = false;
  // Only a key can stand before a colon, and nobody reads this one. A quote inside a string would be escaped.
  if (const auto key = rest.rfind(padding_key); key != std::string_view::npos) {
    const auto behind = rest.substr(key + padding_key.size());
    if (const auto padding = plain_string(behind)) {
      padded_ = true;
      tail = behind.substr(padding->size());
      rest = rest.substr(0, key + padding_key.size());
    }
  }
  middle_ = from;
  after_ = from + rest.size();
  known_.reserve(after_ + tail.size());
  known_.append(json.substr(0, from)).append(rest).append(tail);
}

std::optional<std::string_view> chunk_shape::match(std::string_view json) const noexcept {
  if (known_.empty() || json.size() <= known_.size()) return std::nullopt;
  if (!json.starts_with(before()) || !json.ends_with(after())) return std::nullopt;
  auto rest = json.substr(middle_, json.size() - middle_ - (known_.size() - after_));
  const auto text = plain_string(rest);
  if (!text || text->empty()) return std::nullopt;
  rest.remove_prefix(text->size());
  if (!rest.starts_with(middle())) return std::nullopt;
  rest.remove_prefix(middle().size());
  return rest.empty() || (padded_ && is_plain(rest)) ? text : std::nullopt;
}

}  // namespace cohedge::dialect
