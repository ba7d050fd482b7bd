// Anthropic's Messages; also inside of Bedrock's InvokeModel and Vertex's rawPredict.

#include "replay/reading.hpp"

namespace cohedge::tests {
namespace {

// A later count replaces an earlier one; one that is absent or null leaves it.
void take(dom::element counts, const char* member, std::uint64_t& into) {
  std::uint64_t value = 0;
  if (const auto at = dom::find(counts, member); at && at->get(value) == simdjson::SUCCESS) into = value;
}

// The prompt in our terms: what was fresh, what went into a cache, and what came out of it.
void add_counts(dom::element counts, usage& into) {
  auto fresh = into.input - into.cached - into.cache_written;
  into.reported = true;
  take(counts, "input_tokens", fresh);
  take(counts, "cache_creation_input_tokens", into.cache_written);
  take(counts, "cache_read_input_tokens", into.cached);
  take(counts, "output_tokens", into.output);
  if (const auto details = dom::find(counts, "output_tokens_details"))
    take(*details, "thinking_tokens", into.reasoning);
  into.input = fresh + into.cached + into.cache_written;
  into.total = into.input + into.output;
}

void add_block(dom::element block, std::int64_t index, bool whole, reading& into) {
  auto& said = into.choice();
  const auto type = dom::text(block, "type");
  if (type == "text") said.text += dom::text(block, "text");
  if (type == "thinking") {
    said.reasoning += dom::text(block, "thinking");
    said.closed.emplace_back().signature = dom::text(block, "signature");
  }
  if (type == "redacted_thinking") said.closed.emplace_back().encrypted = dom::text(block, "data");
  if (type != "tool_use") return;
  auto& call = into.call(0, index);
  call.id = dom::text(block, "id");
  call.name = dom::text(block, "name");
  if (whole) call.arguments = dom::minified(block, "input");
}

void add_piece(dom::element delta, std::int64_t index, reading& into) {
  auto& said = into.choice();
  said.text += dom::text(delta, "text");
  said.reasoning += dom::text(delta, "thinking");
  if (dom::text(delta, "type") == "signature_delta") said.closed.back().signature += dom::text(delta, "signature");
  if (dom::text(delta, "type") == "input_json_delta") into.call(0, index).arguments += dom::text(delta, "partial_json");
}

}  // namespace

void read_anthropic(dom::element document, reading& into) {
  into.found.arguments_are_objects = true;
  const auto type = dom::text(document, "type");
  const auto index = static_cast<std::int64_t>(dom::count(document, "index"));
  if (type == "error") return into.break_off(dom::text(document, "error", "message"));
  if (type == "message_start") {
    into.choice();
    if (const auto counts = dom::find(document, "message", "usage")) add_counts(*counts, into.found.usage);
  }
  if (type == "content_block_start") add_block(*dom::find(document, "content_block"), index, false, into);
  if (type == "content_block_delta") add_piece(*dom::find(document, "delta"), index, into);
  if (type == "message_delta") into.finish(0, dom::text(document, "delta", "stop_reason"));
  if (type == "message") {
    std::int64_t place = 0;
    into.choice();
    for (const auto block : dom::items(document, "content")) add_block(block, place++, true, into);
    into.finish(0, dom::text(document, "stop_reason"));
  }
  if (const auto counts = dom::find(document, "usage")) add_counts(*counts, into.found.usage);
}

}  // namespace cohedge::tests
