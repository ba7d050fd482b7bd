#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/plan/stagger.hpp>

#include <cstdint>

namespace cohedge::plan {

/// Whether asking the same target again makes sense.
enum class retry_same : std::uint8_t { no, once, yes };

/// One row of the decision table: what a failure of a class means for retry, fallback and cooldown.
struct retry_advice {
  plan::retry_same retry_same = plan::retry_same::no;
  bool try_next = false;      ///< another target may answer what this one could not
  bool cools = false;         ///< the key or target rests at once, after this one failure
  bool counts = false;        ///< a failure in the breaker's window, which may open by rate
  bool void_attempt = false;  ///< neither success nor failure: it says nothing about the target

  friend constexpr bool operator==(const retry_advice&, const retry_advice&) = default;
};

/// The decision table. The class decides, except that nothing can follow on a closed client.
retry_advice advice(error_class kind, errc code = errc::none) noexcept;

/// Failures that by default end a call but that somebody else might take: opt-ins, since each may hide a fault of the
/// caller or send a refused text on to the next provider.
class fall_over {
 public:
  constexpr fall_over() noexcept = default;
  /// 400, 413, 415, 422 that no phrase explains.
  constexpr fall_over& on_caller_fault(bool yes = true) noexcept { return caller_fault_ = yes, *this; }
  /// Too long for this model; a later candidate has a larger window.
  constexpr fall_over& on_context_window(bool yes = true) noexcept { return context_window_ = yes, *this; }
  /// Refused by this provider's policy; a later candidate has another one.
  constexpr fall_over& on_content_policy(bool yes = true) noexcept { return content_policy_ = yes, *this; }

  constexpr bool on(error_class kind) const noexcept {
    return (kind == error_class::caller_fault && caller_fault_) ||
           (kind == error_class::context_window && context_window_) ||
           (kind == error_class::content_policy && content_policy_);
  }

 private:
  bool caller_fault_ = false;
  bool context_window_ = false;
  bool content_policy_ = false;
};

/// What a failure means for the candidates after this one: `failed` (the next may help) or `fatal`; never `good`.
stagger::verdict verdict_of(const error& failure, fall_over allowed = {}) noexcept;

}  // namespace cohedge::plan
