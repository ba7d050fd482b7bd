#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// One source file of the project, for tests that read the code.
struct source {
  std::string path;  ///< relative to the project, with '/'
  std::string text;
};

/// The project's .hpp and .cpp files below the given folders, in order of path.
inline std::vector<source> read_sources(std::initializer_list<std::string_view> folders) {
  const std::filesystem::path root{COHEDGE_SOURCE_DIR};
  std::vector<source> all;
  for (const auto folder : folders) {
    if (!std::filesystem::is_directory(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder}) {
      if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
      std::ifstream file{entry.path(), std::ios::binary};
      all.push_back({entry.path().lexically_relative(root).generic_string(),
                     {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}}});
    }
  }
  std::sort(all.begin(), all.end(), [](const source& a, const source& b) { return a.path < b.path; });
  return all;
}

/// The text with comments, and with `literals` also the insides of string and character literals, turned into spaces;
/// line ends stay, so positions and line numbers still hold.
inline std::string without_comments(std::string text, bool literals) {
  const auto blank = [&text](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, text.size()); ++i)
      if (text[i] != '\n') text[i] = ' ';
  };
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.compare(i, 2, "//") == 0) {
      const auto end = std::min(text.find('\n', i), text.size());
      blank(i, end);
      i = end;
    } else if (text.compare(i, 2, "/*") == 0) {
      const auto end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      blank(i, end);
      i = end;
    } else if (text.compare(i, 2, "R\"") == 0) {
      const auto open = text.find('(', i);
      if (open == std::string::npos) break;
      std::string close{")"};
      close.append(text, i + 2, open - i - 2).append("\"");
      const auto end = std::min(text.find(close, open), text.size());
      if (literals) blank(open + 1, end);
      i = end + close.size();
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
      const char quote = text[i];
      auto end = i + 1;
      while (end < text.size() && text[end] != quote && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      if (literals) blank(i + 1, end);
      i = end + 1;
    } else {
      ++i;
    }
  }
  return text;
}

/// "path:line", the way compilers write it.
inline std::string place(const source& file, std::size_t position) {
  const auto line = 1 + std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(position), '\n');
  return file.path + ":" + std::to_string(line);
}

}  // namespace cohedge::tests
