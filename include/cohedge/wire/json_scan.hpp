#pragma once

#include <cstddef>
#include <string_view>

namespace cohedge::wire {

/// Index of the first byte from `at` on that cannot stand in a JSON string (RFC 8259 §7) as it is: a quote, a backslash
/// or a control character; text.size() if there is none. Looks at sixteen bytes at once where the processor can.
std::size_t find_json_special(std::string_view text, std::size_t at = 0) noexcept;
/// The same, but a byte that is not ASCII stops it too: whoever finds none need not look for valid UTF-8.
std::size_t find_json_special_or_non_ascii(std::string_view text, std::size_t at = 0) noexcept;
/// How many digits a text begins with.
std::size_t leading_digits(std::string_view text) noexcept;

}  // namespace cohedge::wire
