#pragma once

#include <cstddef>
#include <string_view>

namespace cohedge::wire {

/// The most that so many bytes of HPACK's Huffman code can stand for; the shortest codes have five bits.
constexpr std::size_t huffman_decoded_most(std::size_t coded) noexcept { return coded * 8 / 5; }

/// Reads HPACK's Huffman code (RFC 7541 §5.2 and appendix B) into `out`, which has room for `huffman_decoded_most` and
/// two more. The end of what was written; null when it is malformed: a code that is cut off, the code for the end, more
/// than seven bits of padding or padding that is not ones.
char* huffman_decode(std::string_view coded, char* out) noexcept;

}  // namespace cohedge::wire
