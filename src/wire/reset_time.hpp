#pragma once

#include <cohedge/wire/header.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cohedge::wire {

/// Digits with at most one point among them: no sign, exponent, "nan" or "0x".
std::optional<double> parse_decimal(std::string_view text) noexcept;

/// This many seconds, from 0 to 292 years.
std::optional<std::chrono::nanoseconds> as_duration(double seconds) noexcept;

/// The Date of an answer in Unix seconds.
std::optional<std::int64_t> server_time(const header_block& headers) noexcept;

/// As `parse_go_duration`. False: it is none.
bool read_go_duration(std::string_view text, std::chrono::nanoseconds& into) noexcept;

/// Reads how long it is until a limit is reset: "6ms", "1.5" seconds, or a point in time, which is Unix time where the
/// number is 30 days or more, in milliseconds from 10^11, or of RFC 3339. A point counts from the answer's Date, and one
/// that has passed is 0. Nothing where it is none of them.
void read_until_reset(std::string_view text, const header_block& headers,
                      std::optional<std::chrono::nanoseconds>& into) noexcept;

}  // namespace cohedge::wire
