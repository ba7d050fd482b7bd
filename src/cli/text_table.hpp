#pragma once

#include <cohedge/core/units.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::cli {

/// How many columns a text takes on a terminal: one for each character (UTF-8), none for colours. Good for the letters
/// and bars that the program writes itself.
std::size_t columns_of(std::string_view text) noexcept;

/// Text without the control characters by which it could drive a terminal: what comes from elsewhere is shown so. Line
/// ends and tabs stay.
std::string printable(std::string_view text);

/// Lines up cells. Widths follow the longest cell of each column.
class text_table {
 public:
  enum class align : std::uint8_t { left, right };

  text_table& column(std::string title, align side = align::left);
  /// As many cells as columns; missing ones are empty.
  text_table& row(std::vector<std::string> cells);
  /// With the titles, without trailing blanks; each line ends in a line end and begins with `indent`.
  std::string text(std::string_view indent = "") const;

 private:
  struct column_head {
    std::string title;
    align side;
  };

  std::vector<column_head> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "950 µs", "41 ms", "1.25 s"
std::string shown_time(double milliseconds);
std::string shown_time(duration time);

/// A bar over `width` columns for 0 to `most`: full blocks to the first value, lighter ones to the second and third.
/// Values ascend.
std::string latency_bar(double first, double second, double third, double most, std::size_t width);

}  // namespace cohedge::cli
