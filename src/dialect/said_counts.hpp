#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "json_text.hpp"

namespace cohedge::dialect {

/// The token counts that usage objects have. What they amount to is each API's own.
enum class usage_count : std::uint8_t { input, output, total, cached, cache_written, reasoning, tools };

/// The counts of a usage object as the document says them, 0 where it does not; of several members that say the same,
/// the largest. And where they stand, so that a document that differs in them alone need not be parsed.
class said_counts {
 public:
  struct place {
    std::string_view digits;
    usage_count what = {};
  };

  void clear() noexcept {
    size_ = 0;
    objects_ = 0;
  }
  /// A usage object begins: what an earlier one said does not count.
  void begin() noexcept {
    all_ = {};
    ++objects_;
  }
  void add(usage_count what, std::uint64_t count) noexcept {
    auto& known = all_[static_cast<std::size_t>(what)];
    known = std::max(known, count);
  }
  /// Null and everything else that is no whole number from 0 up counts as not said.
  void read(usage_count what, simdjson::ondemand::value& from) noexcept {
    const auto token = from.raw_json_token();
    std::uint64_t count = 0;
    if (from.get_uint64().get(count) != simdjson::SUCCESS) return;
    add(what, count);
    if (size_ < places_.size()) places_[size_] = {token, what};
    ++size_;
  }

  /// Of the last object.
  std::uint64_t operator[](usage_count what) const noexcept { return all_[static_cast<std::size_t>(what)]; }
  bool any() const noexcept { return objects_ > 0; }
  /// All that was said is in `places`.
  bool placed() const noexcept { return objects_ <= 1 && size_ <= places_.size(); }
  std::span<const place> places() const noexcept { return {places_.data(), size_}; }

 private:
  std::array<std::uint64_t, 7> all_{};
  std::array<place, 12> places_;  // of all objects
  std::size_t size_ = 0;
  unsigned objects_ = 0;
};

}  // namespace cohedge::dialect
