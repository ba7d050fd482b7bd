#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace cohedge::testing {

/// Words with the space before them, so that together they are the text again.
inline std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at + 1), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace cohedge::testing
