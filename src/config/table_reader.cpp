#include "table_reader.hpp"

#include <cohedge/config/quantity.hpp>

#include <algorithm>
#include <cmath>

namespace cohedge::config {

std::optional<double> number_of(const node& value) noexcept {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = value.as<double>(); real && std::isfinite(*real)) return *real;
  return std::nullopt;
}

std::string shown(std::string_view text) {
  std::string out{text.substr(0, 64)};
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  if (text.size() > 64) out.append("…");
  return out;
}

std::string table_reader::path_to(std::string_view key) const {
  if (key.empty()) return path_;  // the table itself
  return path_.empty() ? shown(key) : path_ + "." + shown(key);
}

const member* table_reader::find(std::string_view key) {
  if (std::ranges::find(asked_, key) == asked_.end()) asked_.push_back(key);
  const auto found = std::ranges::find(members_, key, &member::key);
  return found == members_.end() ? nullptr : &*found;
}

std::optional<std::string> table_reader::text(std::string_view key) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  const auto* value = found->value.as<std::string>();
  if (value && !value->empty()) return *value;
  problem(*found, value ? "must not be empty" : "must be a text in quotes");
  return std::nullopt;
}

std::optional<bool> table_reader::flag(std::string_view key) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->value.as<bool>()) return *value;
  problem(*found, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> table_reader::whole(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  const auto* value = found->value.as<std::int64_t>();
  if (value && *value >= least && *value <= most) return *value;
  problem(*found, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<double> table_reader::number(std::string_view key) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  if (const auto value = number_of(found->value); value && *value >= 0) return value;
  problem(*found, "must be a number from 0 up");
  return std::nullopt;
}

std::optional<duration> table_reader::time(std::string_view key) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->value.as<std::string>())
    if (const auto time = duration_from(*value)) return time;
  problem(*found, "must be a time in quotes, such as \"300ms\", \"20s\" or \"2m\"");
  return std::nullopt;
}

std::optional<std::uint64_t> table_reader::bytes(std::string_view key) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  if (const auto* number = found->value.as<std::int64_t>(); number && *number > 0)
    return static_cast<std::uint64_t>(*number);
  if (const auto* value = found->value.as<std::string>())
    if (const auto size = bytes_from(*value); size && *size > 0) return size;
  problem(*found, "must be a size, such as \"64MB\", \"512kB\" or a number of bytes");
  return std::nullopt;
}

std::optional<std::size_t> table_reader::word(std::string_view key, const std::vector<std::string_view>& known) {
  const auto* found = find(key);
  if (!found) return std::nullopt;
  const auto* value = found->value.as<std::string>();
  if (!value) {
    problem(*found, "must be one of: " + listed(known));
    return std::nullopt;
  }
  const auto match = std::ranges::find(known, *value);
  if (match != known.end()) return static_cast<std::size_t>(match - known.begin());
  problem(*found, '"' + shown(*value) + "\" is not known" + hint(*value, known));
  return std::nullopt;
}

std::vector<std::string> table_reader::texts(std::string_view key) {
  const auto* found = find(key);
  if (!found) return {};
  std::vector<std::string> all;
  const auto* items = found->value.as<node::list>();
  bool good = items != nullptr;
  if (items)
    for (const auto& item : *items) {
      const auto* value = item.as<std::string>();
      good = good && value;
      if (value) all.push_back(*value);
    }
  if (!good) problem(*found, "must be a list of texts, such as [\"a\", \"b\"]");
  return all;
}

const member* table_reader::table(std::string_view key) {
  const auto* found = find(key);
  if (!found || found->value.as<node::table>()) return found;
  problem(*found, "must be a table: [" + path_to(key) + "]");
  return nullptr;
}

void table_reader::finish() {
  for (const auto& each : members_)
    if (std::ranges::find(asked_, each.key) == asked_.end()) problem(each, "unknown key" + hint(each.key, asked_));
}

}  // namespace cohedge::config
