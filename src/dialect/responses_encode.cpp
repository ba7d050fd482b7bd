#include "responses_encode.hpp"

#include <algorithm>

#include "request_writer.hpp"
#include "responses_input.hpp"

namespace cohedge::dialect {
namespace {

void write_tool(const tool& offered, wire::json_writer& json) {
  json.begin_object().member("type", "function").member("name", offered.name);
  if (!offered.description.empty()) json.member("description", offered.description);
  // The member is required.
  json.key("parameters").raw(offered.parameters.empty() ? R"({"type":"object","properties":{}})" : offered.parameters);
  if (offered.strict) json.member("strict", *offered.strict);
  json.end_object();
}

void write_tools(const chat_request::content& ask, request_writer& body) {
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
  if (choice == "auto" || choice == "none" || choice == "required")
    json.member("tool_choice", choice);
  else
    json.key("tool_choice").begin_object().member("type", "function").member("name", choice).end_object();
}

void write_format(const chat_request::content& ask, request_writer& body) {
  if ((ask.response_schema.empty() && !ask.json) || !body.ours("text")) return;
  auto& json = body.json();
  json.key("text").begin_object().key("format").begin_object();
  if (ask.response_schema.empty()) {
    json.member("type", "json_object");
  } else {
    json.member("type", "json_schema");
    json.member("name", ask.schema_name.empty() ? std::string_view{"answer"} : std::string_view{ask.schema_name});
    json.key("schema").raw(ask.response_schema).member("strict", ask.schema_strict);
  }
  json.end_object().end_object();
}

bool shows_reasoning(const chat_request::content& ask) noexcept { return ask.show_reasoning.value_or(false); }

void write_reasoning(const chat_request::content& ask, request_writer& body) {
  if ((ask.reasoning_effort.empty() && !shows_reasoning(ask)) || !body.ours("reasoning")) return;
  auto& json = body.json().key("reasoning").begin_object();
  if (!ask.reasoning_effort.empty()) json.member("effort", ask.reasoning_effort);
  if (shows_reasoning(ask)) json.member("summary", "auto");
  json.end_object();
}

// Reasoning is asked for in a form that can be given back only where the request speaks of reasoning: OpenAI refuses
// the word for models that do not reason.
bool keeps_reasoning(const chat_request::content& ask) noexcept {
  const bool reasons = !ask.reasoning_effort.empty() && ask.reasoning_effort != "none";
  const auto of_this_api = [](const message& turn) { return std::ranges::any_of(turn.reasoning, is_encrypted_reasoning); };
  return reasons || shows_reasoning(ask) || std::ranges::any_of(ask.messages, of_this_api);
}

void write_include(const chat_request::content& ask, request_writer& body) {
  const bool keep = keeps_reasoning(ask);
  if ((!keep && !ask.logprobs) || !body.ours("include")) return;
  auto& json = body.json().key("include").begin_array();
  if (keep) json.string("reasoning.encrypted_content");
  if (ask.logprobs) json.string("message.output_text.logprobs");
  json.end_array();
}

error note_gaps(const chat_request::content& ask, std::vector<std::string>& dropped) {
  gaps missing{"openai.responses", ask, dropped};
  for (const auto& turn : ask.messages)
    for (const auto& piece : turn.parts) {
      const auto what = responses_gap(turn.role, piece);
      missing.note(!what.empty(), what);
    }
  return missing.note(ask.seed.has_value(), "a seed")
      .note(!ask.stop.empty(), "stop sequences")
      .note(ask.top_k.has_value(), "top_k")
      .note(ask.frequency_penalty.has_value(), "frequency_penalty")
      .note(ask.presence_penalty.has_value(), "presence_penalty")
      .note(ask.choices.value_or(1) != 1, "several choices")
      .note(ask.reasoning_budget.has_value(), "a budget for reasoning")
      .refusal();
}

// What counts as prompt: the same for an answer and for the count of its tokens.
void write_prompt(const chat_request::content& ask, std::string_view model, const deviations& server,
                  request_writer& body) {
  auto& json = body.json();
  json.begin_object().member("model", model).key("input").begin_array();
  for (const auto& turn : ask.messages) write_input_items(turn, server, json);
  json.end_array();
  write_tools(ask, body);
  write_format(ask, body);
  write_reasoning(ask, body);
}

}  // namespace

result<request_bytes> encode_response(const chat_request& request, std::string_view model, bool stream,
                                      const deviations& server) {
  const auto& ask = request.read();
  request_bytes out{"POST", "/responses"};
  auto fault = request_fault(ask, model);
  if (fault.code() == errc::none) fault = note_gaps(ask, out.dropped);
  if (fault.code() != errc::none) return fault;
  request_writer body{ask, out.body};
  auto& json = body.json();
  write_prompt(ask, model, server, body);
  body.optional("max_output_tokens", ask.max_tokens);
  body.optional("temperature", ask.temperature);
  body.optional("top_p", ask.top_p);
  if (ask.logprobs.value_or(0) > 0) body.optional("top_logprobs", ask.logprobs);
  write_include(ask, body);
  body.optional("user", ask.user);
  body.optional("prompt_cache_key", ask.cache_key);
  body.optional("service_tier", ask.service_tier);
  const bool kept = body.metadata();
  if (body.ours("store")) json.member("store", kept);
  if (stream) json.member("stream", true);
  if (stream && server.without_obfuscation() && body.ours("stream_options"))
    json.key("stream_options").begin_object().member("include_obfuscation", false).end_object();
  body.extra();
  json.end_object();
  return out;
}

result<request_bytes> encode_response_count(const chat_request& request, std::string_view model,
                                            const deviations& server) {
  const auto& ask = request.read();
  request_bytes out{"POST", "/responses/input_tokens"};
  auto fault = request_fault(ask, model);
  if (fault.code() != errc::none) return fault;
  request_writer body{ask, out.body};
  write_prompt(ask, model, server, body);
  body.extra();
  body.json().end_object();
  return out;
}

}  // namespace cohedge::dialect
