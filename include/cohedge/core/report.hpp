#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/core/frame.hpp>
#include <cohedge/core/rate_limits.hpp>
#include <cohedge/core/units.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cohedge {

/// Why an attempt was started.
enum class start_reason : std::uint8_t { primary, fallback, race, hedge, retry };

/// How an attempt ended. `lost` is void: neither a success nor a failure of its provider.
enum class end_reason : std::uint8_t { running, won, failed, lost, cancelled };

std::string_view to_string(start_reason) noexcept;
std::string_view to_string(end_reason) noexcept;
std::string_view to_string(certainty) noexcept;

/// One row of a call's ledger. Times count from the start of the call. Never holds prompts, answers or keys.
struct attempt {
  std::string provider;
  std::string model;
  start_reason why_started = start_reason::primary;
  end_reason how_ended = end_reason::running;
  std::chrono::nanoseconds started{0};
  std::optional<std::chrono::nanoseconds> first_content;
  std::optional<std::chrono::nanoseconds> ended;
  std::optional<errc> failure;      ///< set when `how_ended` is failed, lost or cancelled
  std::optional<error_class> kind;  ///< its class
  int status = 0;                   ///< HTTP status, 0 where there was none
  std::string request_id;
  std::string detail;  ///< the error's text, scrubbed
  token_count tokens;
  std::optional<cohedge::rate_limits> rate_limits;  ///< as the provider's answer had them; nothing: it had none
  std::vector<std::string> dropped;  ///< what of the request the provider's API could not express
  bool new_connection = false;       ///< a connection was opened for it
  bool replayed = false;             ///< sent again by the transport (docs/errors.md), whatever came of it
};

/// What happened during one call: who ran, who won, what it cost.
struct report {
  std::string route;      ///< empty when a provider was called directly
  std::string variant;    ///< the arm that a split assigned
  std::string served_by;  ///< the provider whose answer was returned
  bool from_cache = false;
  std::chrono::nanoseconds elapsed{0};
  std::vector<attempt, frame_allocator<attempt>> attempts;
  std::vector<std::string> notes;  ///< why something did not happen: "not hedged: no second target"
};

}  // namespace cohedge
