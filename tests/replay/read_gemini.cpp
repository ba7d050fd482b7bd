// Gemini's generateContent, of which every piece of a stream is a whole answer again.

#include "replay/reading.hpp"

namespace cohedge::tests {
namespace {

void add_part(dom::element part, expected_choice& into) {
  bool thought = false;
  if (const auto said = dom::find(part, "thought")) [[maybe_unused]]
    const auto failed = said->get(thought);
  (thought ? into.reasoning : into.text) += dom::text(part, "text");
  const auto function = dom::find(part, "functionCall");
  if (!function) return;
  auto& call = into.calls.emplace_back();
  call.id = dom::text(*function, "id");
  call.name = dom::text(*function, "name");
  call.arguments = dom::minified(*function, "args");
  call.signature = dom::text(part, "thoughtSignature");
}

// Reasoning is counted apart from the answer; in ours it is part of the output.
void add_counts(dom::element counts, usage& into) {
  usage said;
  said.input = dom::count(counts, "promptTokenCount") + dom::count(counts, "toolUsePromptTokenCount");
  said.reasoning = dom::count(counts, "thoughtsTokenCount");
  said.output = dom::count(counts, "candidatesTokenCount") + said.reasoning;
  said.cached = dom::count(counts, "cachedContentTokenCount");
  said.total = dom::count(counts, "totalTokenCount");
  if (said.total == 0) said.total = said.input + said.output;
  said.reported = said.total != 0;
  if (said.reported) into = said;
}

// The word; old clients recorded its number in the enumeration, of which 1 and 2 were seen.
void add_finish(dom::element candidate, std::size_t index, reading& into) {
  const auto number = dom::count(candidate, "finishReason");
  auto word = dom::text(candidate, "finishReason");
  if (number == 1) word = "STOP";
  if (number == 2) word = "MAX_TOKENS";
  if (word.empty()) return;
  into.finish(index, word);
  auto& said = into.choice(index);
  if (number != 0) said.finish.clear();
  if (said.why == finish_reason::stop && !said.calls.empty()) said.why = finish_reason::tool_calls;
}

}  // namespace

void read_gemini(dom::element document, reading& into) {
  into.found.arguments_are_objects = true;
  if (dom::find(document, "error")) return into.break_off(dom::text(document, "error", "message"));
  for (const auto candidate : dom::items(document, "candidates")) {
    const auto index = dom::count(candidate, "index");
    into.choice(index);
    for (const auto part : dom::items(candidate, "content", "parts")) add_part(part, into.choice(index));
    add_finish(candidate, index, into);
  }
  if (const auto counts = dom::find(document, "usageMetadata")) add_counts(*counts, into.found.usage);
  if (!dom::text(document, "promptFeedback", "blockReason").empty()) into.choice().why = finish_reason::content_filter;
}

}  // namespace cohedge::tests
