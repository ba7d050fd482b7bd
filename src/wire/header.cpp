#include <cohedge/wire/header.hpp>

#include "scan.hpp"

#include <utility>

namespace cohedge::wire {

void header_block::add(std::string_view name, std::string_view value) {
  if (outdated_) clear();
  const auto start = static_cast<std::uint32_t>(text_.size());
  text_.append(name).append(value);
  const auto name_size = static_cast<std::uint32_t>(name.size());
  places_.push_back({start, name_size, start + name_size, static_cast<std::uint32_t>(value.size())});
}

void header_block::append(std::string_view text, std::span<const place> fields) {
  if (std::exchange(outdated_, false)) text_.clear();
  const auto start = static_cast<std::uint32_t>(text_.size());
  text_.append(text);
  const auto first = places_.insert(places_.end(), fields.begin(), fields.end());
  for (auto at = first; start > 0 && at != places_.end(); ++at) {
    at->name += start;
    at->value += start;
  }
}

void header_block::clear() noexcept {
  text_.clear();
  places_.clear();
  outdated_ = false;
}

void header_block::begin_again() noexcept {
  if (outdated_) return clear();
  before_.swap(places_);
  places_.clear();
  outdated_ = true;
}

std::optional<std::string_view> header_block::find(std::string_view name) const noexcept {
  for (const place& at : places_) {
    if (at.name_size != name.size()) continue;
    const char* const text = text_.data();
    if (scan::equals_any_case({text + at.name, at.name_size}, name))
      return std::optional<std::string_view>{std::in_place, text + at.value, at.value_size};
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
