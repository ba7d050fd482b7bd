#include "cohere_encode.hpp"

#include <algorithm>

#include "request_writer.hpp"

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

bool is_expressible(const part& piece) noexcept {
  return piece.what() == part::kind::text || (piece.what() == part::kind::image && piece.id().empty());
}

void write_picture(const part& piece, json_writer& json) {
  json.begin_object().member("type", "image_url").key("image_url").begin_object().key("url");
  if (piece.url().empty())
    write_data_url(json, piece.media_type(), piece.bytes());
  else
    json.string(piece.url());
  if (!piece.detail().empty()) json.member("detail", piece.detail());
  json.end_object().end_object();
}

void write_text(std::string_view text, json_writer& json) {
  json.begin_object().member("type", "text").member("text", text).end_object();
}

void write_content(const message& turn, json_writer& json) {
  const auto& text = turn.text.empty() ? turn.refusal : turn.text;
  if (std::ranges::none_of(turn.parts, is_expressible)) {
    if (!text.empty() || turn.tool_calls.empty()) json.member("content", text);
    return;
  }
  json.key("content").begin_array();
  if (!text.empty()) write_text(text, json);
  for (const auto& piece : turn.parts) {
    if (piece.what() == part::kind::text)
      write_text(piece.bytes(), json);
    else if (is_expressible(piece))
      write_picture(piece, json);
  }
  json.end_array();
}

void write_turn(const message& turn, json_writer& json) {
  json.begin_object().member("role", role_name(turn.role));
  if (turn.role == role::tool) json.member("tool_call_id", turn.tool_call_id);
  write_content(turn, json);
  if (!turn.tool_calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const auto& call : turn.tool_calls) {
      json.begin_object().member("id", call.id).member("type", "function").key("function").begin_object();
      json.member("name", call.name);
      json.member("arguments", call.arguments.empty() ? std::string_view{"{}"} : std::string_view{call.arguments});
      json.end_object().end_object();
    }
    json.end_array();
  }
  json.end_object();
}

bool names_a_tool(std::string_view choice) noexcept {
  return !choice.empty() && choice != "auto" && choice != "none" && choice != "required";
}

void write_tool(const tool& offered, json_writer& json) {
  json.begin_object().member("type", "function").key("function").begin_object().member("name", offered.name);
  if (!offered.description.empty()) json.member("description", offered.description);
  const std::string_view none{R"({"type":"object","properties":{}})"};
  json.key("parameters").raw(offered.parameters.empty() ? none : std::string_view{offered.parameters});
  json.end_object().end_object();
}

// One tool in particular cannot be asked for: it is the only one offered, and one must be called.
void write_tools(const chat_request::content& ask, const request_writer& body, json_writer& json) {
  if (ask.tools.empty()) return;
  const auto& choice = ask.tool_choice;
  if (body.ours("tools")) {
    json.key("tools").begin_array();
    for (const auto& offered : ask.tools)
      if (!names_a_tool(choice) || offered.name == choice) write_tool(offered, json);
    json.end_array();
  }
  const bool strict = std::ranges::any_of(ask.tools, [](const tool& one) { return one.strict == true; });
  if (strict && body.ours("strict_tools")) json.member("strict_tools", true);
  if (choice.empty() || choice == "auto" || !body.ours("tool_choice")) return;
  json.member("tool_choice", choice == "none" ? "NONE" : "REQUIRED");
}

void write_format(const chat_request::content& ask, json_writer& json) {
  if (!ask.json && ask.response_schema.empty()) return;
  json.key("response_format").begin_object().member("type", "json_object");
  if (!ask.response_schema.empty()) json.key("json_schema").raw(ask.response_schema);
  json.end_object();
}

// There is thinking, up to a number of tokens, and no thinking: levels of effort are all thinking.
void write_thinking(const chat_request::content& ask, json_writer& json) {
  const auto& effort = ask.reasoning_effort;
  if (effort.empty() && !ask.reasoning_budget) return;
  const bool off = ask.reasoning_budget ? *ask.reasoning_budget == 0 : effort == "none";
  json.key("thinking").begin_object().member("type", off ? "disabled" : "enabled");
  if (!off && ask.reasoning_budget) json.member("token_budget", *ask.reasoning_budget);
  json.end_object();
}

void write_sampling(const chat_request::content& ask, request_writer& body) {
  auto& json = body.json();
  body.optional("max_tokens", ask.max_tokens);
  body.optional("temperature", ask.temperature);
  body.optional("p", ask.top_p);
  body.optional("k", ask.top_k);
  body.optional("seed", ask.seed);
  body.optional("frequency_penalty", ask.frequency_penalty);
  body.optional("presence_penalty", ask.presence_penalty);
  if (ask.logprobs && body.ours("logprobs")) json.member("logprobs", true);
  body.optional("stop_sequences", ask.stop);
}

error refusal(const chat_request::content& ask, std::vector<std::string>& dropped) {
  const bool other_parts = std::ranges::any_of(
      ask.messages, [](const message& turn) { return !std::ranges::all_of(turn.parts, is_expressible); });
  gaps missing{"Cohere's API", ask, dropped};
  missing.note(other_parts, "parts that are neither text nor a picture");
  missing.note(ask.choices.value_or(1) > 1, "choices");
  missing.note(ask.logprobs.value_or(0) > 0, "alternatives to tokens");
  missing.note(ask.parallel_tool_calls == false, "parallel_tool_calls(false)");
  missing.note(ask.show_reasoning == false, "show_reasoning(false)");
  missing.note(!ask.cache_key.empty(), "cache_key");
  missing.note(!ask.service_tier.empty(), "service_tier");
  missing.note(!ask.user.empty(), "end_user");
  missing.note(!ask.metadata.empty(), "metadata");
  return missing.refusal();
}

}  // namespace

std::string_view cohere_input_type(embedding_purpose purpose) noexcept {
  switch (purpose) {
    case embedding_purpose::unsaid:
    case embedding_purpose::document: break;
    case embedding_purpose::query: return "search_query";
    case embedding_purpose::classification: return "classification";
    case embedding_purpose::clustering:
    case embedding_purpose::similarity: return "clustering";
  }
  return "search_document";
}

result<request_bytes> encode_cohere(const chat_request& request, std::string_view model, bool stream) {
  const auto& ask = request.read();
  auto found = request_fault(ask, model);
  if (found.code() != errc::none) return found;
  request_bytes out{"POST", "/v2/chat"};
  auto refused = refusal(ask, out.dropped);
  if (refused.code() != errc::none) return refused;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object().member("model", model).key("messages").begin_array();
  for (const auto& turn : ask.messages) write_turn(turn, json);
  json.end_array().member("stream", stream);
  write_sampling(ask, body);
  write_tools(ask, body, json);
  if (body.ours("response_format")) write_format(ask, json);
  if (body.ours("thinking")) write_thinking(ask, json);
  body.extra();
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
