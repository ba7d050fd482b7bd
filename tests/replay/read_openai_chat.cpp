// OpenAI's chat completions, as some thirty servers speak them, and the completions API before.

#include "replay/reading.hpp"

#include <algorithm>

namespace cohedge::tests {
namespace {

void add_counts(dom::element counts, usage& into) {
  if (!counts.is_object()) return;
  usage said;
  said.reported = true;
  said.input = dom::count(counts, "prompt_tokens");
  said.output = dom::count(counts, "completion_tokens");
  said.total = dom::count(counts, "total_tokens");
  said.cached = std::max({dom::count(counts, "cached_tokens"), dom::count(counts, "prompt_cache_hit_tokens"),
                          dom::count(counts, "cache_read_input_tokens"),
                          dom::count(counts, "prompt_tokens_details", "cached_tokens")});
  said.cache_written = std::max(dom::count(counts, "cache_creation_input_tokens"),
                                dom::count(counts, "prompt_tokens_details", "cache_write_tokens"));
  said.reasoning = std::max(dom::count(counts, "reasoning_tokens"),
                            dom::count(counts, "completion_tokens_details", "reasoning_tokens"));
  if (said.reasoning > 0 && said.total == said.input + said.output + said.reasoning) said.output += said.reasoning;
  if (said.total == 0) said.total = said.input + said.output;
  into = said;
}

void add_content(dom::element content, expected_choice& into) {
  if (content.is_string()) into.text += content.get_string().value_unsafe();
  if (content.is_object()) into.text += simdjson::minify(content);
  for (const auto part : dom::items(content)) {
    into.text += dom::text(part, "text");
    for (const auto thought : dom::items(part, "thinking")) into.reasoning += dom::text(thought, "text");
  }
}

// A call is known by its index, except that another name with another id begins another call; without an index every
// call is whole.
void add_call(dom::element call, std::size_t choice, reading& into) {
  const auto index = dom::find(call, "index");
  const auto id = dom::text(call, "id");
  const auto name = dom::text(call, "function", "name");
  auto number = static_cast<std::int64_t>(dom::count(call, "index"));
  if (!index) number = -1 - static_cast<std::int64_t>(into.choice(choice).calls.size());
  if (into.knows(choice, number) && !name.empty() && id != into.call(choice, number).id) into.forget(choice, number);
  auto& known = into.call(choice, number);
  if (known.id.empty()) known.id = id;
  if (known.name.empty()) known.name = name;
  known.arguments += dom::text(call, "function", "arguments");
}

void add_message(dom::element message, std::size_t choice, reading& into) {
  auto& said = into.choice(choice);
  if (const auto content = dom::find(message, "content")) add_content(*content, said);
  const auto reasoning = dom::text(message, "reasoning_content");
  said.reasoning += reasoning.empty() ? dom::text(message, "reasoning") : reasoning;
  said.refusal += dom::text(message, "refusal");
  for (const auto call : dom::items(message, "tool_calls")) add_call(call, choice, into);
  if (const auto name = dom::text(message, "function_call", "name"); !name.empty()) {
    tool_call call;
    call.name = name;
    call.arguments = dom::text(message, "function_call", "arguments");
    said.calls.push_back(call);
  }
}

void add_counts_of(dom::element document, reading& into) {
  if (const auto counts = dom::find(document, "usage")) add_counts(*counts, into.found.usage);
  if (const auto counts = dom::find(document, "x_groq", "usage")) add_counts(*counts, into.found.usage);
}

}  // namespace

void read_openai_chat(dom::element document, bool whole, reading& into) {
  if (dom::find(document, "error")) return into.break_off(dom::text(document, "error", "message"));
  for (const auto each : dom::items(document, "choices")) {
    const auto index = dom::count(each, "index");
    into.choice(index);
    if (const auto said = dom::find(each, whole ? "message" : "delta")) add_message(*said, index, into);
    into.finish(index, dom::text(each, "finish_reason"));
  }
  add_counts_of(document, into);
}

void read_legacy(dom::element document, reading& into) {
  if (dom::find(document, "error")) return into.break_off(dom::text(document, "error", "message"));
  for (const auto each : dom::items(document, "choices")) {
    const auto index = dom::count(each, "index");
    into.choice(index).text += dom::text(each, "text");
    if (const auto said = dom::find(each, "message")) add_message(*said, index, into);  // a gateway answers as to chat
    into.finish(index, dom::text(each, "finish_reason"));
  }
  add_counts_of(document, into);
}

}  // namespace cohedge::tests
