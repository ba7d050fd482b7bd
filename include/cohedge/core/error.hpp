#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cohedge {

struct report;
struct attempt;

/// What happened.
enum class errc : std::uint8_t {
  none,           ///< only in a default-constructed error, which no call returns
  end_of_stream,  ///< not a failure: a stream's events are used up; ask `ended()` how

  cancelled,          ///< the caller asked for it
  superseded,         ///< another attempt won the race
  deadline_exceeded,  ///< the call's own deadline
  closed,             ///< the client was closed

  invalid_argument,    ///< refused before anything was sent
  invalid_config,      ///< a configuration file or variable; the message has file, line and key
  missing_credential,  ///< no key where one is needed
  unsupported,         ///< this provider cannot express the request
  out_of_memory,
  unhandled_exception,  ///< user code threw inside a task

  name_not_found,
  connection_refused,
  connect_failed,
  connect_timeout,
  tls_untrusted,    ///< signed by an authority we do not know
  tls_self_signed,  ///< no authority at all
  tls_wrong_host,   ///< a good certificate of somebody else
  tls_expired,      ///< expired, or not valid yet
  tls_pin_mismatch, ///< none of the keys that were pinned
  tls_failed,       ///< any other reason a TLS connection did not come about

  connection_reset,
  connection_closed,  ///< the peer closed where an answer or the rest of it was due
  protocol_error,     ///< bytes that are not HTTP
  limit_exceeded,     ///< the peer sent more than core/limits.hpp allows
  header_timeout,
  first_content_timeout,
  between_content_timeout,
  total_timeout,

  http_status,      ///< the provider answered with an error status
  provider_error,   ///< the provider reported an error inside a 200 answer or stream
  malformed_answer, ///< an answer that cannot be read
  empty_answer,     ///< an answer without any content
  truncated,        ///< content came, the end did not

  attempts_used_up,  ///< the call has made all the attempts it may make
  no_candidates,  ///< a route without providers
  all_cooled,     ///< every target is cooling down
};

/// What to do about it: the classes of the decision table (docs/errors.md). Retry, fallback and cooldown look at
/// nothing else.
enum class error_class : std::uint8_t {
  cancelled,       ///< caller or deadline; never held against a provider
  caller_fault,    ///< the same request fails everywhere
  context_window,  ///< too long for this model
  content_policy,  ///< refused by the provider's policy
  credential,      ///< this key is not accepted
  quota,           ///< this account has no money or allowance left
  model_gone,      ///< this provider does not have this model
  rate_limited,    ///< too many requests; `retry_after` if the provider said when
  transient,       ///< 408, 409, 425, 5xx
  overloaded,      ///< 529 and its relatives
  connect,         ///< nothing was sent
  transport,       ///< lost after the request was sent: it may have been billed
  pre_content,     ///< a 200 that failed before its first content
  truncated,       ///< a stream that failed after its first content
  stalled,         ///< a stream that fell silent after its first content
  superseded,      ///< lost a race or a hedge: void
  all_cooled,      ///< nobody to ask just now
  local,           ///< our own limits, configuration or memory
};

std::string_view to_string(errc) noexcept;
std::string_view to_string(error_class) noexcept;

/// Why a call has no value. Small (24 bytes); moving it never allocates and the parts that are rare live on the heap,
/// shared between copies. Never holds a secret: texts from a provider are scrubbed before they get here.
/// Thread-safety: as for `std::string`.
class error {
 public:
  error() noexcept : code_{errc::none}, kind_{error_class::local} {}
  /// An error of the class that belongs to the code by itself (`default_class`).
  error(errc code) noexcept;  // NOLINT(google-explicit-constructor): `co_return errc::cancelled;` is the point
  error(errc code, std::string detail);
  error(errc code, error_class kind, std::string detail = {});

  errc code() const noexcept { return code_; }
  error_class kind() const noexcept { return kind_; }
  /// HTTP status, 0 where there was none.
  int status() const noexcept { return status_; }

  /// The provider's own text, or what was wrong and how to put it right. May be empty.
  std::string_view detail() const noexcept;
  std::string_view provider() const noexcept;
  std::string_view request_id() const noexcept;
  /// The provider's own code or type, such as `context_length_exceeded`.
  std::string_view provider_code() const noexcept;
  /// How long the provider asked us to wait.
  std::optional<std::chrono::nanoseconds> retry_after() const noexcept;
  /// Every attempt of the call, in the order they were started. Empty for an error that no call produced.
  std::span<const attempt> attempts() const noexcept;
  /// The whole report of the call, or null.
  const cohedge::report* report() const noexcept;

  /// One line for people: what, who, status, the provider's text.
  std::string message() const;

  error& with_status(int status) noexcept;
  error& with_kind(error_class kind) noexcept;
  error& with_detail(std::string text);
  error& with_provider(std::string name);
  error& with_request_id(std::string id);
  error& with_provider_code(std::string code);
  error& with_retry_after(std::chrono::nanoseconds wait);
  error& with_report(std::shared_ptr<const cohedge::report> report);

 private:
  struct rare;
  rare& own();

  errc code_;
  error_class kind_;
  std::uint16_t status_ = 0;
  std::shared_ptr<rare> rare_;
};

/// The class an error code has when nothing more is known.
error_class default_class(errc) noexcept;

}  // namespace cohedge
