#pragma once

#include <cstdint>
#include <string_view>

namespace cohedge::wire {

/// The CRC-32 of gzip and Ethernet (ISO 3309), as zlib's crc32 gives it: of `bytes` behind those whose sum is `before`.
/// zlib sums a gigabyte a second, which is more time than all else that a message of some hundred bytes needs; a processor
/// that multiplies without carry does sixteen bytes in the time of two multiplications.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0) noexcept;
/// The same, as every processor can do it.
std::uint32_t portable_crc32_of(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace cohedge::wire
