#include "cuts.hpp"

#include <algorithm>
#include <memory>
#include <random>

namespace cohedge::tests {

std::vector<cutting> cuttings(std::vector<std::size_t> given, std::uint64_t seed) {
  std::vector<cutting> ways{{"whole", {}}};
  for (std::size_t size : {1U, 2U, 3U, 7U}) ways.push_back({"cut at " + std::to_string(size), {size}});
  if (!given.empty()) ways.push_back({"cut as the case says", std::move(given)});
  for (std::uint64_t round = 0; round < 3; ++round) {
    std::mt19937_64 random{seed * 3 + round};
    cutting way{"random cuts " + std::to_string(round), {}};
    for (int i = 0; i < 16; ++i) way.sizes.push_back(1 + random() % (round == 0 ? 8 : 48));
    ways.push_back(std::move(way));
  }
  return ways;
}

void feed(std::string_view text, const cutting& cut, const std::function<bool(std::string_view)>& use) {
  for (std::size_t round = 0; !text.empty(); ++round) {
    auto size = cut.sizes.empty() ? text.size() : cut.sizes[round % cut.sizes.size()];
    size = std::clamp(size, std::size_t{1}, text.size());
    const auto piece = std::make_unique<char[]>(size);
    std::copy_n(text.data(), size, piece.get());
    if (!use({piece.get(), size})) return;
    text.remove_prefix(size);
  }
}

std::string from_base64(std::string_view text) {
  constexpr std::string_view alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xFF));
  }
  return out;
}

}  // namespace cohedge::tests
