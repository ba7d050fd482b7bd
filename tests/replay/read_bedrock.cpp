// Bedrock's Converse, whole and as events.

#include "replay/reading.hpp"

#include <algorithm>

namespace cohedge::tests {
namespace {

// The input is counted without what came out of a cache or went into it.
void add_counts(dom::element counts, usage& into) {
  into.reported = true;
  into.cached = std::max(dom::count(counts, "cacheReadInputTokens"), dom::count(counts, "cacheReadInputTokenCount"));
  into.cache_written =
      std::max(dom::count(counts, "cacheWriteInputTokens"), dom::count(counts, "cacheWriteInputTokenCount"));
  into.input = dom::count(counts, "inputTokens") + into.cached + into.cache_written;
  into.output = dom::count(counts, "outputTokens");
  into.total = dom::count(counts, "totalTokens");
}

void add_block(dom::element block, std::int64_t index, reading& into) {
  auto& said = into.choice();
  said.text += dom::text(block, "text");
  if (const auto thought = dom::find(block, "reasoningContent", "reasoningText")) {
    said.reasoning += dom::text(*thought, "text");
    said.closed.emplace_back().signature = dom::text(*thought, "signature");
  }
  const auto used = dom::find(block, "toolUse");
  if (!used) return;
  auto& call = into.call(0, index);
  call.id = dom::text(*used, "toolUseId");
  call.name = dom::text(*used, "name");
  call.arguments = dom::minified(*used, "input");
}

void add_piece(dom::element event, reading& into) {
  auto& said = into.choice();
  const auto index = static_cast<std::int64_t>(dom::count(event, "contentBlockIndex"));
  said.text += dom::text(event, "delta", "text");
  said.reasoning += dom::text(event, "delta", "reasoningContent", "text");
  if (dom::find(event, "delta", "toolUse"))
    into.call(0, index).arguments += dom::text(event, "delta", "toolUse", "input");
}

}  // namespace

void read_bedrock(dom::element document, reading& into) {
  into.found.arguments_are_objects = true;
  if (const auto message = dom::find(document, "output", "message")) {
    std::int64_t place = 0;
    into.choice();
    for (const auto block : dom::items(*message, "content")) add_block(block, place++, into);
    into.finish(0, dom::text(document, "stopReason"));
    if (const auto counts = dom::find(document, "usage")) add_counts(*counts, into.found.usage);
  }
  if (dom::find(document, "messageStart")) into.choice();
  if (const auto started = dom::find(document, "contentBlockStart", "start", "toolUse")) {
    auto& call =
        into.call(0, static_cast<std::int64_t>(dom::count(document, "contentBlockStart", "contentBlockIndex")));
    call.id = dom::text(*started, "toolUseId");
    call.name = dom::text(*started, "name");
  }
  if (const auto event = dom::find(document, "contentBlockDelta")) add_piece(*event, into);
  if (const auto event = dom::find(document, "messageStop")) into.finish(0, dom::text(*event, "stopReason"));
  if (const auto counts = dom::find(document, "metadata", "usage")) add_counts(*counts, into.found.usage);
  for (const auto* type : {"throttlingException", "modelStreamErrorException", "validationException",
                           "internalServerException", "serviceUnavailableException"})
    if (dom::find(document, type)) into.break_off(dom::text(document, type, "message"));
}

}  // namespace cohedge::tests
