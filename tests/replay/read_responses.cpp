// OpenAI's Responses. A stream repeats every item whole when it is done: those are read, not the pieces before, so that
// pieces which do not add up are found.

#include "replay/reading.hpp"

namespace cohedge::tests {
namespace {

void add_item(dom::element item, reading& into) {
  auto& said = into.choice();
  const auto type = dom::text(item, "type");
  for (const auto part : dom::items(item, "content")) {
    const auto kind = dom::text(part, "type");
    if (kind == "output_text") said.text += dom::text(part, "text");
    if (kind == "refusal") said.refusal += dom::text(part, "refusal");
    if (kind == "reasoning_text") said.reasoning += dom::text(part, "text");
  }
  if (type == "reasoning") {
    std::string gap;  // each part of a summary is a paragraph
    for (const auto part : dom::items(item, "summary"))
      said.reasoning += std::exchange(gap, "\n\n") + dom::text(part, "text");
    reasoning_item closed;
    closed.id = dom::text(item, "id");
    closed.encrypted = dom::text(item, "encrypted_content");
    said.closed.push_back(closed);
  }
  if (type == "function_call") {
    auto& call = said.calls.emplace_back();
    call.id = dom::text(item, "call_id");
    call.name = dom::text(item, "name");
    call.arguments = dom::text(item, "arguments");
  }
}

void add_counts(dom::element response, usage& into) {
  const auto counts = dom::find(response, "usage");
  if (!counts) return;
  into.reported = true;
  into.input = dom::count(*counts, "input_tokens");
  into.output = dom::count(*counts, "output_tokens");
  into.total = dom::count(*counts, "total_tokens");
  into.cached = dom::count(*counts, "input_tokens_details", "cached_tokens");
  into.cache_written = dom::count(*counts, "input_tokens_details", "cache_write_tokens");
  into.reasoning = dom::count(*counts, "output_tokens_details", "reasoning_tokens");
}

// The status, or why it is incomplete. Calls are known by being there.
void end(dom::element response, reading& into) {
  add_counts(response, into.found.usage);
  auto& said = into.choice();
  const auto status = dom::text(response, "status");
  if (status == "failed")
    return into.break_off(dom::text(response, "error", "message"), dom::text(response, "error", "code"));
  if (status == "completed") said.why = said.calls.empty() ? finish_reason::stop : finish_reason::tool_calls;
  if (status == "incomplete") said.why = meaning_of(dom::text(response, "incomplete_details", "reason"));
}

}  // namespace

void read_responses(dom::element document, reading& into) {
  const auto type = dom::text(document, "type");
  if (type == "error") {
    const auto error = dom::find(document, "error").value_or(document);
    return into.break_off(dom::text(error, "message"), dom::text(error, "code"));
  }
  if (type == "response.output_item.done") add_item(*dom::find(document, "item"), into);
  if (type == "response.completed" || type == "response.incomplete" || type == "response.failed")
    end(*dom::find(document, "response"), into);
  if (dom::text(document, "object") == "response") {
    for (const auto item : dom::items(document, "output")) add_item(item, into);
    end(document, into);
  }
}

}  // namespace cohedge::tests
