#include "openai_chat_encode.hpp"

#include "openai_chat_turns.hpp"
#include "request_writer.hpp"

namespace cohedge::dialect {
namespace {

using thinking = deviations::thinking_request;

void write_tool(const tool& offered, wire::json_writer& json) {
  json.begin_object().member("type", "function").key("function").begin_object();
  json.member("name", offered.name);
  if (!offered.description.empty()) json.member("description", offered.description);
  if (!offered.parameters.empty()) json.key("parameters").raw(offered.parameters);
  if (offered.strict) json.member("strict", *offered.strict);
  json.end_object().end_object();
}

void write_tools(const chat_request::content& ask, const deviations& server, request_writer& body) {
  if (ask.tools.empty()) return;
  auto& json = body.json();
  if (body.ours("tools")) {
    json.key("tools").begin_array();
    for (const auto& offered : ask.tools) write_tool(offered, json);
    json.end_array();
  }
  body.optional("parallel_tool_calls", ask.parallel_tool_calls);
  const auto& choice = ask.tool_choice;
  if (choice.empty() || !body.ours("tool_choice")) return;
  if (choice == "required" && server.required_is_any()) {
    json.member("tool_choice", "any");
  } else if (choice == "auto" || choice == "none" || choice == "required") {
    json.member("tool_choice", choice);
  } else {
    json.key("tool_choice").begin_object().member("type", "function");
    json.key("function").begin_object().member("name", choice).end_object().end_object();
  }
}

void write_response_format(const chat_request::content& ask, const deviations& server, request_writer& body) {
  const bool schema = !ask.response_schema.empty() && server.json_schema();
  if ((!schema && !ask.json) || !body.ours("response_format")) return;
  auto& json = body.json().key("response_format").begin_object();
  if (!schema) {
    json.member("type", "json_object").end_object();
    return;
  }
  json.member("type", "json_schema").key("json_schema").begin_object();
  json.member("name", ask.schema_name.empty() ? std::string_view{"answer"} : std::string_view{ask.schema_name});
  json.key("schema").raw(ask.response_schema).member("strict", ask.schema_strict);
  json.end_object().end_object();
}

bool switched_off(const chat_request::content& ask) noexcept {
  return ask.reasoning_effort == "none" || ask.reasoning_budget == 0U;
}

void write_thinking(const chat_request::content& ask, const deviations& server, request_writer& body) {
  auto& json = body.json();
  const bool asked = !ask.reasoning_effort.empty() || ask.reasoning_budget;
  switch (server.thinking_as()) {
    case thinking::reasoning_effort: body.optional("reasoning_effort", ask.reasoning_effort); break;
    case thinking::reasoning:
      if ((!asked && !ask.show_reasoning) || !body.ours("reasoning")) break;
      json.key("reasoning").begin_object();
      if (!ask.reasoning_effort.empty()) json.member("effort", ask.reasoning_effort);
      if (ask.reasoning_budget) json.member("max_tokens", *ask.reasoning_budget);
      if (ask.show_reasoning) json.member("exclude", !*ask.show_reasoning);
      json.end_object();
      break;
    case thinking::thinking:
      if (!switched_off(ask))
        body.optional("reasoning_effort", ask.reasoning_effort);
      else if (body.ours("thinking"))
        json.key("thinking").begin_object().member("type", "disabled").end_object();
      break;
    case thinking::enable_thinking:
      if (asked && body.ours("enable_thinking")) json.member("enable_thinking", !switched_off(ask));
      if (!switched_off(ask)) body.optional("thinking_budget", ask.reasoning_budget);
      break;
  }
}

// What the server has no words for.
error note_gaps(const chat_request::content& ask, const deviations& server, std::vector<std::string>& dropped) {
  gaps missing{"openai.chat", ask, dropped};
  for (const auto& turn : ask.messages)
    for (const auto& piece : turn.parts) {
      const auto what = chat_gap(turn.role, piece);
      missing.note(!what.empty(), what);
    }
  const auto how = server.thinking_as();
  const bool levels = !ask.reasoning_effort.empty() && ask.reasoning_effort != "none";
  const bool budget = ask.reasoning_budget && !(ask.reasoning_budget == 0U && how == thinking::thinking);
  missing.note(ask.top_k.has_value() && !server.top_k(), "top_k")
      .note(!ask.response_schema.empty() && !server.json_schema(), "a JSON schema for the answer")
      .note(budget && (how == thinking::reasoning_effort || how == thinking::thinking), "a budget for reasoning")
      .note(levels && how == thinking::enable_thinking, "levels of reasoning effort")
      .note(ask.show_reasoning && how != thinking::reasoning && *ask.show_reasoning != server.shows_reasoning(),
            *ask.show_reasoning ? "that reasoning is shown" : "that reasoning is not shown");
  return missing.refusal();
}

void write_sampling(const chat_request::content& ask, const deviations& server, request_writer& body) {
  const bool old_name = server.max_tokens_as() == deviations::max_tokens_member::max_tokens;
  if (body.ours("max_tokens") && body.ours("max_completion_tokens"))
    body.optional(old_name ? wire::json_string{"max_tokens"} : wire::json_string{"max_completion_tokens"},
                  ask.max_tokens);
  body.optional("temperature", ask.temperature);
  body.optional("top_p", ask.top_p);
  if (server.top_k()) body.optional("top_k", ask.top_k);
  body.optional("frequency_penalty", ask.frequency_penalty);
  body.optional("presence_penalty", ask.presence_penalty);
  if (body.ours("seed"))
    body.optional(server.random_seed() ? wire::json_string{"random_seed"} : wire::json_string{"seed"}, ask.seed);
  body.optional("stop", ask.stop);
  body.optional("n", ask.choices);
  if (!ask.logprobs) return;
  if (body.ours("logprobs")) body.json().member("logprobs", true);
  if (*ask.logprobs > 0) body.optional("top_logprobs", ask.logprobs);
}

}  // namespace

result<request_bytes> encode_chat(const chat_request& request, std::string_view model, bool stream,
                                  const deviations& server) {
  const auto& ask = request.read();
  request_bytes out{"POST", "/chat/completions"};
  auto fault = request_fault(ask, model);
  if (fault.code() == errc::none) fault = note_gaps(ask, server, out.dropped);
  if (fault.code() != errc::none) return fault;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object().member("model", model).key("messages").begin_array();
  for (const auto& turn : ask.messages) write_chat_turn(turn, server, json);
  json.end_array();
  write_sampling(ask, server, body);
  write_tools(ask, server, body);
  write_response_format(ask, server, body);
  write_thinking(ask, server, body);
  body.optional("user", ask.user);
  body.optional("prompt_cache_key", ask.cache_key);
  body.optional("service_tier", ask.service_tier);
  // OpenAI keeps metadata with stored completions only, and refuses it without this.
  if (body.metadata() && body.ours("store")) json.member("store", true);
  body.stream(stream, server);
  body.extra();
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
