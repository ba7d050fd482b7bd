#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json_text.hpp"

namespace cohedge::dialect {

/// OpenRouter's `reasoning_details`, which go back to it unchanged: objects whose readable text a stream brings in
/// pieces. Each becomes one JSON object again, all members as they came.
class reasoning_details {
 public:
  /// The most objects an answer may have, and the most members of one.
  static constexpr std::size_t most = 256;
  static constexpr std::size_t most_members = 32;

  struct item {
    std::string id;    ///< the token with its quotes, or empty
    std::string json;
  };

  void clear();
  bool empty() const noexcept { return all_.empty() && staged_.empty(); }

  /// One element of the list of the choice that is being read. False where it is malformed.
  bool stage(simdjson::ondemand::object& element);
  /// How many are staged; and forgets the first of them.
  std::size_t staged() const noexcept { return staged_.size(); }
  void unstage(std::size_t first);
  /// The choice they belong to. Pieces of one document never continue one another. False: more than `most`.
  bool settle(std::uint32_t choice);

  /// What came for a choice, in order; it is forgotten.
  std::vector<item> take(std::uint32_t choice);

 private:
  struct member {
    std::string name;  // as JSON, with its quotes
    std::string json;
  };
  struct detail {
    std::uint32_t choice = 0;
    std::vector<member> members{};
    std::string_view get(std::string_view quoted_name) const noexcept;
  };

  static bool continues(const detail& earlier, const detail& next) noexcept;
  static void append(detail& earlier, detail&& next);

  std::vector<detail> all_;
  std::vector<detail> staged_;
};

}  // namespace cohedge::dialect
