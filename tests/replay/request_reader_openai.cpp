// Requests of OpenAI's chat completions.

#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {
namespace {

std::optional<role> role_of(const std::string& name) {
  if (name == "system") return role::system;
  if (name == "developer") return role::developer;
  if (name == "user") return role::user;
  if (name == "assistant") return role::assistant;
  if (name == "tool") return role::tool;
  return std::nullopt;
}

std::optional<part> part_of(const tree& from) {
  const auto type = from.at("type").text();
  if (type == "text") {
    auto said = part::text(from.at("text").text());
    if (!from.at("cache_control").is_null()) said.cache_here();
    return said;
  }
  if (type == "image_url" && from.at("image_url").is_object()) {
    auto image = image_from(from.at("image_url", "url").text());
    return image.detail(from.at("image_url", "detail").text());
  }
  if (type == "input_audio") {
    const auto format = from.at("input_audio", "format").text();
    return part::audio(from_base64(from.at("input_audio", "data").text()),
                       format == "mp3" ? "audio/mpeg" : "audio/" + format);
  }
  return std::nullopt;
}

// OpenRouter's list: text with its proof, or what must not be read.
void add_detail(const tree& from, message& into) {
  auto& thought = into.reasoning.emplace_back();
  thought.id = from.at("id").text();
  thought.text = from.at("text").text() + from.at("summary").text();
  thought.signature = from.at("signature").text();
  thought.encrypted = from.at("data").text();
}

void add_message(const tree& from, request_reading& into) {
  member_taker of{from};
  const auto who = role_of(of.take("role").text());
  if (!who) return into.note("role " + from.at("role").text());
  message said{*who, of.take("content").text()};
  for (const auto& each : from.at("content").items) {
    if (auto piece = part_of(each))
      said.add(std::move(*piece));
    else
      into.note("a part of type " + each.at("type").text() + " in this form");
  }
  for (const auto& call : of.take("tool_calls").items)
    said.tool_calls.push_back(
        {call.at("id").text(), call.at("function", "name").text(), call.at("function", "arguments").text()});
  said.tool_call_id = of.take("tool_call_id").text();
  said.name = of.take("name").text();
  said.refusal = of.take("refusal").text();
  said.cache_here = !of.take("cache_control").is_null();
  for (const auto& each : of.take("reasoning_details").items) add_detail(each, said);
  if (const auto thought = of.take("reasoning_content").text(); !thought.empty())
    said.reasoning.emplace_back().text = thought;
  of.rest_unsaid("message", into);
  into.ask.add(std::move(said));
}

void add_tool(const tree& from, request_reading& into) {
  const auto& function = from.at("function");
  tool offered{function.at("name").text(), function.at("description").text(), json_of(function.at("parameters"))};
  if (!function.at("strict").is_null()) offered.strict = function.at("strict").truth();
  into.ask.tool(std::move(offered));
}

void add_format(const tree& format, request_reading& into) {
  const auto type = format.at("type").text();
  const auto& schema = format.at("json_schema");
  if (type == "json_object") into.ask.json();
  if (type == "json_schema" && (schema.has("description") || !schema.has("name")))
    into.ask.extra("response_format", format.json());  // ours has no description, and always a name
  else if (type == "json_schema")
    into.ask.response_schema(json_of(schema.at("schema")), schema.at("name").text(), schema.at("strict").truth());
}

void add_sampling(member_taker& of, chat_request& ask) {
  of.number("temperature", [&](double v) { ask.temperature(v); });
  of.number("top_p", [&](double v) { ask.top_p(v); });
  of.number("top_k", [&](double v) { ask.top_k(static_cast<std::uint32_t>(v)); });
  of.number("frequency_penalty", [&](double v) { ask.frequency_penalty(v); });
  of.number("presence_penalty", [&](double v) { ask.presence_penalty(v); });
  of.number("seed", [&](double v) { ask.seed(static_cast<std::int64_t>(v)); });
  of.number("n", [&](double v) { ask.choices(static_cast<std::uint32_t>(v)); });
  of.number("max_tokens", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  of.number("max_completion_tokens", [&](double v) { ask.max_tokens(static_cast<std::uint32_t>(v)); });
  const auto& alternatives = of.take("top_logprobs");
  if (of.take("logprobs").truth()) ask.logprobs(static_cast<std::uint32_t>(alternatives.number()));
  const auto& stop = of.take("stop");
  if (stop.is_string()) ask.stop(stop.text());
  for (const auto& each : stop.items) ask.stop(each.text());
}

// What server this is, by what was sent to it.
void see_server(const tree& body, dialect::deviations& server) {
  using dialect::deviations;
  server.include_usage(body.at("stream_options", "include_usage").truth());
  server.top_k(body.has("top_k"));
  if (body.has("max_completion_tokens")) server.max_tokens_as(deviations::max_tokens_member::max_completion_tokens);
  for (const auto& each : body.at("messages").items) {
    if (each.at("role").text() == "developer") server.system_as(deviations::system_role::developer);
    if (each.has("reasoning_details")) server.reasoning_back_as(deviations::reasoning_member::reasoning_details);
    if (each.has("reasoning_content")) server.reasoning_back_as(deviations::reasoning_member::reasoning_content);
    if (each.json().find("\"cache_control\"") != std::string::npos) server.cache_control(true);
  }
}

}  // namespace

request_reading read_openai_request(const tree& body) {
  request_reading into;
  see_server(body, into.server);
  member_taker of{body};
  into.model = of.take("model").text();
  into.stream = of.take("stream").truth();
  of.take("stream_options");
  for (const auto& each : of.take("messages").items) add_message(each, into);
  for (const auto& each : of.take("tools").items) add_tool(each, into);
  const auto& choice = of.take("tool_choice");
  into.server.required_is_any(choice.text() == "any");
  into.ask.tool_choice(choice.text() == "any" ? "required"
                       : choice.is_string()   ? choice.text()
                                              : choice.at("function", "name").text());
  if (const auto& parallel = of.take("parallel_tool_calls"); !parallel.is_null())
    into.ask.parallel_tool_calls(parallel.truth());
  add_sampling(of, into.ask);
  add_format(of.take("response_format"), into);
  into.ask.reasoning_effort(of.take("reasoning_effort").text());
  if (body.has("reasoning") && !body.at("reasoning").has("enabled")) {  // OpenRouter's; "enabled" stays an extra
    const auto& reasoning = of.take("reasoning");
    into.server.thinking_as(dialect::deviations::thinking_request::reasoning);
    into.ask.reasoning_effort(reasoning.at("effort").text());
    if (reasoning.has("max_tokens"))
      into.ask.reasoning_budget(static_cast<std::uint32_t>(reasoning.at("max_tokens").number()));
  }
  of.rest_as_extra(into.ask);
  return into;
}

tree canonical_openai_request(tree body) {
  for (auto& each : body.members["messages"].items) {
    auto& content = each.members["content"];
    content = as_list(content, {{"type", tree::of("text")}});
    // A turn of nothing but calls has no text: null, "" and nothing are all found.
    std::erase_if(content.items,
                  [&](const tree& part) { return each.has("tool_calls") && part.at("text").text().empty(); });
    if (content.items.empty()) each.members.erase("content");
    // The mark of a turn is that of its last part.
    if (each.has("cache_control") && each.has("content")) {
      each.members["content"].items.back().members["cache_control"] = each.at("cache_control");
      each.members.erase("cache_control");
    }
  }
  for (auto& tool : body.members["tools"].items) drop_empty(tool.members["function"], {"description"});
  if (body.at("response_format").has("json_schema"))
    drop_false(body.members["response_format"].members["json_schema"], {"strict"});
  drop_false(body, {"stream", "logprobs"});
  drop_empty(body, {"tools", "stop"});
  // One sequence need not be a list.
  if (body.at("stop").is_string()) body.members["stop"] = tree::list({body.at("stop")});
  // Text is what comes by itself.
  if (body.at("response_format", "type").text() == "text") body.members.erase("response_format");
  return body;
}

}  // namespace cohedge::tests
