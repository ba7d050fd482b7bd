#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// A number as its most significant byte comes first, in a machine of either order.
template <std::unsigned_integral Number>
constexpr Number big_endian(Number value) noexcept {
  if constexpr (std::endian::native == std::endian::big || sizeof value == 1) return value;
  else if constexpr (sizeof value == 2) return __builtin_bswap16(value);
  else if constexpr (sizeof value == 4) return __builtin_bswap32(value);
  else return __builtin_bswap64(value);
}

/// The number that the first bytes of a text are, most significant byte first. There must be enough of them.
template <std::unsigned_integral Number>
Number read_big_endian(std::string_view bytes) noexcept {
  Number value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return big_endian(value);
}

template <std::unsigned_integral Number>
void write_big_endian(char* to, Number value) noexcept {
  value = big_endian(value);
  std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& out, Number value) {
  char bytes[sizeof value];
  write_big_endian(bytes, value);
  out.append(bytes, sizeof bytes);
}

}  // namespace cohedge::wire
