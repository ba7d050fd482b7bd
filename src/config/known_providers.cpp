#include "known_providers.hpp"

#include <algorithm>

namespace cohedge::config {

namespace {

constexpr auto openai_itself = dialect::openai_deviations();
constexpr auto compatible = dialect::compatible_deviations();

// Counts come on the last chunk anyway, and the member that asks for them is refused or not known.
constexpr dialect::deviations usage_unasked() {
  auto own = dialect::compatible_deviations();
  own.include_usage(false);
  return own;
}
// Streams were recorded that end without finish reason and [DONE].
constexpr dialect::deviations open_ended() {
  auto own = usage_unasked();
  own.finish_reason_optional(true);
  return own;
}

// Addresses and variable names: each provider's own SDK, or Vercel's AI SDK and rig where it has none.
constexpr known_provider all[] = {
    {"openai", "https://api.openai.com/v1", "OPENAI", "OPENAI_API_KEY", true, "gpt-5-mini", openai_itself},
    {"groq", "https://api.groq.com/openai/v1", "GROQ", "GROQ_API_KEY", true, "openai/gpt-oss-120b", compatible},
    {"cerebras", "https://api.cerebras.ai/v1", "CEREBRAS", "CEREBRAS_API_KEY", false, "gpt-oss-120b", compatible},
    {"mistral", "https://api.mistral.ai/v1", "MISTRAL", "MISTRAL_API_KEY", false, "mistral-small-latest",
     usage_unasked()},
    {"deepseek", "https://api.deepseek.com", "DEEPSEEK", "DEEPSEEK_API_KEY", false, "deepseek-v4-flash", compatible},
    {"xai", "https://api.x.ai/v1", "XAI", "XAI_API_KEY", false, "grok-4.3", compatible},
    {"together", "https://api.together.xyz/v1", "TOGETHER", "TOGETHER_API_KEY", false,
     "meta-llama/Llama-3.3-70B-Instruct-Turbo", compatible},
    {"fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS", "FIREWORKS_API_KEY", false,
     "accounts/fireworks/models/gpt-oss-120b", compatible},
    {"openrouter", "https://openrouter.ai/api/v1", "OPENROUTER", "OPENROUTER_API_KEY", false, "openai/gpt-5-mini",
     compatible},
    {"moonshot", "https://api.moonshot.ai/v1", "MOONSHOT", "MOONSHOT_API_KEY", false, "kimi-k2.5", compatible},
    {"alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "ALIBABA", "ALIBABA_API_KEY", false,
     "qwen-plus", compatible},
    {"zai", "https://api.z.ai/api/paas/v4", "ZAI", "ZAI_API_KEY", false, "glm-4.7-flash", compatible},
    {"perplexity", "https://api.perplexity.ai", "PERPLEXITY", "PERPLEXITY_API_KEY", false, "sonar", open_ended()},
};

}  // namespace

std::span<const known_provider> known_providers() noexcept { return all; }

const known_provider* known_provider_named(std::string_view name) noexcept {
  const auto* found = std::ranges::find(all, name, &known_provider::name);
  return found == std::end(all) ? nullptr : found;
}

}  // namespace cohedge::config
