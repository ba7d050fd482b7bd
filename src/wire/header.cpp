#include <cohedge/wire/header.hpp>

#include "scan.hpp"

namespace cohedge::wire {

void header_block::add(std::string_view name, std::string_view value) {
  const auto start = text_.size();
  text_.append(name).append(value);
  const auto name_size = static_cast<std::uint32_t>(name.size());
  places_.push_back({start, 0, name_size, name_size, static_cast<std::uint32_t>(value.size())});
}

void header_block::clear() noexcept {
  text_.clear();
  places_.clear();
}

std::optional<std::string_view> header_block::find(std::string_view name) const noexcept {
  for (const place& at : places_) {
    if (at.name_size != name.size()) continue;
    const char* text = text_.data() + at.start;
    if (scan::equals_any_case({text + at.name, at.name_size}, name))
      return std::string_view{text + at.value, at.value_size};
  }
  return std::nullopt;
}

bool valid_header_name(std::string_view name) noexcept {
  return !name.empty() && scan::find_token_end(name, 0) == name.size();
}

bool valid_lower_header_name(std::string_view name) noexcept {
  if (scan::is_plain_name(name)) return !name.empty();
  return valid_header_name(name) && !scan::has_capital(name);
}

bool valid_header_value(std::string_view value) noexcept { return scan::has_no_control(value); }

bool equals_ignore_case(std::string_view a, std::string_view b) noexcept {
  return scan::equals_any_case(a, b);
}

}  // namespace cohedge::wire
