#pragma once

#include <cohedge/wire/header.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace cohedge::wire {

/// How long the provider asks us to wait before the next request, or nothing. Only for statuses 408, 409, 425, 429 and
/// 5xx: some providers send Retry-After on a success. In this order, the first that says something:
///  1. the largest of retry-after-ms, x-ms-retry-after-ms, x-amz-retry-after and retry-after (decimal seconds, or an
///     HTTP-date minus the server's own Date), as Azure sends "0 ms" beside "1 second";
///  2. the longest reset of the limits (`read_rate_limits`) of which nothing remains;
///  3. Google's RetryInfo.retryDelay in `body_hint_json` (empty: no body to look at).
/// Zero, negative, not-a-number and beyond 292 years count as absent. How long to wait at most is the caller's rule.
std::optional<std::chrono::nanoseconds> retry_after(const header_block& headers, std::string_view body_hint_json,
                                                    int status);

/// Reads a duration as Go prints it: "1m30.5s", "6ms", "17.399999999s"; units h, m, s, ms, us, µs, ns. Nothing for a
/// negative or empty text, a missing unit or an overflow. "0s" is zero.
std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text) noexcept;

}  // namespace cohedge::wire
