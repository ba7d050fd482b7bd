#include "recording.hpp"

#include <algorithm>

namespace cohedge::tests {
namespace {

std::string differ(const std::string& what, std::string_view want, std::string_view got) {
  if (want == got) return {};
  const auto from = std::ranges::mismatch(want, got).in1 - want.begin();
  const auto at = static_cast<std::size_t>(from);
  return what + " differs at byte " + std::to_string(at) + ": want \"" + std::string{want.substr(at, 60)} +
         "\", got \"" + std::string{got.substr(std::min(at, got.size()), 60)} + "\"";
}

std::string differ(const std::string& what, std::uint64_t want, std::uint64_t got) {
  if (want == got) return {};
  return what + ": want " + std::to_string(want) + ", got " + std::to_string(got);
}

std::string compare_calls(const std::string& where, const expected_choice& want, const choice& got) {
  auto found = differ(where + "number of tool calls", want.calls.size(), got.tool_calls.size());
  for (std::size_t i = 0; i < want.calls.size() && found.empty(); ++i) {
    const auto call = where + "tool call " + std::to_string(i) + " ";
    found = differ(call + "id", want.calls[i].id, got.tool_calls[i].id);
    if (found.empty()) found = differ(call + "name", want.calls[i].name, got.tool_calls[i].name);
    if (found.empty()) found = differ(call + "arguments", want.calls[i].arguments, got.tool_calls[i].arguments);
  }
  return found;
}

std::string compare_usage(const usage& want, const usage& got) {
  if (want == got) return {};
  const std::pair<const char*, std::uint64_t usage::*> counts[] = {
      {"input", &usage::input},   {"output", &usage::output},
      {"total", &usage::total},   {"cached", &usage::cached},
      {"reasoning", &usage::reasoning}, {"cache_written", &usage::cache_written}};
  for (const auto& [name, count] : counts)
    if (auto found = differ(std::string{"usage."} + name, want.*count, got.*count); !found.empty()) return found;
  return "usage: reported or not";
}

}  // namespace

std::string compare(const expected& want, const completion& got) {
  auto found = differ("number of choices", want.choices.size(), got.choices().size());
  for (std::size_t i = 0; i < want.choices.size() && found.empty(); ++i) {
    const auto& a = want.choices[i];
    const auto& b = got.choices()[i];
    const auto where = "choice " + std::to_string(i) + " ";
    found = differ(where + "text", a.text, b.text);
    if (found.empty()) found = differ(where + "reasoning", a.reasoning, b.reasoning);
    if (found.empty()) found = differ(where + "refusal", a.refusal, b.refusal);
    if (found.empty()) found = differ(where + "finish", a.finish, b.finish_text);
    if (found.empty()) found = compare_calls(where, a, b);
  }
  return found.empty() ? compare_usage(want.usage, got.usage()) : found;
}

}  // namespace cohedge::tests
