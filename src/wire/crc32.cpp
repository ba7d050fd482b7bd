#include "crc32.hpp"

#include "scan.hpp"

#include <array>

#if defined(__x86_64__)
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
bool multiplies_without_carry() noexcept { return __builtin_cpu_supports("pclmul") != 0; }

/// What moves a block forward by so many bytes.
struct distance {
  std::int64_t low;
  std::int64_t high;
};
constexpr distance by_16{0x1751997d0, 0x0ccaa009e};
constexpr distance by_64{0x154442bd4, 0x1c6e41596};

/// Adds to a block one that stands before it, each half times the remainder that moves it there.
__attribute__((target("pclmul"))) inline __m128i fold(__m128i before, __m128i block, const distance& from) noexcept {
  const auto moved = _mm_set_epi64x(from.high, from.low);
  const auto low = _mm_clmulepi64_si128(before, moved, 0x00);
  const auto high = _mm_clmulepi64_si128(before, moved, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), block);
}

/// Folds all into sixteen bytes with the same sum (Gopal et al., "Fast CRC Computation for Generic Polynomials Using
/// PCLMULQDQ Instruction", Intel 2009), and sums those. At least sixteen must be there.
__attribute__((target("pclmul"))) std::uint32_t by_product(std::string_view bytes, std::uint32_t sum) noexcept {
  const auto load = [&](std::size_t at) { return scan::load16(bytes.data() + at); };
  const auto store = [](char* to, __m128i block) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block); };
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
    all = fold(fold(fold(all, second, by_16), third, by_16), fourth, by_16);
  }
  for (; at + 16 <= bytes.size(); at += 16) all = fold(all, load(at), by_16);
  // The bytes that are left make two blocks with those folded, and zeros before them, which change no sum.
  const auto left = bytes.size() - at;
  char end[48] = {};
  store(end + 16 + left, load(bytes.size() - 16));
  store(end + 16, all);
  store(end, fold(scan::load16(end + left), scan::load16(end + 16 + left), by_16));
  return by_table({end, 16}, 0);
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
