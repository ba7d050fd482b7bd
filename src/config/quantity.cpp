#include <cohedge/config/quantity.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace cohedge::config {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

// A plain decimal number (digits, at most one point) times its unit.
template <std::size_t N>
std::optional<double> quantity(std::string_view text, const unit (&units)[N]) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = text.substr(0, end);
  const auto name = text.substr(end);
  const auto* found = std::ranges::find(units, name, &unit::name);
  if (number.empty() || number.size() > 20 || found == std::end(units)) return std::nullopt;
  if (number.front() == '.' || number.back() == '.') return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) return std::nullopt;
  return value * found->factor;
}

}  // namespace

std::optional<duration> duration_from(std::string_view text) {
  static constexpr unit units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  const auto nanoseconds = quantity(text, units);
  if (!nanoseconds || *nanoseconds > 1000 * 3600e9) return std::nullopt;
  return std::chrono::duration_cast<duration>(std::chrono::nanoseconds{static_cast<std::int64_t>(*nanoseconds + 0.5)});
}

std::optional<std::uint64_t> bytes_from(std::string_view text) {
  static constexpr unit units[] = {{"B", 1}, {"kB", 1024}, {"MB", 1024. * 1024}, {"GB", 1024. * 1024 * 1024}};
  const auto bytes = quantity(text, units);
  if (!bytes || *bytes > 0x1p40) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

}  // namespace cohedge::config
