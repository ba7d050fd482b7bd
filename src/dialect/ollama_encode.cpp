#include "ollama_encode.hpp"

#include <cohedge/wire/json_check.hpp>

#include <span>
#include <utility>

#include "nested_object.hpp"
#include "tool_names.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

wire::json_string role_name(role who) noexcept {
  switch (who) {
    case role::system:
    case role::developer: return "system";
    case role::user: return "user";
    case role::assistant: return "assistant";
    case role::tool: return "tool";
  }
  return "user";
}

bool is_picture(const part& piece) noexcept {
  return piece.what() == part::kind::image && piece.url().empty() && piece.id().empty();
}

// A turn has one text; pictures stand beside it.
std::string text_of(const message& turn) {
  auto text = turn.text.empty() ? turn.refusal : turn.text;
  for (const auto& piece : turn.parts) {
    if (piece.what() != part::kind::text) continue;
    if (!text.empty()) text.push_back('\n');
    text.append(piece.bytes());
  }
  return text;
}

void write_thinking(const message& turn, json_writer& json) {
  std::string thinking;
  for (const auto& item : turn.reasoning) thinking.append(item.text);
  if (!thinking.empty()) json.member("thinking", thinking);
}

void write_calls(const message& turn, json_writer& json) {
  if (turn.tool_calls.empty()) return;
  json.key("tool_calls").begin_array();
  for (const auto& call : turn.tool_calls) {
    json.begin_object().member("id", call.id).key("function").begin_object().member("name", call.name);
    const bool valid = call.arguments.starts_with('{') && wire::is_json(call.arguments);
    json.key("arguments").raw(valid ? std::string_view{call.arguments} : std::string_view{"{}"});
    json.end_object().end_object();
  }
  json.end_array();
}

void write_turn(std::span<const message> before, const message& turn, json_writer& json) {
  json.begin_object().member("role", role_name(turn.role)).member("content", text_of(turn));
  write_pictures({&turn, 1}, json);
  write_thinking(turn, json);
  write_calls(turn, json);
  if (turn.role == role::tool) {
    const auto name = answering_tool(before, turn);
    if (!name.empty()) json.member("tool_name", name);
  }
  json.end_object();
}

void write_tools(const chat_request::content& ask, json_writer& json) {
  json.key("tools").begin_array();
  for (const auto& offered : ask.tools) {
    json.begin_object().member("type", "function").key("function").begin_object().member("name", offered.name);
    if (!offered.description.empty()) json.member("description", offered.description);
    const std::string_view none{R"({"type":"object","properties":{}})"};  // required there
    json.key("parameters").raw(offered.parameters.empty() ? none : std::string_view{offered.parameters});
    json.end_object().end_object();
  }
  json.end_array();
}

void write_options(const chat_request::content& ask, request_writer& body) {
  nested_object options{body, ask, "options"};
  options.optional("num_predict", ask.max_tokens);
  options.optional("temperature", ask.temperature);
  options.optional("top_p", ask.top_p);
  options.optional("top_k", ask.top_k);
  options.optional("seed", ask.seed);
  options.optional("frequency_penalty", ask.frequency_penalty);
  options.optional("presence_penalty", ask.presence_penalty);
  options.optional("stop", ask.stop);
  options.end();
}

// Models know thinking and not thinking; some know three levels besides.
void write_think(const chat_request::content& ask, json_writer& json) {
  const auto& effort = ask.reasoning_effort;
  if (effort == "none" || (effort.empty() && ask.reasoning_budget == 0U))
    json.member("think", false);
  else if (effort == "minimal")
    json.member("think", "low");
  else if (effort == "xhigh" || effort == "max")
    json.member("think", "high");
  else if (!effort.empty())
    json.member("think", effort);
  else if (ask.show_reasoning)
    json.member("think", *ask.show_reasoning);  // it is shown, or there is none
}

void write_format(const chat_request::content& ask, json_writer& json) {
  if (!ask.response_schema.empty())
    json.key("format").raw(ask.response_schema);
  else if (ask.json)
    json.member("format", "json");
}

}  // namespace

gaps ollama_gaps(const chat_request::content& ask, std::vector<std::string>& dropped) {
  bool other_parts = false;
  for (const auto& turn : ask.messages)
    for (const auto& piece : turn.parts)
      other_parts = other_parts || (piece.what() != part::kind::text && !is_picture(piece));
  const auto& choice = ask.tool_choice;
  gaps missing{"Ollama's API", ask, dropped};
  missing.note(other_parts, "parts that are neither text nor the bytes of a picture");
  missing.note(!choice.empty() && choice != "auto" && choice != "none", "tool_choice");
  missing.note(ask.parallel_tool_calls == false, "parallel_tool_calls(false)");
  missing.note(ask.choices.value_or(1) > 1, "choices");
  missing.note(ask.reasoning_budget.value_or(0) > 0, "reasoning_budget");
  const bool thinks = !ask.reasoning_effort.empty() && ask.reasoning_effort != "none";
  missing.note(ask.show_reasoning == false && thinks, "show_reasoning(false)");
  missing.note(!ask.cache_key.empty(), "cache_key");
  missing.note(!ask.service_tier.empty(), "service_tier");
  missing.note(!ask.user.empty(), "end_user");
  missing.note(!ask.metadata.empty(), "metadata");
  return missing;
}

void write_pictures(std::span<const message> turns, json_writer& json) {
  bool begun = false;
  for (const auto& turn : turns)
    for (const auto& piece : turn.parts) {
      if (!is_picture(piece)) continue;
      if (!std::exchange(begun, true)) json.key("images").begin_array();
      write_base64(json, piece.bytes());
    }
  if (begun) json.end_array();
}

void write_settings(const chat_request::content& ask, request_writer& body) {
  auto& json = body.json();
  if (body.ours("format")) write_format(ask, json);
  write_options(ask, body);
  if (body.ours("think")) write_think(ask, json);
  if (ask.logprobs && body.ours("logprobs")) json.member("logprobs", true);
  if (ask.logprobs.value_or(0) > 0 && body.ours("top_logprobs")) json.member("top_logprobs", *ask.logprobs);
}

result<request_bytes> encode_ollama(const chat_request& request, std::string_view model, bool stream) {
  const auto& ask = request.read();
  auto found = request_fault(ask, model);
  if (found.code() != errc::none) return found;
  request_bytes out{"POST", "/api/chat"};
  auto refused = ollama_gaps(ask, out.dropped).refusal();
  if (refused.code() != errc::none) return refused;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object().member("model", model).key("messages").begin_array();
  const std::span<const message> turns{ask.messages};
  for (std::size_t i = 0; i < turns.size(); ++i) write_turn(turns.first(i), turns[i], json);
  json.end_array().member("stream", stream);  // it streams unless told not to
  if (!ask.tools.empty() && ask.tool_choice != "none" && body.ours("tools")) write_tools(ask, json);
  write_settings(ask, body);
  body.extra();
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
