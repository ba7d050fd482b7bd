// Requests of Anthropic's Messages, also inside of Bedrock's InvokeModel and Vertex's rawPredict.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {
namespace {

bool cached(const tree& block) { return !block.at("cache_control").is_null(); }

std::optional<part> part_of(const tree& block) {
  const auto type = block.at("type").text();
  const auto& source = block.at("source");
  const auto made = [&](part piece) { return cached(block) ? piece.cache_here() : piece; };
  if (type == "text") return made(part::text(block.at("text").text()));
  if (type != "image" && type != "document") return std::nullopt;
  const auto media = source.at("media_type").text();
  if (source.at("type").text() == "base64") {
    auto bytes = from_base64(source.at("data").text());
    return made(type == "image" ? part::image(std::move(bytes), media) : part::file(std::move(bytes), media));
  }
  if (source.at("type").text() != "url") return std::nullopt;
  const auto url = source.at("url").text();
  return made(type == "image" ? part::image_url(url) : part::file_url(url));
}

// A tool's answer is a turn of its own in ours.
void add_tool_result(const tree& block, request_reading& into) {
  message answer{role::tool, block.at("content").text()};
  answer.tool_call_id = block.at("tool_use_id").text();
  answer.failed = block.at("is_error").truth();
  answer.cache_here = cached(block);
  for (const auto& each : block.at("content").items) {
    if (auto piece = part_of(each))
      answer.add(std::move(*piece));
    else
      into.note("a tool's answer with a " + each.at("type").text());
  }
  into.ask.add(std::move(answer));
}

void add_turn(const tree& from, request_reading& into) {
  message said{from.at("role").text() == "assistant" ? role::assistant : role::user, from.at("content").text()};
  const auto is_empty = [&] { return said == message{said.role, ""}; };
  for (const auto& block : from.at("content").items) {
    const auto type = block.at("type").text();
    if (type == "tool_result") {
      if (!is_empty()) into.ask.add(std::exchange(said, message{said.role, ""}));
      add_tool_result(block, into);
    } else if (type == "tool_use") {
      said.tool_calls.push_back({block.at("id").text(), block.at("name").text(), block.at("input").json()});
    } else if (type == "thinking" || type == "redacted_thinking") {
      auto& thought = said.reasoning.emplace_back();
      thought.text = block.at("thinking").text();
      thought.signature = block.at("signature").text();
      thought.encrypted = block.at("data").text();
      thought.calls_before = static_cast<std::uint32_t>(said.tool_calls.size());
    } else if (auto piece = part_of(block)) {
      said.add(std::move(*piece));
    } else {
      into.note("a block of type " + type);
    }
  }
  const bool only_results = from.at("content").is_array() && is_empty();
  if (!only_results) into.ask.add(std::move(said));
}

void add_system(const tree& from, request_reading& into) {
  if (from.is_string()) into.ask.add({role::system, from.text()});
  if (!from.is_array()) return;
  message said{role::system, ""};
  for (const auto& block : from.items)
    if (auto piece = part_of(block))
      said.add(std::move(*piece));
    else
      into.note("a block of type " + block.at("type").text() + " in the system prompt");
  into.ask.add(std::move(said));
}

void add_tools(member_taker& of, request_reading& into) {
  for (const auto& each : of.take("tools").items) {
    member_taker members{each};
    tool offered{members.take("name").text(), members.take("description").text(),
                 json_of(members.take("input_schema"))};
    offered.cache_here = cached(each);
    members.take("cache_control");
    if (const auto& strict = members.take("strict"); !strict.is_null()) offered.strict = strict.truth();
    members.rest_unsaid("tool", into);
    into.ask.tool(std::move(offered));
  }
  const auto& choice = of.take("tool_choice");
  const auto type = choice.at("type").text();
  into.ask.tool_choice(type == "any" ? "required" : type == "tool" ? choice.at("name").text() : type);
  if (choice.at("disable_parallel_tool_use").truth()) into.ask.parallel_tool_calls(false);
}

}  // namespace

request_reading read_anthropic_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  of.take("anthropic_version");  // Bedrock and Vertex have the header's value here
  into.model = of.take("model").text();
  into.stream = of.take("stream").truth();
  add_system(of.take("system"), into);
  for (const auto& each : of.take("messages").items) add_turn(each, into);
  add_tools(of, into);
  of.number("max_tokens", [&](double v) { into.ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { into.ask.temperature(v); });
  of.number("top_p", [&](double v) { into.ask.top_p(v); });
  of.number("top_k", [&](double v) { into.ask.top_k(static_cast<std::uint32_t>(v)); });
  for (const auto& each : of.take("stop_sequences").items) into.ask.stop(each.text());
  if (const auto& thinking = of.take("thinking"); thinking.at("type").text() == "enabled")
    into.ask.reasoning_budget(static_cast<std::uint32_t>(thinking.at("budget_tokens").number()));
  // The beta's name for output_config.format.
  const auto& beta = of.take("output_format");
  const auto& format = beta.is_null() ? of.take("output_config").at("format") : beta;
  if (!format.is_null()) into.ask.response_schema(json_of(format.at("schema")));
  of.rest_as_extra(into.ask);
  return into;
}

tree canonical_anthropic_request(tree body) {
  body.members.erase("anthropic_version");
  const std::map<std::string, tree> text{{"type", tree::of("text")}};
  if (body.has("system")) body.members["system"] = as_list(body.at("system"), text);
  for (auto& block : body.members["system"].items) block.members["type"] = tree::of("text");  // implied there
  drop_empty(body, {"system", "tools", "stop_sequences"});
  for (auto& turn : body.members["messages"].items) {
    turn.members["content"] = as_list(turn.at("content"), text);
    for (auto& block : turn.members["content"].items) {
      if (block.at("type").text() != "tool_result") continue;
      block.members["content"] = as_list(block.at("content"), text);
      drop_false(block, {"is_error"});
    }
  }
  join_turns(body.members["messages"], "content");  // the API does so itself
  drop_false(body, {"stream"});
  if (body.has("tool_choice")) drop_false(body.members["tool_choice"], {"disable_parallel_tool_use"});
  if (body.has("output_format")) {
    body.members["output_config"] = tree::object({{"format", body.at("output_format")}});
    body.members.erase("output_format");
  }
  return body;
}

}  // namespace cohedge::tests
