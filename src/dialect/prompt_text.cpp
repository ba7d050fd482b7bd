#include "prompt_text.hpp"

#include <algorithm>
#include <string_view>

namespace cohedge::dialect {
namespace {

std::string_view speaker(const message& turn) noexcept {
  if (is_system(turn)) return "system";
  return turn.role == role::assistant ? "assistant" : "user";
}

}  // namespace

std::string text_of(const message& turn) {
  std::string text = turn.text;
  for (const auto& piece : turn.parts)
    if (piece.what() == part::kind::text) text += piece.bytes();
  return text.empty() ? turn.refusal : text;
}

bool is_system(const message& turn) noexcept { return turn.role == role::system || turn.role == role::developer; }

std::string prompt_of(std::span<const message> turns, bool system_apart) {
  const auto apart = [&](const message& turn) { return system_apart && is_system(turn); };
  const auto said = turns.size() - static_cast<std::size_t>(std::ranges::count_if(turns, apart));
  std::string prompt;
  for (const auto& turn : turns) {
    if (apart(turn)) continue;
    if (said == 1 && turn.role == role::user) return text_of(turn);
    prompt.append(speaker(turn)).append(": ").append(text_of(turn)).append("\n\n");
  }
  return prompt += "assistant:";
}

}  // namespace cohedge::dialect
