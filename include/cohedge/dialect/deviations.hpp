#pragma once

#include <cstdint>

namespace cohedge::dialect {

/// How a server departs from OpenAI's chat completions: one switch for each point on which servers were seen to differ.
/// A small value; the setters chain.
class deviations {
 public:
  /// The member that limits the answer. OpenAI's o-series and GPT-5 refuse `max_tokens`, most others know nothing else.
  enum class max_tokens_member : std::uint8_t { max_tokens, max_completion_tokens };
  /// The role of the system prompt: some models reject `developer`, some reject `system`.
  enum class system_role : std::uint8_t { system, developer };

  constexpr deviations& max_tokens_as(max_tokens_member member) noexcept { return max_tokens_ = member, *this; }
  constexpr deviations& system_as(system_role role) noexcept { return system_ = role, *this; }
  /// Ask for token counts in streams (`stream_options.include_usage`). Off for servers that refuse the member.
  constexpr deviations& include_usage(bool yes) noexcept { return include_usage_ = yes, *this; }
  /// Ask OpenAI to leave out the random padding member of every chunk (`stream_options.include_obfuscation: false`).
  constexpr deviations& without_obfuscation(bool yes) noexcept { return without_obfuscation_ = yes, *this; }
  /// A stream that ends with content but without finish reason and `[DONE]` counts as complete, not as truncated.
  constexpr deviations& finish_reason_optional(bool yes) noexcept { return finish_reason_optional_ = yes, *this; }

  constexpr max_tokens_member max_tokens_as() const noexcept { return max_tokens_; }
  constexpr system_role system_as() const noexcept { return system_; }
  constexpr bool include_usage() const noexcept { return include_usage_; }
  constexpr bool without_obfuscation() const noexcept { return without_obfuscation_; }
  constexpr bool finish_reason_optional() const noexcept { return finish_reason_optional_; }

  constexpr bool operator==(const deviations&) const noexcept = default;

 private:
  max_tokens_member max_tokens_ = max_tokens_member::max_tokens;
  system_role system_ = system_role::system;
  bool include_usage_ = true;
  bool without_obfuscation_ = false;
  bool finish_reason_optional_ = false;
};

/// OpenAI itself: `max_completion_tokens`, `developer`, usage in streams, no padding members.
constexpr deviations openai_deviations() noexcept {
  deviations own;
  own.max_tokens_as(deviations::max_tokens_member::max_completion_tokens);
  own.system_as(deviations::system_role::developer);
  own.without_obfuscation(true);
  return own;
}

/// What servers that copy the API understand: `max_tokens`, `system`, usage in streams.
constexpr deviations compatible_deviations() noexcept { return {}; }

}  // namespace cohedge::dialect
