#include <cohedge/wire/json_scan.hpp>

#include "scan.hpp"

namespace cohedge::wire {

namespace {

enum class non_ascii : bool { passes, stops };

#if defined(__SSE2__)
/// A bit for each of the sixteen bytes at `from` that cannot stand in a JSON string as it is: a quote, a backslash or a
/// control character; a byte that is not ASCII too where it stops the search.
template <non_ascii What>
unsigned special_of_16(const char* from) noexcept {
  const auto bytes = scan::load16(from);
  const auto backslashes = scan::equal16(bytes, '\\');
  const auto turned = _mm_xor_si128(bytes, _mm_set1_epi8(2));  // a quote comes right behind the controls, and only it
  if constexpr (What == non_ascii::stops)  // as signed numbers they are below the controls
    return scan::bits(_mm_or_si128(_mm_cmplt_epi8(turned, _mm_set1_epi8('!')), backslashes));
  return scan::bits(_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(turned, _mm_set1_epi8(' ')), turned), backslashes));
}
#endif

// Of its own, for what it needs in registers would have to be saved for every other text too.
template <non_ascii What>
[[gnu::noinline]] std::size_t find_in_few(std::string_view text, std::size_t at) noexcept {
  return scan::find_first(text, at, [](std::uint64_t word) {
    const auto special = scan::below(word, 0x20) | scan::equal(word, '"') | scan::equal(word, '\\');
    return What == non_ascii::stops ? special | (word & scan::high_bits) : special;
  });
}

template <non_ascii What>
std::size_t find(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16)
    if (const auto found = special_of_16<What>(text.data() + at); found != 0)
      return at + static_cast<std::size_t>(std::countr_zero(found));
  if (at >= text.size()) return text.size();
  if (text.size() >= 16) {  // the last sixteen bytes, less those seen
    const auto seen = 16 - (text.size() - at);
    const auto found = special_of_16<What>(text.data() + text.size() - 16) >> seen;
    return found != 0 ? at + static_cast<std::size_t>(std::countr_zero(found)) : text.size();
  }
#endif
  return find_in_few<What>(text, at);
}

}  // namespace

std::size_t find_json_special(std::string_view text, std::size_t at) noexcept {
  return find<non_ascii::passes>(text, at);
}

std::size_t find_json_special_or_non_ascii(std::string_view text, std::size_t at) noexcept {
  return find<non_ascii::stops>(text, at);
}

std::size_t leading_digits(std::string_view text) noexcept {
  std::size_t size = 0;
#if defined(__SSE2__)
  for (; size + 16 <= text.size(); size += 16) {
    const auto digits = scan::bits(scan::between16(scan::load16(text.data() + size), '0', '9'));
    if (digits != 0xffff) return size + static_cast<std::size_t>(std::countr_one(digits));
  }
#endif
  while (size < text.size() && scan::is_digit(text[size])) ++size;
  return size;
}

}  // namespace cohedge::wire
