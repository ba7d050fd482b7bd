#include "chunk_shape.hpp"

#include <cstdint>
#include <cstring>

#include <simdjson.h>

namespace cohedge::dialect {
namespace {

constexpr std::size_t largest = 4096;  // a document beyond is not kept
constexpr std::string_view padding_key = R"("obfuscation":")";

constexpr std::uint64_t every(std::uint8_t byte) noexcept { return 0x0101010101010101ULL * byte; }

/// Whether one of these eight bytes is a quote, a backslash or a control character.
bool may_end_or_fail(std::uint64_t word) noexcept {
  const auto quote = word ^ every('"');
  const auto backslash = word ^ every('\\');
  const auto low = (word - every(0x20)) & ~word;
  return (((quote - every(1)) & ~quote) | ((backslash - every(1)) & ~backslash) | low) & every(0x80);
}

/// The string that begins here behind its opening quote, without an escape in it: valid JSON as it stands.
std::optional<std::string_view> plain_string(std::string_view from) noexcept {
  std::size_t size = 0;
  std::uint64_t seen = 0;
  for (std::uint64_t word; size + sizeof word <= from.size(); size += sizeof word) {
    std::memcpy(&word, from.data() + size, sizeof word);
    if (may_end_or_fail(word)) break;
    seen |= word;
  }
  for (;; ++size) {
    if (size == from.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(from[size]);
    if (byte == '"') break;
    if (byte < 0x20 || byte == '\\') return std::nullopt;
    seen |= byte;
  }
  if ((seen & every(0x80)) != 0 && !simdjson::validate_utf8(from.data(), size)) return std::nullopt;
  return from.substr(0, size);
}

}  // namespace

void chunk_shape::learn(std::string_view json, std::string_view token) {
  forget();
  const auto text = plain_string(token.substr(1));
  if (!text || json.size() > largest) return;
  const auto from = static_cast<std::size_t>(text->data() - json.data());
  auto rest = json.substr(from + text->size());
  padded_ = false;
  after_.clear();
  // Only a key can stand before a colon, and nobody reads this one. A quote inside a string would be escaped.
  if (const auto key = rest.rfind(padding_key); key != std::string_view::npos) {
    const auto tail = rest.substr(key + padding_key.size());
    if (const auto padding = plain_string(tail)) {
      padded_ = true;
      after_ = tail.substr(padding->size());
      rest = rest.substr(0, key + padding_key.size());
    }
  }
  middle_ = rest;
  before_ = json.substr(0, from);
}

std::optional<std::string_view> chunk_shape::match(std::string_view json) const noexcept {
  if (before_.empty() || !json.starts_with(before_)) return std::nullopt;
  auto rest = json.substr(before_.size());
  const auto text = plain_string(rest);
  if (!text || text->empty()) return std::nullopt;
  rest.remove_prefix(text->size());
  if (!rest.starts_with(middle_)) return std::nullopt;
  rest.remove_prefix(middle_.size());
  if (padded_) {
    const auto padding = plain_string(rest);
    if (!padding) return std::nullopt;
    rest.remove_prefix(padding->size());
  }
  if (rest != after_) return std::nullopt;
  return text;
}

}  // namespace cohedge::dialect
