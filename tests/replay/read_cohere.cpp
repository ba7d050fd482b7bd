// Cohere's chat, version 2. The plan that comes before tool calls is the model's reasoning.

#include "replay/reading.hpp"

namespace cohedge::tests {
namespace {

void add_content(dom::element part, expected_choice& into) {
  into.text += dom::text(part, "text");
  into.reasoning += dom::text(part, "thinking");
}

void add_call(dom::element from, std::int64_t index, reading& into) {
  auto& call = into.call(0, index);
  if (call.id.empty()) call.id = dom::text(from, "id");
  if (call.name.empty()) call.name = dom::text(from, "function", "name");
  call.arguments += dom::text(from, "function", "arguments");
}

void add_counts(dom::element counts, usage& into) {
  const auto from = dom::find(counts, "tokens") ? "tokens" : "billed_units";
  into.reported = true;
  // Pictures are counted apart, and billed with the rest.
  into.input = dom::count(counts, from, "input_tokens") + dom::count(counts, "tokens", "image_tokens");
  into.output = dom::count(counts, from, "output_tokens");
  into.total = into.input + into.output;
  into.cached = dom::count(counts, "cached_tokens");
  into.reasoning = dom::count(counts, from, "reasoning_tokens");
}

void add_message(dom::element message, std::int64_t index, reading& into) {
  auto& said = into.choice();
  said.reasoning += dom::text(message, "tool_plan");
  if (const auto content = dom::find(message, "content"); content && content->is_object()) add_content(*content, said);
  for (const auto part : dom::items(message, "content")) add_content(part, said);
  if (const auto call = dom::find(message, "tool_calls"); call && call->is_object()) add_call(*call, index, into);
  for (const auto call : dom::items(message, "tool_calls")) add_call(call, index++, into);
}

}  // namespace

void read_cohere(dom::element document, reading& into) {
  const auto index = static_cast<std::int64_t>(dom::count(document, "index"));
  for (const auto place : {dom::find(document, "delta"), std::optional{document}}) {
    if (!place) continue;
    if (const auto message = dom::find(*place, "message"); message && message->is_object())
      add_message(*message, index, into);
    into.finish(0, dom::text(*place, "finish_reason"));
    if (const auto counts = dom::find(*place, "usage")) add_counts(*counts, into.found.usage);
  }
}

}  // namespace cohedge::tests
