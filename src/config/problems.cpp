#include "problems.hpp"

#include <algorithm>

namespace cohedge::config {

void problems::add(int line, std::string_view key, std::string_view what) {
  std::string text{key};
  if (!text.empty()) text.append(": ");
  found_.push_back({line, text.append(what)});
}

error problems::as_error() const {
  auto sorted = found_;
  std::ranges::stable_sort(sorted, {}, &problem::line);
  std::string text;
  for (const auto& each : sorted) {
    if (!text.empty()) text.push_back('\n');
    text.append(file_).append(":").append(std::to_string(each.line)).append(": ").append(each.text);
  }
  return error{errc::invalid_config, std::move(text)};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto width = b.size() + 1;
  std::vector<std::size_t> before(width), above(width), row(width);
  for (std::size_t j = 0; j < width; ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word, const std::vector<std::string_view>& known) {
  constexpr std::size_t longest = 64;  // nobody mistypes that much; bounds the work on a hostile key
  if (word.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : known) {
    const auto distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string hint(std::string_view word, const std::vector<std::string_view>& known) {
  if (known.empty()) return {};
  if (const auto meant = nearest(word, known)) return "; did you mean \"" + std::string{*meant} + "\"?";
  return "; known are: " + listed(known);
}

}  // namespace cohedge::config
