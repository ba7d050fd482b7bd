#pragma once

#include <cohedge/chat/completion.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge {

/// What a million tokens cost, in whatever currency the table is in.
struct price {
  double input = 0;
  double output = 0;                    ///< reasoning included
  std::optional<double> cached;         ///< of input read from a cache; nothing: as input
  std::optional<double> cache_written;  ///< nothing: as input
};

/// Prices by model, as the user loads them: no list of ours would be true for long.
class price_table {
 public:
  /// `model`: a model's name, or the beginning of names with '*' behind it. The longest that fits counts.
  price_table& set(std::string model, const price& of_a_million);
  /// What these tokens cost, or nothing where the model has no price or the provider counted nothing.
  std::optional<double> cost(const usage& tokens, std::string_view model) const;

 private:
  std::vector<std::pair<std::string, price>> prices_;
};

}  // namespace cohedge
