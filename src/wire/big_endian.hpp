#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// The number that the first bytes of a text are, most significant byte first. There must be enough of them.
template <std::unsigned_integral Number>
Number read_big_endian(std::string_view bytes) noexcept {
  Number value;
  std::memcpy(&value, bytes.data(), sizeof value);
  if constexpr (std::endian::native == std::endian::big || sizeof value == 1) return value;
  else if constexpr (sizeof value == 2) return __builtin_bswap16(value);
  else if constexpr (sizeof value == 4) return __builtin_bswap32(value);
  else return __builtin_bswap64(value);
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& out, Number value) {
  for (auto shift = 8 * sizeof value; shift > 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (shift - 8))));
}

}  // namespace cohedge::wire
