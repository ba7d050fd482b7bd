#pragma once

#include <cohedge/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::config {

/// Collects everything that is wrong with a file, so that its owner is told once.
class problems {
 public:
  explicit problems(std::string file_name) : file_{std::move(file_name)} {}

  /// `key` as a path: "providers.gpt.model".
  void add(int line, std::string_view key, std::string_view what);
  bool any() const noexcept { return !found_.empty(); }
  /// One line each, in the order of the file: "cohedge.toml:3: providers.gpt.model: what is wrong".
  error as_error() const;

 private:
  struct problem {
    int line;
    std::string text;
  };
  std::string file_;
  std::vector<problem> found_;
};

/// How many letters must be added, removed, changed or swapped with their neighbour to make one word of the other
/// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word that was most likely meant, if one is near.
std::optional<std::string_view> nearest(std::string_view word, const std::vector<std::string_view>& known);

/// For the end of a message: `; did you mean "model"?`, or `; known are: a, b`, or nothing where nothing is known.
std::string hint(std::string_view word, const std::vector<std::string_view>& known);

/// "a, b, c"
std::string listed(const std::vector<std::string_view>& words);

}  // namespace cohedge::config
