#include "converse_encode.hpp"

#include <cohedge/wire/url.hpp>

#include <algorithm>
#include <utility>

namespace cohedge::dialect {
namespace {

using content = chat_request::content;
using wire::json_writer;

bool is_of(std::string_view model, std::string_view family) noexcept {
  return model.find(family) != std::string_view::npos;
}
bool is_claude(std::string_view model) noexcept { return is_of(model, "anthropic."); }
bool is_nova(std::string_view model) noexcept { return is_of(model, "amazon.nova"); }
bool is_gpt(std::string_view model) noexcept { return is_of(model, "openai."); }

/// Converse has no way to offer tools that must not be called. Where none was called before, they need not be named.
bool calls_before(const content& ask) noexcept {
  return std::ranges::any_of(ask.messages, [](const message& turn) { return !turn.tool_calls.empty(); });
}

void write_tool(const tool& offered, json_writer& json) {
  json.begin_object().key("toolSpec").begin_object().member("name", offered.name);
  if (!offered.description.empty()) json.member("description", offered.description);
  json.key("inputSchema").begin_object().key("json");
  json.raw(offered.parameters.empty() ? R"({"type":"object","properties":{}})" : std::string_view{offered.parameters});
  json.end_object();
  if (offered.strict) json.member("strict", *offered.strict);
  json.end_object().end_object();
  if (offered.cache_here) write_cache_point(json);
}

void write_tools(const content& ask, const request_writer& body, json_writer& json) {
  const auto& choice = ask.tool_choice;
  if (ask.tools.empty() || !body.ours("toolConfig") || (choice == "none" && !calls_before(ask))) return;
  json.key("toolConfig").begin_object().key("tools").begin_array();
  for (const auto& offered : ask.tools) write_tool(offered, json);
  json.end_array();
  if (!choice.empty() && choice != "none") {
    json.key("toolChoice").begin_object();
    if (choice == "auto")
      json.key("auto").begin_object().end_object();
    else if (choice == "required")
      json.key("any").begin_object().end_object();
    else
      json.key("tool").begin_object().member("name", choice).end_object();
    json.end_object();
  }
  json.end_object();
}

void write_sampling(const content& ask, const request_writer& body, json_writer& json) {
  if (!body.ours("inferenceConfig") || !(ask.max_tokens || ask.temperature || ask.top_p || !ask.stop.empty())) return;
  json.key("inferenceConfig").begin_object();
  if (ask.max_tokens) json.member("maxTokens", *ask.max_tokens);
  if (ask.temperature) json.member("temperature", *ask.temperature);
  if (ask.top_p) json.member("topP", *ask.top_p);
  if (!ask.stop.empty()) write_texts("stopSequences", ask.stop, json);
  json.end_object();
}

/// Thinking is switched on in each family's own words; where it has none, Converse's `effort` remains.
bool effort_is_the_models(const content& ask, std::string_view model) noexcept {
  return is_nova(model) || is_gpt(model) || (is_claude(model) && ask.reasoning_effort == "none");
}

void write_thinking(const content& ask, std::string_view model, json_writer& json) {
  const auto& effort = ask.reasoning_effort;
  if (is_claude(model) && (ask.reasoning_budget == 0U || effort == "none")) {
    json.key("thinking").begin_object().member("type", "disabled").end_object();
  } else if (is_claude(model) && ask.reasoning_budget) {
    json.key("thinking").begin_object().member("type", "enabled");
    json.member("budget_tokens", *ask.reasoning_budget).end_object();
  } else if (is_nova(model) && !effort.empty()) {
    json.key("reasoningConfig").begin_object().member("type", effort == "none" ? "disabled" : "enabled");
    if (effort != "none") json.member("maxReasoningEffort", effort);
    json.end_object();
  } else if (is_gpt(model) && !effort.empty()) {
    json.member("reasoning_effort", effort);
  }
}

/// What Converse passes on to the model as it is.
void write_model_fields(const content& ask, std::string_view model, const request_writer& body, json_writer& json) {
  std::string fields;
  json_writer inside{fields};
  inside.begin_object();
  if (ask.top_k && is_nova(model))
    inside.key("inferenceConfig").begin_object().member("topK", *ask.top_k).end_object();
  else if (ask.top_k)
    inside.member("top_k", *ask.top_k);
  write_thinking(ask, model, inside);
  inside.end_object();
  if (fields != "{}" && body.ours("additionalModelRequestFields")) json.key("additionalModelRequestFields").raw(fields);
}

void write_output(const content& ask, std::string_view model, const request_writer& body, json_writer& json) {
  const bool effort = !ask.reasoning_effort.empty() && !effort_is_the_models(ask, model);
  if (!body.ours("outputConfig") || (ask.response_schema.empty() && !effort)) return;
  json.key("outputConfig").begin_object();
  if (effort) json.member("effort", ask.reasoning_effort);
  if (!ask.response_schema.empty()) {
    json.key("textFormat").begin_object().member("type", "json_schema").key("structure").begin_object();
    json.key("jsonSchema").begin_object().member("schema", ask.response_schema);
    json.member("name", ask.schema_name.empty() ? std::string_view{"answer"} : std::string_view{ask.schema_name});
    json.end_object().end_object().end_object();
  }
  json.end_object();
}

void write_rest(const content& ask, const request_writer& body, json_writer& json) {
  if (!ask.service_tier.empty() && body.ours("serviceTier"))
    json.key("serviceTier").begin_object().member("type", ask.service_tier).end_object();
  if (ask.metadata.empty() || !body.ours("requestMetadata")) return;
  json.key("requestMetadata").begin_object();
  for (const auto& [key, value] : ask.metadata) json.member(wire::json_string{key}, value);
  json.end_object();
}

void note_gaps(const content& ask, std::string_view model, gaps& missing) {
  note_turn_gaps(ask, missing);
  missing.note(ask.seed.has_value(), "seed");
  missing.note(ask.frequency_penalty.has_value(), "frequency_penalty");
  missing.note(ask.presence_penalty.has_value(), "presence_penalty");
  missing.note(ask.choices.value_or(1) > 1, "more than one answer");
  missing.note(ask.logprobs.has_value(), "logprobs");
  missing.note(ask.tool_choice == "none" && calls_before(ask), "tool_choice \"none\" after calls");
  missing.note(ask.parallel_tool_calls == false, "parallel_tool_calls");
  missing.note(ask.json && ask.response_schema.empty(), "JSON without a schema");
  missing.note(ask.reasoning_budget.has_value() && !is_claude(model), "a reasoning budget for this model");
  missing.note(ask.show_reasoning == false, "show_reasoning");
  missing.note(!ask.cache_key.empty(), "cache_key");
  missing.note(!ask.user.empty(), "end_user");
}

error fault_of(const content& ask, std::string_view model) {
  auto fault = request_fault(ask, model);
  return fault.code() == errc::none ? turns_fault(ask) : fault;
}

}  // namespace

std::string model_path(std::string_view model, std::string_view operation) {
  std::string path{"/model/"};
  wire::append_path_segment(path, model);
  return path.append("/").append(operation);
}

result<request_bytes> encode_converse(const chat_request& request, std::string_view model, bool stream) {
  const auto& ask = request.read();
  auto fault = fault_of(ask, model);
  if (fault.code() != errc::none) return fault;
  request_bytes out{"POST", model_path(model, stream ? "converse-stream" : "converse")};
  gaps missing{"Bedrock's Converse", ask, out.dropped};
  note_gaps(ask, model, missing);
  if (auto refusal = missing.refusal(); refusal.code() != errc::none) return refusal;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object();
  write_turns(ask, body, json);
  write_sampling(ask, body, json);
  write_tools(ask, body, json);
  write_model_fields(ask, model, body, json);
  write_output(ask, model, body, json);
  write_rest(ask, body, json);
  body.extra();
  json.end_object();
  return out;
}

// Only what makes up the prompt.
result<request_bytes> encode_converse_count(const chat_request& request, std::string_view model) {
  const auto& ask = request.read();
  auto fault = fault_of(ask, model);
  if (fault.code() != errc::none) return fault;
  request_bytes out{"POST", model_path(model, "count-tokens")};
  gaps missing{"Bedrock's CountTokens", ask, out.dropped};
  note_turn_gaps(ask, missing);
  if (auto refusal = missing.refusal(); refusal.code() != errc::none) return refusal;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object().key("input").begin_object().key("converse").begin_object();
  write_turns(ask, body, json);
  write_tools(ask, body, json);
  body.extra({"system", "toolConfig", "additionalModelRequestFields"});
  json.end_object().end_object().end_object();
  return out;
}

}  // namespace cohedge::dialect
