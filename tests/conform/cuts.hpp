#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// One way of cutting an input into the pieces that reads would give.
struct cutting {
  std::string name;
  std::vector<std::size_t> sizes;  ///< used one after the other, then again from the first; empty: whole
};

/// Whole, 1, 2, 3 and 7 bytes, the given sizes if any, and three random ways that follow from the seed.
std::vector<cutting> cuttings(std::vector<std::size_t> given, std::uint64_t seed);

/// Hands `use` the pieces, each in memory of its own that ends where the piece ends and dies after the call: a parser
/// that reads beyond a piece or keeps a view of it is found by the address sanitizer. Stops when `use` says false.
void feed(std::string_view text, const cutting& cut, const std::function<bool(std::string_view)>& use);

/// Bytes of a base64 text (RFC 4648 §4); stops at the first character that is none.
std::string from_base64(std::string_view text);

}  // namespace cohedge::tests
