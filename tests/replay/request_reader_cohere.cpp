// Requests of Cohere's chat, version 2: OpenAI's turns with other names around them.

#include "replay/request_reading.hpp"

namespace cohedge::tests {
namespace {

void add_turn(const tree& from, request_reading& into) {
  member_taker of{from};
  const auto who = of.take("role").text();
  message said{who == "system"      ? role::system
               : who == "assistant" ? role::assistant
               : who == "tool"      ? role::tool
                                    : role::user,
               of.take("content").text()};
  for (const auto& each : from.at("content").items) {
    const auto type = each.at("type").text();
    if (type == "text")
      said.add(part::text(each.at("text").text()));
    else if (type == "image_url")
      said.add(image_from(each.at("image_url", "url").text()));
    else
      into.note("a part of type " + type);
  }
  for (const auto& call : of.take("tool_calls").items)
    said.tool_calls.push_back(
        {call.at("id").text(), call.at("function", "name").text(), call.at("function", "arguments").text()});
  said.tool_call_id = of.take("tool_call_id").text();
  of.rest_unsaid("message", into);
  into.ask.add(std::move(said));
}

}  // namespace

request_reading read_cohere_request(const tree& body) {
  request_reading into;
  member_taker of{body};
  auto& ask = into.ask;
  into.model = of.take("model").text();
  into.stream = of.take("stream").truth();
  for (const auto& each : of.take("messages").items) add_turn(each, into);
  for (const auto& each : of.take("tools").items) {
    const auto& function = each.at("function");
    ask.tool({function.at("name").text(), function.at("description").text(), json_of(function.at("parameters"))});
  }
  const auto choice = of.take("tool_choice").text();
  ask.tool_choice(choice == "REQUIRED" ? "required" : choice == "NONE" ? "none" : "");
  of.number("max_tokens", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("temperature", [&](double v) { ask.temperature(v); });
  of.number("p", [&](double v) { ask.top_p(v); });
  of.number("k", [&](double v) { ask.top_k(static_cast<std::uint32_t>(v)); });
  of.number("seed", [&](double v) { ask.seed(static_cast<std::int64_t>(v)); });
  of.number("frequency_penalty", [&](double v) { ask.frequency_penalty(v); });
  of.number("presence_penalty", [&](double v) { ask.presence_penalty(v); });
  for (const auto& each : of.take("stop_sequences").items) ask.stop(each.text());
  const auto& format = of.take("response_format");
  if (format.has("json_schema"))
    ask.response_schema(json_of(format.at("json_schema")));
  else if (format.at("type").text() == "json_object")
    ask.json();
  of.rest_as_extra(ask);
  return into;
}

tree canonical_cohere_request(tree body) {
  for (auto& turn : body.members["messages"].items)
    if (turn.has("content")) turn.members["content"] = as_list(turn.at("content"), {{"type", tree::of("text")}});
  drop_false(body, {"stream"});
  drop_empty(body, {"documents", "tools"});
  return body;
}

}  // namespace cohedge::tests
