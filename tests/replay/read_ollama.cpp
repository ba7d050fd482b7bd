// Ollama's own chat and its completion of a prompt. Calls come whole, and the reason for the end does not tell of them.

#include "replay/reading.hpp"

namespace cohedge::tests {

void read_ollama(dom::element document, reading& into) {
  into.found.arguments_are_objects = true;
  if (const auto text = dom::text(document, "error"); !text.empty()) return into.break_off(text);
  auto& said = into.choice();
  said.text += dom::text(document, "message", "content") + dom::text(document, "response");
  said.reasoning += dom::text(document, "message", "thinking") + dom::text(document, "thinking");
  for (const auto each : dom::items(document, "message", "tool_calls")) {
    auto& call = said.calls.emplace_back();
    call.id = dom::text(each, "id");
    call.name = dom::text(each, "function", "name");
    call.arguments = dom::minified(each, "function", "arguments");
  }
  into.finish(0, dom::text(document, "done_reason"));
  if (said.why == finish_reason::stop && !said.calls.empty()) said.why = finish_reason::tool_calls;
  auto& counts = into.found.usage;
  counts.input += dom::count(document, "prompt_eval_count");
  counts.output += dom::count(document, "eval_count");
  counts.total = counts.input + counts.output;
  counts.reported = counts.total != 0;
}

}  // namespace cohedge::tests
