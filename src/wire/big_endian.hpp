#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// The number that the first bytes of a text are, most significant byte first. There must be enough of them.
template <std::unsigned_integral Number>
constexpr Number read_big_endian(std::string_view bytes) noexcept {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Number>(value << 4 << 4 | static_cast<unsigned char>(bytes[i]));
  return value;
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& out, Number value) {
  for (auto shift = 8 * sizeof value; shift > 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (shift - 8))));
}

}  // namespace cohedge::wire
