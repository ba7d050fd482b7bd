#include <cohedge/wire/header.hpp>

#include "scan.hpp"

#include <algorithm>

namespace cohedge::wire {

void header_block::add(std::string_view name, std::string_view value) {
  const auto start = text_.size();
  text_.append(name).append(value);
  const auto name_size = static_cast<std::uint32_t>(name.size());
  places_.push_back({start, 0, name_size, name_size, static_cast<std::uint32_t>(value.size())});
}

void header_block::add_in(const char* text, std::string_view name, std::string_view value) {
  const auto offset = [text](std::string_view part) { return static_cast<std::uint32_t>(part.data() - text); };
  places_.push_back({text_.size(), offset(name), static_cast<std::uint32_t>(name.size()), offset(value),
                     static_cast<std::uint32_t>(value.size())});
}

void header_block::clear() noexcept {
  text_.clear();
  places_.clear();
}

std::optional<std::string_view> header_block::find(std::string_view name) const noexcept {
  for (const place& at : places_) {
    if (at.name_size != name.size()) continue;
    const char* text = text_.data() + at.start;
    if (equals_ignore_case({text + at.name, at.name_size}, name))
      return std::string_view{text + at.value, at.value_size};
  }
  return std::nullopt;
}

bool valid_header_name(std::string_view name) noexcept {
  return !name.empty() && scan::find_token_end(name, 0) == name.size();
}

bool valid_header_value(std::string_view value) noexcept { return scan::find_control(value) == value.size(); }

bool equals_ignore_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return scan::lower(x) == scan::lower(y); });
}

}  // namespace cohedge::wire
