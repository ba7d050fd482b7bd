#include "text_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cohedge::cli {

std::size_t columns_of(std::string_view text) noexcept {
  std::size_t columns = 0;
  bool in_style = false;
  for (const char c : text) {
    if (c == '\x1b')
      in_style = true;
    else if (in_style)
      in_style = c != 'm';
    else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
      ++columns;
  }
  return columns;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      ++i;  // the C1 controls, U+0080 to U+009F, as UTF-8
      continue;
    }
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) continue;
    out.push_back(text[i]);
  }
  return out;
}

text_table& text_table::column(std::string title, align side) {
  columns_.push_back({std::move(title), side});
  return *this;
}

text_table& text_table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
  return *this;
}

std::string text_table::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto widest = columns_of(columns_[i].title);
    for (const auto& cells : rows_) widest = std::max(widest, columns_of(cells[i]));
    widths.push_back(widest);
  }
  std::string out;
  const auto put_line = [&](const auto& cell_at) {
    std::string line{indent};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_at(i);
      const std::string fill(widths[i] - columns_of(cell), ' ');
      if (i > 0) line.append("  ");
      line.append(columns_[i].side == align::left ? cell + fill : fill + cell);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line).push_back('\n');
  };
  put_line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& cells : rows_) put_line([&](std::size_t i) -> const std::string& { return cells[i]; });
  return out;
}

std::string shown_time(double milliseconds) {
  char text[32];
  if (milliseconds < 1)
    std::snprintf(text, sizeof text, "%.0f µs", milliseconds * 1000);
  else if (milliseconds < 9.95)
    std::snprintf(text, sizeof text, "%.1f ms", milliseconds);
  else if (milliseconds < 999.5)
    std::snprintf(text, sizeof text, "%.0f ms", milliseconds);
  else
    std::snprintf(text, sizeof text, "%.2f s", milliseconds / 1000);
  return text;
}

std::string shown_time(duration time) { return shown_time(std::chrono::duration<double, std::milli>{time}.count()); }

std::string latency_bar(double first, double second, double third, double most, std::size_t width) {
  const auto columns = [&](double value) {
    if (most <= 0) return std::size_t{0};
    return std::min(width, static_cast<std::size_t>(std::lround(value / most * static_cast<double>(width))));
  };
  std::string bar;
  for (std::size_t i = 0; i < columns(third); ++i)
    bar.append(i < columns(first) ? "█" : i < columns(second) ? "▒" : "░");
  return bar;
}

}  // namespace cohedge::cli
