#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cohedge::wire::scan {

constexpr std::uint64_t every(std::uint8_t byte) noexcept { return 0x0101010101010101ULL * byte; }
constexpr std::uint64_t high_bits = every(0x80);

/// A few bytes as a number, the first one lowest.
template <std::unsigned_integral Word>
std::uint64_t load(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::little) return word;
  std::uint64_t turned = 0;
  for (std::size_t i = 0; i < sizeof word; ++i) turned |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return turned;
}
inline std::uint64_t load8(const char* at) noexcept { return load<std::uint64_t>(at); }

/// All bytes of a text of fewer than eight, in an order of their own, some twice; whole loads, not one for each byte.
template <std::size_t Size>
std::uint64_t load_short(const char* at) noexcept {
  if constexpr (Size >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + Size - 4) << 32;
  else if constexpr (Size >= 2) return load<std::uint16_t>(at) | load<std::uint16_t>(at + Size - 2) << 16;
  else return static_cast<unsigned char>(*at);
}

// High bit set in the first byte below `bound` (at most 0x80), and perhaps in bytes after it; 0 if there is none.
constexpr std::uint64_t below(std::uint64_t word, std::uint8_t bound) noexcept {
  return (word - every(bound)) & ~word & high_bits;
}
// The same for bytes equal to `byte`.
constexpr std::uint64_t equal(std::uint64_t word, std::uint8_t byte) noexcept { return below(word ^ every(byte), 1); }
inline std::size_t first(std::uint64_t marks) noexcept { return static_cast<std::size_t>(std::countr_zero(marks)) / 8; }

/// The same of one to eight bytes, with zeros for those that are not there.
inline std::uint64_t load_few(const char* at, std::size_t size) noexcept {
  if (size >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << (8 * (size - 4));
  if (size >= 2) return load<std::uint16_t>(at) | load<std::uint16_t>(at + size - 2) << (8 * (size - 2));
  return static_cast<unsigned char>(*at);
}

/// Index of the first byte for which `marks` sets a bit, text.size() if none. `marks` takes eight bytes at once and may
/// set bits wrongly only after a right one.
template <class Marks>
std::size_t find_first(std::string_view text, std::size_t at, Marks marks) noexcept {
  const char* const data = text.data();
  for (; at + 8 <= text.size(); at += 8)
    if (const auto found = marks(load8(data + at)); found != 0) return at + first(found);
  if (at >= text.size()) return text.size();
  const auto rest = text.size() - at;
  const auto found = marks(load_few(data + at, rest));  // zeros that take the place of bytes come last
  return found != 0 && first(found) < rest ? at + first(found) : text.size();
}

#if defined(__SSE2__)
inline __m128i load16(const char* at) noexcept { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline __m128i equal16(__m128i bytes, char byte) noexcept { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)); }
inline __m128i below_space16(__m128i bytes) noexcept {
  return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
}
/// Both at most 0x7e.
inline __m128i between16(__m128i bytes, char first, char last) noexcept {
  return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}
/// A bit for each byte, the first one lowest.
inline unsigned bits(__m128i marks) noexcept { return static_cast<unsigned>(_mm_movemask_epi8(marks)); }
/// Whether every byte passes: `good16` says it of sixteen at once, `good` of one. Short texts in two loads that overlap.
template <class Good16, class Good>
bool all_of(std::string_view text, Good16 good16, Good good) noexcept {
  const char* const data = text.data();
  const auto size = text.size();
  if (size >= 16) {
    for (std::size_t at = 0; at + 16 < size; at += 16)
      if (!good16(load16(data + at))) return false;
    return good16(load16(data + size - 16));
  }
  if (size >= 8)
    return good16(_mm_set_epi64x(static_cast<long long>(load8(data + size - 8)), static_cast<long long>(load8(data))));
  for (const char c : text)
    if (!good(c)) return false;
  return true;
}
#endif

/// Equality, for texts too short to call a function for.
inline bool equal_short(const char* a, const char* b, std::size_t size) noexcept {
#if defined(__SSE2__)
  if (size >= 16) {
    const auto same16 = [&](std::size_t at) {
      return bits(_mm_cmpeq_epi8(load16(a + at), load16(b + at))) == 0xffff;
    };
    for (std::size_t at = 0; at + 16 < size; at += 16)
      if (!same16(at)) return false;
    return same16(size - 16);
  }
#endif
  const auto same8 = [&](std::size_t at) { return load8(a + at) == load8(b + at); };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (!same8(at)) return false;
    return same8(size - 8);
  }
  const auto same4 = [&](std::size_t at) { return load_short<4>(a + at) == load_short<4>(b + at); };
  if (size >= 4) return same4(0) && same4(size - 4);
  return std::memcmp(a, b, size) == 0;
}

/// Index of the first control character, text.size() if none.
inline std::size_t find_any_control(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const auto bytes = load16(text.data() + at);
    if (const auto found = bits(_mm_or_si128(below_space16(bytes), equal16(bytes, 0x7f))); found != 0)
      return at + static_cast<std::size_t>(std::countr_zero(found));
  }
#endif
  return find_first(text, at, [](std::uint64_t word) { return below(word, 0x20) | equal(word, 0x7f); });
}

/// The same, but TAB is none.
inline std::size_t find_control(std::string_view text, std::size_t at = 0) noexcept {
  for (;; ++at) {
    at = find_any_control(text, at);
    if (at == text.size() || text[at] != '\t') return at;
  }
}

// token characters of RFC 9110 §5.6.2
constexpr std::array<bool, 256> token_table = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[static_cast<std::size_t>(c)] = true;
  return table;
}();
constexpr bool is_token(char c) noexcept { return token_table[static_cast<unsigned char>(c)]; }

/// Index of the first byte that stands in no token, text.size() if none.
inline std::size_t find_token_end(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  while (at + 16 <= text.size()) {
    const auto bytes = load16(text.data() + at);
    const auto letters = between16(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const auto usual = bits(_mm_or_si128(_mm_or_si128(letters, equal16(bytes, '-')), between16(bytes, '0', '9')));
    const auto run = static_cast<std::size_t>(std::countr_one(usual));
    at += run;
    if (run == 16) continue;
    if (!is_token(text[at])) return at;
    ++at;
  }
#endif
  while (at < text.size() && is_token(text[at])) ++at;
  return at;
}

/// Whether these are usual characters of names: small letters, digits, hyphens. False says nothing.
inline bool is_plain_name(std::string_view text) noexcept {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
#if defined(__SSE2__)
  const auto good16 = [](__m128i bytes) {
    const auto letters_or_digits = _mm_or_si128(between16(bytes, 'a', 'z'), between16(bytes, '0', '9'));
    return bits(_mm_or_si128(letters_or_digits, equal16(bytes, '-'))) == 0xffff;
  };
  return all_of(text, good16, good);
#else
  return std::ranges::all_of(text, good);
#endif
}

/// Whether no control character is there but TAB.
inline bool has_no_control(std::string_view text) noexcept {
#if defined(__SSE2__)
  const auto good16 = [](__m128i bytes) {
    const auto controls = _mm_or_si128(below_space16(bytes), equal16(bytes, 0x7f));
    return bits(_mm_andnot_si128(equal16(bytes, '\t'), controls)) == 0;
  };
  const auto good = [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t'; };
  return all_of(text, good16, good);
#else
  return find_control(text) == text.size();
#endif
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Eight bytes at once, with the letters among them in lower case.
constexpr std::uint64_t lower8(std::uint64_t word) noexcept {
  const auto ascii = word & ~high_bits;
  const auto from_a = ascii + every(0x80 - 'A');    // the high bit: at least 'A'
  const auto beyond_z = ascii + every(0x7f - 'Z');  // the high bit: more than 'Z'
  const auto capitals = (from_a ^ beyond_z) & ~word & high_bits;
  return word | (capitals >> 2);  // 0x20
}

inline bool has_capital(std::string_view text) noexcept {
  const auto capital8 = [&](std::size_t at) { return lower8(load8(text.data() + at)) != load8(text.data() + at); };
  if (text.size() >= 8) {
    for (std::size_t at = 0; at + 8 < text.size(); at += 8)
      if (capital8(at)) return true;
    return capital8(text.size() - 8);
  }
  for (const char c : text)
    if (lower(c) != c) return true;
  return false;
}

// Of its own, for names come in small letters nearly always, and what is never run is not to lie between what is.
[[gnu::noinline, gnu::cold]] inline bool same8_with_capitals(std::uint64_t a, std::uint64_t b) noexcept {
  return lower8(a) == lower8(b);
}
/// Equality without regard to ASCII case, eight bytes at once.
inline bool same8(std::uint64_t a, std::uint64_t b) noexcept {
  return a == b || (((a ^ b) & ~every(0x20)) == 0 && same8_with_capitals(a, b));
}

/// Equality without regard to ASCII case.
inline bool equals_any_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  const auto same_at = [&](std::size_t at) { return same8(load8(a.data() + at), load8(b.data() + at)); };
  if (a.size() >= 8) {
    for (std::size_t at = 0; at + 8 < a.size(); at += 8)
      if (!same_at(at)) return false;
    return same_at(a.size() - 8);
  }
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

/// Whether the text begins with a word that the compiler knows, written in small letters. For words, what
/// `equals_any_case` is for texts.
template <std::size_t Terminated>
bool begins(std::string_view text, const char (&word)[Terminated]) noexcept {
  constexpr std::size_t size = Terminated - 1;
  if (text.size() < size) return false;
  const char* const data = text.data();
  for (std::size_t at = 0; at + 8 < size; at += 8)
    if (!same8(load8(data + at), load8(word + at))) return false;
  if constexpr (size >= 8) return same8(load8(data + size - 8), load8(word + size - 8));
  return same8(load_short<size>(data), load_short<size>(word));
}
/// The same for all of the text.
template <std::size_t Terminated>
bool is(std::string_view text, const char (&word)[Terminated]) noexcept {
  return text.size() == Terminated - 1 && begins(text, word);
}

/// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The number that one to eight digits are; nothing where others are among them.
inline std::optional<std::uint64_t> few_digits(std::string_view text) noexcept {
  const auto unused = 64 - 8 * text.size();  // bits
  auto word = load_few(text.data(), text.size());
  word ^= every('0') >> unused;
  if (((word + every(0x80 - 10)) | word) & high_bits) return std::nullopt;
  word <<= unused;  // zeros in front
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff;
  return (word * 10000 + (word >> 32)) & 0xffffffff;
}

/// Only digits, at least one, no overflow.
inline std::optional<std::uint64_t> digits(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  if (text.size() <= 8) return few_digits(text);
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9 || value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// Calls `use` with every trimmed element of a comma list, empty ones too; stops where it says false.
template <class Use>
bool each_element(std::string_view list, Use use) {
  for (;;) {
    const auto comma = list.find(',');
    if (!use(trim(list.substr(0, comma)))) return false;
    if (comma == std::string_view::npos) return true;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace cohedge::wire::scan
