#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace cohedge::cli {

/// Whether a person is looking.
bool is_terminal(std::FILE* stream);

/// The text in bold, dim or a colour where `to` is a terminal and NO_COLOR (no-color.org) is not set; otherwise as it
/// is.
class style {
 public:
  explicit style(std::FILE* to);
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string red(std::string_view text) const { return wrap("31", text); }
  std::string green(std::string_view text) const { return wrap("32", text); }
  std::string yellow(std::string_view text) const { return wrap("33", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

/// One line that is drawn anew on a terminal; elsewhere only `done` prints, so that a log has no half lines.
class progress_line {
 public:
  explicit progress_line(std::FILE* to) : to_{to}, redraws_{is_terminal(to)} {}
  void show(std::string_view text);
  /// The last word; ends the line.
  void done(std::string_view text);
  bool redraws() const noexcept { return redraws_; }

 private:
  std::FILE* to_;
  bool redraws_;
};

}  // namespace cohedge::cli
