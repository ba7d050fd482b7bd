#include "huffman.hpp"

#include <cohedge/wire/big_endian.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace cohedge::wire {

namespace {

constexpr unsigned symbols = 257;  // bytes, and the end
constexpr unsigned end_symbol = 256;
constexpr unsigned longest = 30;

/// How many bits each symbol's code has (RFC 7541, appendix B). That is all of the code: among those of one length they
/// count up with the symbol, and the first of a length follows the last of the length before.
constexpr std::array<std::uint8_t, symbols> code_bits{
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
};

struct code {
  std::uint16_t symbol;
  std::uint8_t bits;
};

/// The symbols in the order of their codes and, for each length, the end of its codes at the top of 32 bits.
struct canonical {
  std::array<std::uint16_t, symbols> symbol{};
  std::array<std::uint32_t, longest + 1> end{}, first{};
  std::array<std::uint16_t, longest + 1> before{};  // symbols with shorter codes

  constexpr canonical() {
    std::uint64_t next = 0;
    std::uint16_t count = 0;
    for (unsigned bits = 1; bits <= longest; ++bits) {
      first[bits] = static_cast<std::uint32_t>(next << (32 - bits));
      before[bits] = count;
      for (unsigned each = 0; each < symbols; ++each) {
        if (code_bits[each] != bits) continue;
        symbol[count++] = static_cast<std::uint16_t>(each);
        ++next;
      }
      // The last of all ends where 32 bits do.
      end[bits] = bits == longest ? 0xffffffff : static_cast<std::uint32_t>(next << (32 - bits));
      next <<= 1;
    }
  }

  /// The code that these 32 bits begin with.
  constexpr code at(std::uint32_t window) const noexcept {
    unsigned bits = 5;
    while (bits < longest && window >= end[bits]) ++bits;
    return {symbol[before[bits] + ((window - first[bits]) >> (32 - bits))], static_cast<std::uint8_t>(bits)};
  }
};

constexpr canonical codes;

/// What the next twelve bits stand for: one symbol or, mostly, two. No bits: a longer code.
constexpr unsigned looked_up = 12;
struct short_codes {
  std::array<char, 2> symbols{};
  std::uint8_t count = 0;
  std::uint8_t bits = 0;  // of all of them
};

constexpr std::array<short_codes, 1 << looked_up> table = [] {
  std::array<short_codes, 1 << looked_up> made{};
  for (std::uint32_t prefix = 0; prefix < made.size(); ++prefix) {
    auto& entry = made[prefix];
    for (std::uint32_t window = prefix << (32 - looked_up); entry.count < 2;) {
      const auto next = codes.at(window);
      if (entry.bits + next.bits > static_cast<int>(looked_up)) break;
      entry.symbols[entry.count++] = static_cast<char>(next.symbol);
      entry.bits = static_cast<std::uint8_t>(entry.bits + next.bits);
      window <<= next.bits;
    }
  }
  return made;
}();

/// The bits that are still to be read, the next one on top.
class bits_left {
 public:
  explicit bits_left(std::string_view from) noexcept : at_{from.data()}, end_{at_ + from.size()} {}

  /// Enough for four lookups or, false, all that is left.
  bool fill() noexcept {
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (left >= 8) {
      // Bits beyond those counted are the next byte's own, which comes again.
      window_ |= read_big_endian<std::uint64_t>({at_, 8}) >> held_;
      at_ += (63 - held_) / 8;
      held_ |= 56;
      return true;
    }
    if (left != 0) {
      char last[8] = {};
      std::memcpy(last, at_, left);
      window_ |= read_big_endian<std::uint64_t>({last, 8}) >> held_;
      const auto bytes = std::min(static_cast<unsigned>(left), (63 - held_) / 8);
      at_ += bytes;
      held_ += 8 * bytes;
    }
    return held_ >= 4 * looked_up;
  }
  unsigned count() const noexcept { return held_; }
  std::uint64_t window() const noexcept { return window_; }
  /// With ones after the last.
  std::uint64_t padded() const noexcept { return window_ | (held_ == 0 ? ~0ULL : ~0ULL >> held_); }
  void drop(unsigned bits) noexcept {
    window_ <<= bits;
    held_ -= bits;
  }

 private:
  const char* at_;
  const char* end_;
  std::uint64_t window_ = 0;
  unsigned held_ = 0;  // fewer than 64
};

/// The symbols of one lookup, of which there may be none. Writes two bytes in any case.
unsigned take(bits_left& rest, std::uint64_t window, char*& out) noexcept {
  const auto found = table[window >> (64 - looked_up)];
  std::memcpy(out, found.symbols.data(), 2);
  out += found.count;
  rest.drop(found.bits);
  return found.bits;
}

}  // namespace

char* huffman_decode(std::string_view coded, char* out) noexcept {
  bits_left rest{coded};
  for (;;) {
    // Four lookups at once take no more than what is there, and mostly find something.
    while (rest.fill()) {
      take(rest, rest.window(), out);
      take(rest, rest.window(), out);
      take(rest, rest.window(), out);
      if (take(rest, rest.window(), out) == 0) break;
    }
    rest.fill();
    const auto window = rest.padded();
    if (table[window >> (64 - looked_up)].bits <= rest.count() && take(rest, window, out) != 0) continue;
    if (window == ~0ULL && rest.count() < 8) return out;
    const auto one = codes.at(static_cast<std::uint32_t>(window >> 32));
    if (one.symbol == end_symbol || one.bits > rest.count()) return nullptr;
    *out++ = static_cast<char>(one.symbol);
    rest.drop(one.bits);
  }
}

}  // namespace cohedge::wire
