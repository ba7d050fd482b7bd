#include "crc32.hpp"

#include "scan.hpp"

#include <array>

#if defined(__x86_64__)
#include <tmmintrin.h>
#include <wmmintrin.h>
#endif

namespace cohedge::wire {
namespace {

constexpr std::uint32_t polynomial = 0xEDB88320;  // its bits in reverse, like those of all bytes

/// One row for each of eight bytes: what it adds to the sum when so many bytes follow.
constexpr auto rows = [] {
  std::array<std::array<std::uint32_t, 256>, 8> all{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    auto sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
    all[0][byte] = sum;
  }
  for (std::size_t row = 1; row < all.size(); ++row)
    for (std::size_t byte = 0; byte < 256; ++byte)
      all[row][byte] = all[row - 1][byte] >> 8 ^ all[0][all[row - 1][byte] & 0xFF];
  return all;
}();

// `sum` is the remainder as it is, without the inversions at both ends.
std::uint32_t by_table(std::string_view bytes, std::uint32_t sum) noexcept {
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const auto word = scan::load8(bytes.data()) ^ sum;
    const auto part = [word](std::size_t byte) { return rows[7 - byte][word >> (8 * byte) & 0xFF]; };
    sum = (part(0) ^ part(1) ^ part(2) ^ part(3)) ^ (part(4) ^ part(5) ^ part(6) ^ part(7));
  }
  for (const char c : bytes) sum = sum >> 8 ^ rows[0][(sum ^ static_cast<unsigned char>(c)) & 0xFF];
  return sum;
}

#if defined(__x86_64__)
bool multiplies_without_carry() noexcept { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3"); }

/// The remainder of x to this power, its bits in reverse and one place up, as a product without carry of reversed numbers
/// wants it.
constexpr std::int64_t remainder(unsigned power) noexcept {
  std::uint32_t bits = 0x80000000;  // x to the power of 0
  for (; power > 0; --power) bits = bits >> 1 ^ (bits & 1 ? polynomial : 0);
  return std::int64_t{bits} << 1;
}

/// What moves a block forward by so many bytes.
struct distance {
  explicit constexpr distance(unsigned bytes) noexcept : low{remainder(8 * bytes + 32)}, high{remainder(8 * bytes - 32)} {}
  std::int64_t low;
  std::int64_t high;
};
constexpr distance by_16{16}, by_32{32}, by_48{48}, by_64{64};

/// Adds to a block one that stands before it, each half times the remainder that moves it there.
__attribute__((target("pclmul"))) inline __m128i fold(__m128i before, __m128i block, const distance& from) noexcept {
  const auto moved = _mm_set_epi64x(from.high, from.low);
  const auto low = _mm_clmulepi64_si128(before, moved, 0x00);
  const auto high = _mm_clmulepi64_si128(before, moved, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), block);
}

/// The sum of sixteen bytes: folded to twelve and then to eight, whose quotient by the polynomial (Barrett's reduction: a
/// product with its inverse) says what to take off.
__attribute__((target("pclmul"))) inline std::uint32_t reduce(__m128i all) noexcept {
  constexpr std::int64_t inverse = 0x1F7011641, divisor = std::int64_t{polynomial} << 1 | 1, by_4 = remainder(64);
  const auto first = _mm_set_epi64x(by_4, by_16.high);
  const auto barrett = _mm_set_epi64x(inverse, divisor);
  const auto low = _mm_set_epi32(0, 0, 0, -1);
  all = _mm_xor_si128(_mm_clmulepi64_si128(all, first, 0x00), _mm_srli_si128(all, 8));
  all = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(all, low), first, 0x10), _mm_srli_si128(all, 4));
  const auto quotient = _mm_clmulepi64_si128(_mm_and_si128(all, low), barrett, 0x10);
  all = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(quotient, low), barrett, 0x00), all);
  return static_cast<std::uint32_t>(_mm_cvtsi128_si64(all) >> 32);
}

/// Read from `n`, it moves a block n bytes up; from 16 + n, n bytes down. Zeros come in.
constexpr char moves[48] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                            0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,  //
                            -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/// Folds all into sixteen bytes with the same sum (Gopal et al., "Fast CRC Computation for Generic Polynomials Using
/// PCLMULQDQ Instruction", Intel 2009). At least sixteen must be there.
__attribute__((target("pclmul,ssse3"))) std::uint32_t by_product(std::string_view bytes, std::uint32_t sum) noexcept {
  const auto load = [&](std::size_t at) { return scan::load16(bytes.data() + at); };
  auto all = _mm_xor_si128(load(0), _mm_cvtsi32_si128(static_cast<int>(sum)));
  std::size_t at = 16;
  if (bytes.size() >= 128) {  // four at once: a product takes longer than one can be begun after the other
    __m128i second = load(16), third = load(32), fourth = load(48);
    for (at = 64; at + 64 <= bytes.size(); at += 64) {
      all = fold(all, load(at), by_64);
      second = fold(second, load(at + 16), by_64);
      third = fold(third, load(at + 32), by_64);
      fourth = fold(fourth, load(at + 48), by_64);
    }
    all = _mm_xor_si128(fold(all, fold(second, fourth, by_32), by_48), fold(third, _mm_setzero_si128(), by_16));
  }
  for (; at + 16 <= bytes.size(); at += 16) all = fold(all, load(at), by_16);
  if (const auto left = bytes.size() - at; left > 0) {
    // Those folded and the bytes that are left make two blocks, with zeros before them, which change no sum.
    const auto first = _mm_shuffle_epi8(all, scan::load16(moves + left));
    const auto second = _mm_shuffle_epi8(all, scan::load16(moves + 16 + left));
    const auto others = _mm_cmpgt_epi8(scan::load16(moves + 16 + left), _mm_set1_epi8(-1));  // where those folded are
    all = fold(first, _mm_or_si128(second, _mm_andnot_si128(others, load(bytes.size() - 16))), by_16);
  }
  return reduce(all);
}
#endif

}  // namespace

std::uint32_t portable_crc32_of(std::string_view bytes, std::uint32_t before) noexcept {
  return ~by_table(bytes, ~before);
}

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before) noexcept {
#if defined(__x86_64__)
  if (bytes.size() >= 32 && multiplies_without_carry()) return ~by_product(bytes, ~before);
#endif
  return portable_crc32_of(bytes, before);
}

}  // namespace cohedge::wire
