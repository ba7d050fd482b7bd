#include "replay/dom.hpp"
#include "replay/expected.hpp"

#include <algorithm>
#include <cmath>
#include <set>

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

// The first that is not empty.
std::string first(std::initializer_list<std::string> findings) {
  for (const auto& each : findings)
    if (!each.empty()) return each;
  return {};
}

// Without the spaces that mean nothing; no arguments are an empty object.
std::string plain_json(const std::string& text) {
  if (text.empty()) return "{}";
  simdjson::dom::parser parser;
  dom::element value;
  return parser.parse(text).get(value) == simdjson::SUCCESS ? std::string{simdjson::minify(value)} : text;
}

std::string compare_call(const std::string& where, const tool_call& want, const tool_call& got, const expected& all) {
  const bool made = want.id.empty();
  if (made && got.id.empty()) return where + "id: none was made";
  return first(
      {made ? std::string{} : differ(where + "id", want.id, got.id), differ(where + "name", want.name, got.name),
       all.arguments_are_objects ? differ(where + "arguments", plain_json(want.arguments), plain_json(got.arguments))
                                 : differ(where + "arguments", want.arguments, got.arguments),
       differ(where + "signature", want.signature, got.signature)});
}

std::string compare_calls(const std::string& where, const expected_choice& want, const choice& got,
                          const expected& all) {
  auto found = differ(where + "number of tool calls", want.calls.size(), got.tool_calls.size());
  std::set<std::string> ids;
  for (std::size_t i = 0; i < want.calls.size() && found.empty(); ++i) {
    const auto call = where + "tool call " + std::to_string(i) + " ";
    found = compare_call(call, want.calls[i], got.tool_calls[i], all);
    const bool made = want.calls[i].id.empty();
    if (found.empty() && !ids.insert(got.tool_calls[i].id).second && made) found = call + "id: not unique";
  }
  return found;
}

// Reasoning that says nothing and proves nothing need not be kept.
std::string compare_closed(const std::string& where, const expected_choice& want, const choice& got) {
  std::string found;
  std::size_t at = 0;
  for (const auto& item : want.closed) {
    if (item.signature.empty() && item.encrypted.empty()) continue;
    if (at == got.reasoning_items.size()) return where + "reasoning item " + std::to_string(at) + " is missing";
    const auto& kept = got.reasoning_items[at];
    const auto name = where + "reasoning item " + std::to_string(at++) + " ";
    found = first({differ(name + "id", item.id, kept.id), differ(name + "signature", item.signature, kept.signature),
                   differ(name + "encrypted", item.encrypted, kept.encrypted)});
    if (!found.empty()) break;
  }
  return found;
}

std::string compare_choice(const std::string& where, const expected_choice& want, const choice& got,
                           const expected& all) {
  return first({differ(where + "text", want.text, got.text), differ(where + "reasoning", want.reasoning, got.reasoning),
                differ(where + "refusal", want.refusal, got.refusal),
                want.finish.empty() ? std::string{} : differ(where + "finish", want.finish, got.finish_text),
                differ(where + "class of finish", to_string(want.why), to_string(got.finish)),
                compare_calls(where, want, got, all), compare_closed(where, want, got)});
}

std::string compare_usage(const usage& want, const usage& got) {
  if (want == got) return {};
  const std::pair<const char*, std::uint64_t usage::*> counts[] = {
      {"input", &usage::input},   {"output", &usage::output},       {"total", &usage::total},
      {"cached", &usage::cached}, {"reasoning", &usage::reasoning}, {"cache_written", &usage::cache_written}};
  for (const auto& [name, count] : counts)
    if (auto found = differ(std::string{"usage."} + name, want.*count, got.*count); !found.empty()) return found;
  return "usage: reported or not";
}

std::string compare_vectors(const expected& want, const embeddings& got) {
  if (auto found = differ("number of vectors", want.vectors.size(), got.vectors.size()); !found.empty()) return found;
  for (std::size_t i = 0; i < want.vectors.size(); ++i) {
    const auto where = "vector " + std::to_string(i);
    const auto& a = want.vectors[i];
    const auto& b = got.vectors[i];
    if (auto found = differ(where + " length", a.size(), b.size()); !found.empty()) return found;
    for (std::size_t k = 0; k < a.size(); ++k)
      if (std::abs(a[k] - b[k]) > 1e-6F * std::max(1.0F, std::abs(a[k])))
        return where + " at " + std::to_string(k) + ": want " + std::to_string(a[k]) + ", got " + std::to_string(b[k]);
  }
  return compare_usage(want.usage, got.usage);
}

std::string compare_models(const expected& want, const model_list& got) {
  if (auto found = differ("number of models", want.models.size(), got.models.size()); !found.empty()) return found;
  for (std::size_t i = 0; i < want.models.size(); ++i) {
    const auto where = "model " + std::to_string(i) + " ";
    const auto& a = want.models[i];
    const auto& b = got.models[i];
    auto found = first(
        {differ(where + "id", a.id, b.id), a.owner.empty() ? std::string{} : differ(where + "owner", a.owner, b.owner),
         a.name.empty() ? std::string{} : differ(where + "name", a.name, b.name),
         differ(where + "created", static_cast<std::uint64_t>(a.created), static_cast<std::uint64_t>(b.created)),
         a.context_window == 0 ? std::string{} : differ(where + "context", a.context_window, b.context_window)});
    if (!found.empty()) return found;
  }
  return {};
}

std::string compare_failure(const expected& want, const error& got) {
  if (got.kind() != want.kind)
    return "class " + std::string{to_string(got.kind())} + ", want " + std::string{to_string(want.kind)};
  if (got.message().find(want.why) == std::string::npos) return "the message lacks: " + want.why;
  if (want.wait && got.retry_after() != *want.wait) return "it does not say how long to wait";
  return {};
}

}  // namespace

std::string compare(const expected& want, const completion& got) {
  auto found = differ("number of choices", want.choices.size(), got.choices().size());
  for (std::size_t i = 0; i < want.choices.size() && found.empty(); ++i)
    found = compare_choice("choice " + std::to_string(i) + " ", want.choices[i], got.choices()[i], want);
  return found.empty() ? compare_usage(want.usage, got.usage()) : found;
}

std::string compare(const expected& want, const outcome& got) {
  if (want.failed != got.failure.has_value())
    return want.failed ? "no error, but one is due" : "error: " + got.failure->message();
  if (want.failed) {
    if (auto found = compare_failure(want, *got.failure); !found.empty()) return found;
    return want.content() && got.answer ? compare(want, *got.answer) : std::string{};
  }
  if (got.vectors) return compare_vectors(want, *got.vectors);
  if (got.models) return compare_models(want, *got.models);
  if (got.count) return differ("count", want.count, *got.count);
  return got.answer ? compare(want, *got.answer) : std::string{};
}

}  // namespace cohedge::tests
