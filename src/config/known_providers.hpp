#pragma once

#include <cohedge/dialect/deviations.hpp>

#include <span>
#include <string>
#include <string_view>

namespace cohedge::config {

/// A provider with OpenAI's chat completions whose address is known.
struct known_provider {
  std::string_view name;
  std::string_view base_url;
  std::string_view variables;  ///< prefix: GROQ for GROQ_API_KEY, GROQ_MODEL
  std::string_view key_variable;
  bool has_base_url_variable;  ///< GROQ_BASE_URL, as its own SDK has it
  std::string_view default_model;
  dialect::deviations deviations;

  std::string variable(std::string_view suffix) const { return std::string{variables}.append(suffix); }
};

std::span<const known_provider> known_providers() noexcept;
/// Null where there is none of that name.
const known_provider* known_provider_named(std::string_view name) noexcept;

}  // namespace cohedge::config
