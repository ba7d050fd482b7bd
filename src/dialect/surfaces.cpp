#include <cohedge/dialect/surface.hpp>

#include <algorithm>
#include <array>

namespace cohedge::dialect {

std::span<const surface* const> surfaces() {
  // A new surface is one more line here.
  static const std::array all{
      &openai_chat(),
      &openai_responses(),
      &legacy_completions(),
      &anthropic_messages(),
      &anthropic_vertex(),
      &bedrock_converse(),
      &bedrock_invoke(),
      &gemini_generate_content(),
      &vertex_generate_content(),
      &cohere_chat(),
      &ollama_chat(),
      &ollama_generate(),
  };
  return all;
}

const surface* surface_named(std::string_view name) {
  const auto all = surfaces();
  const auto found = std::ranges::find(all, name, &surface::name);
  return found == all.end() ? nullptr : *found;
}

}  // namespace cohedge::dialect
