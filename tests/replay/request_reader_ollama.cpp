// Requests of Ollama's own chat, and of its completion of a prompt.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {
namespace {

// A tool's answer names the tool, not the call: the last call of that name is meant. Calls have no ids, so they are
// numbered here.
void add_turn(const tree& from, request_reading& into) {
  member_taker of{from};
  const auto who = of.take("role").text();
  message said{who == "system"      ? role::system
               : who == "assistant" ? role::assistant
               : who == "tool"      ? role::tool
                                    : role::user,
               of.take("content").text()};
  for (const auto& image : of.take("images").items) said.add(part::image(from_base64(image.text()), "image/png"));
  for (const auto& call : of.take("tool_calls").items) {
    const auto name = call.at("function", "name").text();
    const auto id = call.at("id").text();
    said.tool_calls.push_back({id.empty() ? "call of " + name : id, name, call.at("function", "arguments").json()});
  }
  if (const auto name = of.take("tool_name").text(); !name.empty()) said.tool_call_id = "call of " + name;
  if (const auto thought = of.take("thinking").text(); !thought.empty()) said.reasoning.emplace_back().text = thought;
  of.rest_unsaid("message", into);
  into.ask.add(std::move(said));
}

void add_options(const tree& options, request_reading& into) {
  member_taker of{options};
  auto& ask = into.ask;
  of.number("num_predict", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { ask.temperature(v); });
  of.number("top_p", [&](double v) { ask.top_p(v); });
  of.number("top_k", [&](double v) { ask.top_k(static_cast<std::uint32_t>(v)); });
  of.number("seed", [&](double v) { ask.seed(static_cast<std::int64_t>(v)); });
  for (const auto& each : of.take("stop").items) ask.stop(each.text());
  of.rest_unsaid("options", into);
}

}  // namespace

request_reading read_ollama_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  auto& ask = into.ask;
  into.model = of.take("model").text();
  into.stream = !body.has("stream") || of.take("stream").truth();
  of.take("stream");
  for (const auto& each : of.take("messages").items) add_turn(each, into);
  if (const auto& system = of.take("system").text(); !system.empty()) ask.system(system);
  if (const auto& prompt = of.take("prompt").text(); !prompt.empty()) ask.add(message{role::user, prompt});
  for (const auto& each : of.take("tools").items) {
    const auto& function = each.at("function");
    ask.tool({function.at("name").text(), function.at("description").text(), json_of(function.at("parameters"))});
  }
  add_options(of.take("options"), into);
  const auto& think = of.take("think");
  if (think.truth())
    ask.show_reasoning(true);
  else
    ask.reasoning_effort(think.is == tree::kind::boolean ? "none" : think.text());
  const auto& format = of.take("format");
  if (format.is_object()) ask.response_schema(json_of(format));
  if (format.text() == "json") ask.json();
  of.rest_as_extra(ask);
  return into;
}

tree canonical_ollama_request(tree body) {
  for (auto& turn : body.members["messages"].items) {
    for (auto& call : turn.members["tool_calls"].items) {
      call.members.erase("id");  // ours, where the wire had none
      if (!call.has("type")) call.members["type"] = tree::of("function");
    }
    turn.members.erase("tool_call_id");  // the same
    drop_empty(turn, {"tool_calls"});
  }
  if (!body.has("stream")) body.members["stream"] = parse_tree("true");  // so it is there by itself
  drop_empty(body, {"options", "tools"});
  return body;
}

}  // namespace cohedge::tests
