// Requests of Bedrock's Converse.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {
namespace {

std::optional<part> part_of(const tree& block) {
  if (block.has("text")) return part::text(block.at("text").text());
  const auto& image = block.at("image");
  if (image.at("source", "bytes").is_string())
    return part::image(from_base64(image.at("source", "bytes").text()), "image/" + image.at("format").text());
  return std::nullopt;
}

std::string kind_of(const tree& block) { return block.members.empty() ? "nothing" : block.members.begin()->first; }

void add_tool_result(const tree& result, request_reading& into) {
  message answer{role::tool, ""};
  answer.tool_call_id = result.at("toolUseId").text();
  answer.failed = result.at("status").text() == "error";
  for (const auto& each : result.at("content").items) {
    if (auto piece = part_of(each))
      answer.add(std::move(*piece));
    else
      into.note("a tool's answer with a " + kind_of(each) + " in this form");
  }
  into.ask.add(std::move(answer));
}

// A block that marks the end of what is to be cached belongs to the part before it.
void add_block(const tree& block, message& said, request_reading& into) {
  if (const auto& used = block.at("toolUse"); !used.is_null()) {
    said.tool_calls.push_back({used.at("toolUseId").text(), used.at("name").text(), used.at("input").json()});
  } else if (block.has("cachePoint") && !said.parts.empty()) {
    said.parts.back().cache_here();
  } else if (auto piece = part_of(block)) {
    said.add(std::move(*piece));
  } else {
    into.note("a block that is a " + kind_of(block));
  }
}

void add_turn(const tree& from, request_reading& into) {
  message said{from.at("role").text() == "assistant" ? role::assistant : role::user, ""};
  bool any = false;
  for (const auto& block : from.at("content").items) {
    any = any || !block.has("toolResult");
    if (block.has("toolResult"))
      add_tool_result(block.at("toolResult"), into);
    else
      add_block(block, said, into);
  }
  if (any) into.ask.add(std::move(said));
}

void add_tools(const tree& config, request_reading& into) {
  for (const auto& each : config.at("tools").items) {
    const auto& spec = each.at("toolSpec");
    into.ask.tool({spec.at("name").text(), spec.at("description").text(), json_of(spec.at("inputSchema", "json"))});
  }
  const auto& choice = config.at("toolChoice");
  if (choice.has("auto")) into.ask.tool_choice("auto");
  if (choice.has("any")) into.ask.tool_choice("required");
  if (choice.has("tool")) into.ask.tool_choice(choice.at("tool", "name").text());
}

}  // namespace

request_reading read_bedrock_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  if (const auto& system = of.take("system"); !system.items.empty()) {
    message said{role::system, ""};
    for (const auto& block : system.items) add_block(block, said, into);
    into.ask.add(std::move(said));
  }
  for (const auto& each : of.take("messages").items) add_turn(each, into);
  add_tools(of.take("toolConfig"), into);
  member_taker inference{of.take("inferenceConfig")};
  inference.number("maxTokens", [&](double v) { into.ask.max_tokens(static_cast<std::uint32_t>(v)); });
  inference.number("temperature", [&](double v) { into.ask.temperature(v); });
  inference.number("topP", [&](double v) { into.ask.top_p(v); });
  for (const auto& each : inference.take("stopSequences").items) into.ask.stop(each.text());
  inference.rest_unsaid("inferenceConfig", into);
  of.rest_as_extra(into.ask);
  return into;
}

tree canonical_bedrock_request(tree body) {
  for (auto& turn : body.members["messages"].items)
    for (auto& block : turn.members["content"].items) {
      if (!block.has("toolResult")) continue;
      auto& status = block.members["toolResult"].members["status"];
      if (status.is_null() || status.text() == "success") block.members["toolResult"].members.erase("status");
    }
  join_turns(body.members["messages"], "content");  // Converse wants turns to alternate
  drop_empty(body, {"system", "inferenceConfig", "toolConfig"});
  return body;
}

}  // namespace cohedge::tests
