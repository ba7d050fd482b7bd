#pragma once

#include <cstdint>

namespace cohedge::dialect {

/// How a server departs from OpenAI's chat completions: one switch for each point on which servers were seen to differ.
/// A small value; the setters chain. The Responses API heeds those that it has a use for.
class deviations {
 public:
  /// The member that limits the answer. OpenAI's o-series and GPT-5 refuse `max_tokens`, most others know nothing else.
  enum class max_tokens_member : std::uint8_t { max_tokens, max_completion_tokens };
  /// The role of the system prompt: some models reject `developer`, some reject `system`.
  enum class system_role : std::uint8_t { system, developer };
  /// How a request says how much to think.
  enum class thinking_request : std::uint8_t {
    reasoning_effort,  ///< `reasoning_effort`
    reasoning,         ///< OpenRouter's `reasoning: {effort, max_tokens, exclude}`
    thinking,          ///< `reasoning_effort`, and to switch it off `thinking: {type: disabled}` (DeepSeek, Z.ai)
    enable_thinking,   ///< Alibaba's `enable_thinking`, `thinking_budget`
  };
  /// How an assistant's earlier reasoning goes back to the server.
  enum class reasoning_member : std::uint8_t {
    none,               ///< not at all: OpenAI has no word for it, and some servers refuse words they do not know
    reasoning_content,  ///< as text; DeepSeek and Moonshot ask for it after tool calls
    reasoning,          ///< the same under its other name
    reasoning_details,  ///< OpenRouter's list, unchanged
  };

  constexpr deviations& max_tokens_as(max_tokens_member member) noexcept { return max_tokens_ = member, *this; }
  constexpr deviations& system_as(system_role role) noexcept { return system_ = role, *this; }
  constexpr deviations& thinking_as(thinking_request how) noexcept { return thinking_ = how, *this; }
  constexpr deviations& reasoning_back_as(reasoning_member member) noexcept { return reasoning_ = member, *this; }
  /// Ask for token counts in streams (`stream_options.include_usage`). Off for servers that refuse the member.
  constexpr deviations& include_usage(bool yes) noexcept { return include_usage_ = yes, *this; }
  /// Ask OpenAI to leave out the random padding member of every chunk (`stream_options.include_obfuscation: false`).
  constexpr deviations& without_obfuscation(bool yes) noexcept { return without_obfuscation_ = yes, *this; }
  /// A stream that ends with content but without finish reason and `[DONE]` counts as complete, not as truncated.
  constexpr deviations& finish_reason_optional(bool yes) noexcept { return finish_reason_optional_ = yes, *this; }
  /// The seed is `random_seed` (Mistral).
  constexpr deviations& random_seed(bool yes) noexcept { return random_seed_ = yes, *this; }
  /// That some tool must be called is said by `any` (Mistral), not `required`.
  constexpr deviations& required_is_any(bool yes) noexcept { return required_is_any_ = yes, *this; }
  /// `top_k` is understood (vLLM, llama.cpp, OpenRouter, Together, Fireworks).
  constexpr deviations& top_k(bool yes) noexcept { return top_k_ = yes, *this; }
  /// `response_format` knows JSON schemas. Off for servers that only know `json_object` (DeepSeek).
  constexpr deviations& json_schema(bool yes) noexcept { return json_schema_ = yes, *this; }
  /// Parts take Anthropic's `cache_control` (OpenRouter, Vercel's gateway). Elsewhere the hint is not sent.
  constexpr deviations& cache_control(bool yes) noexcept { return cache_control_ = yes, *this; }
  /// Answers carry the text of the model's reasoning. OpenAI's chat completions never do.
  constexpr deviations& shows_reasoning(bool yes) noexcept { return shows_reasoning_ = yes, *this; }
  /// An assistant's earlier `refusal` is a member of its own (OpenAI). Elsewhere it goes back as what was said.
  constexpr deviations& refusal_member(bool yes) noexcept { return refusal_member_ = yes, *this; }
  /// A tool call's signature goes back with it, as `extra_content.google.thought_signature` (Gemini).
  constexpr deviations& call_signatures(bool yes) noexcept { return call_signatures_ = yes, *this; }

  constexpr max_tokens_member max_tokens_as() const noexcept { return max_tokens_; }
  constexpr system_role system_as() const noexcept { return system_; }
  constexpr thinking_request thinking_as() const noexcept { return thinking_; }
  constexpr reasoning_member reasoning_back_as() const noexcept { return reasoning_; }
  constexpr bool include_usage() const noexcept { return include_usage_; }
  constexpr bool without_obfuscation() const noexcept { return without_obfuscation_; }
  constexpr bool finish_reason_optional() const noexcept { return finish_reason_optional_; }
  constexpr bool random_seed() const noexcept { return random_seed_; }
  constexpr bool required_is_any() const noexcept { return required_is_any_; }
  constexpr bool top_k() const noexcept { return top_k_; }
  constexpr bool json_schema() const noexcept { return json_schema_; }
  constexpr bool cache_control() const noexcept { return cache_control_; }
  constexpr bool shows_reasoning() const noexcept { return shows_reasoning_; }
  constexpr bool refusal_member() const noexcept { return refusal_member_; }
  constexpr bool call_signatures() const noexcept { return call_signatures_; }

  constexpr bool operator==(const deviations&) const noexcept = default;

 private:
  max_tokens_member max_tokens_ = max_tokens_member::max_tokens;
  system_role system_ = system_role::system;
  thinking_request thinking_ = thinking_request::reasoning_effort;
  reasoning_member reasoning_ = reasoning_member::none;
  bool include_usage_ = true;
  bool without_obfuscation_ = false;
  bool finish_reason_optional_ = false;
  bool random_seed_ = false;
  bool required_is_any_ = false;
  bool top_k_ = false;
  bool json_schema_ = true;
  bool cache_control_ = false;
  bool shows_reasoning_ = true;
  bool refusal_member_ = false;
  bool call_signatures_ = false;
};

/// OpenAI itself: `max_completion_tokens`, `developer`, `refusal`, usage in streams, no padding members, no reasoning.
constexpr deviations openai_deviations() noexcept {
  deviations own;
  own.max_tokens_as(deviations::max_tokens_member::max_completion_tokens);
  own.system_as(deviations::system_role::developer);
  own.without_obfuscation(true);
  own.shows_reasoning(false);
  own.refusal_member(true);
  return own;
}

/// What servers that copy the API understand: `max_tokens`, `system`, usage in streams.
constexpr deviations compatible_deviations() noexcept { return {}; }

}  // namespace cohedge::dialect
