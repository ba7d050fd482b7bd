#include "gemini_encode.hpp"

#include <cohedge/wire/url.hpp>

#include <algorithm>

#include "gemini_contents.hpp"
#include "nested_object.hpp"
#include "request_writer.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

void write_tools(const chat_request::content& ask, json_writer& json) {
  json.key("tools").begin_array().begin_object().key("functionDeclarations").begin_array();
  for (const auto& offered : ask.tools) {
    json.begin_object().member("name", offered.name);
    if (!offered.description.empty()) json.member("description", offered.description);
    if (!offered.parameters.empty()) json.key("parametersJsonSchema").raw(offered.parameters);
    json.end_object();
  }
  json.end_array().end_object().end_array();
}

// VALIDATED is the mode in which the model may, but need not call, and arguments must follow the schema.
void write_tool_choice(const chat_request::content& ask, json_writer& json) {
  const auto& choice = ask.tool_choice;
  const bool free = choice.empty() || choice == "auto";
  const bool strict = std::ranges::any_of(ask.tools, [](const tool& one) { return one.strict == true; });
  if (choice.empty() && !strict) return;
  const std::string_view mode = free ? (strict ? "VALIDATED" : "AUTO") : choice == "none" ? "NONE" : "ANY";
  json.key("toolConfig").begin_object().key("functionCallingConfig").begin_object().member("mode", mode);
  if (!free && choice != "none" && choice != "required")
    json.key("allowedFunctionNames").begin_array().string(choice).end_array();
  json.end_object().end_object();
}

// Gemini 3 has levels; the models before it have budgets, for which Google's own compatible API uses these numbers.
void write_effort(std::string_view effort, std::string_view model, json_writer& json) {
  if (effort == "none") {
    json.member("thinkingBudget", 0);
  } else if (model.find("gemini-2.") != std::string_view::npos) {
    const bool least = effort == "minimal" || effort == "low";
    json.member("thinkingBudget", least ? 1024 : effort == "medium" ? 8192 : 24576);
  } else {
    const bool most = effort == "xhigh" || effort == "max";
    json.member("thinkingLevel", most ? std::string_view{"high"} : effort);
  }
}

void write_thinking(const chat_request::content& ask, std::string_view model, nested_object& config) {
  if (ask.reasoning_effort.empty() && !ask.reasoning_budget && !ask.show_reasoning) return;
  if (!config.ours("thinkingConfig")) return;
  auto& json = config.json();
  json.key("thinkingConfig").begin_object();
  if (ask.reasoning_budget)
    json.member("thinkingBudget", *ask.reasoning_budget);
  else if (!ask.reasoning_effort.empty())
    write_effort(ask.reasoning_effort, model, json);
  if (ask.show_reasoning) json.member("includeThoughts", *ask.show_reasoning);
  json.end_object();
}

// OpenAI's word for one picture is Gemini's for all of them: the first that has one decides.
std::string_view resolution(const chat_request::content& ask) {
  for (const auto& turn : ask.messages)
    for (const auto& piece : turn.parts)
      if (piece.detail() == "low" || piece.detail() == "high")
        return piece.detail() == "low" ? "MEDIA_RESOLUTION_LOW" : "MEDIA_RESOLUTION_HIGH";
  return {};
}

void write_format(const chat_request::content& ask, nested_object& config) {
  if (!ask.json && ask.response_schema.empty()) return;
  if (config.ours("responseMimeType")) config.json().member("responseMimeType", "application/json");
  const bool schema = !ask.response_schema.empty() && config.ours("responseJsonSchema");
  if (schema && config.ours("responseSchema")) config.json().key("responseJsonSchema").raw(ask.response_schema);
}

void write_generation(const chat_request::content& ask, std::string_view model, request_writer& body) {
  nested_object config{body, ask, "generationConfig"};
  config.optional("candidateCount", ask.choices);
  config.optional("maxOutputTokens", ask.max_tokens);
  config.optional("temperature", ask.temperature);
  config.optional("topP", ask.top_p);
  config.optional("topK", ask.top_k);
  config.optional("seed", ask.seed);
  config.optional("presencePenalty", ask.presence_penalty);
  config.optional("frequencyPenalty", ask.frequency_penalty);
  config.optional("stopSequences", ask.stop);
  if (ask.logprobs && config.ours("responseLogprobs")) config.json().member("responseLogprobs", true);
  if (ask.logprobs.value_or(0) > 0) config.optional("logprobs", ask.logprobs);
  write_format(ask, config);
  const auto seen = resolution(ask);
  if (!seen.empty() && config.ours("mediaResolution")) config.json().member("mediaResolution", seen);
  write_thinking(ask, model, config);
  config.end();
}

void write_body(const chat_request::content& ask, std::string_view model, request_writer& body) {
  auto& json = body.json();
  if (body.ours("systemInstruction")) write_gemini_system(ask, json);
  write_gemini_contents(ask, model, json);
  if (!ask.tools.empty() && body.ours("tools")) write_tools(ask, json);
  if (!ask.tools.empty() && body.ours("toolConfig")) write_tool_choice(ask, json);
  write_generation(ask, model, body);
}

// Caching is implicit, so hints about it are not missed.
error refusal(const chat_request::content& ask, std::vector<std::string>& dropped) {
  gaps missing{"Gemini's API", ask, dropped};
  missing.note(ask.parallel_tool_calls == false, "parallel_tool_calls(false)");
  missing.note(!ask.cache_key.empty(), "cache_key");
  missing.note(!ask.service_tier.empty(), "service_tier");
  missing.note(!ask.user.empty(), "end_user");
  missing.note(!ask.metadata.empty(), "metadata");
  return missing.refusal();
}

error fault(const chat_request::content& ask, std::string_view model) {
  auto found = request_fault(ask, model);
  return found.code() == errc::none ? gemini_conversation_fault(ask) : found;
}

}  // namespace

std::string gemini_resource(std::string_view model) {
  constexpr std::string_view folder = "models/", tuned = "tunedModels/";
  const auto at = model.rfind(folder);
  const bool in_folder = at != std::string_view::npos && (at == 0 || model[at - 1] == '/');
  const bool is_tuned = !in_folder && model.starts_with(tuned);
  if (in_folder) model.remove_prefix(at + folder.size());
  if (is_tuned) model.remove_prefix(tuned.size());
  std::string path{is_tuned ? tuned : folder};
  wire::append_path_segment(path, model);
  return path;
}

std::string gemini_target(std::string_view model, std::string_view method) {
  return "/" + gemini_resource(model).append(":").append(method);
}

result<request_bytes> encode_gemini(const chat_request& request, std::string_view model, bool stream) {
  const auto& ask = request.read();
  if (auto found = fault(ask, model); found.code() != errc::none) return found;
  request_bytes out{"POST", gemini_target(model, stream ? "streamGenerateContent?alt=sse" : "generateContent")};
  if (auto refused = refusal(ask, out.dropped); refused.code() != errc::none) return refused;
  request_writer body{ask, out.body};
  body.json().begin_object();
  write_body(ask, model, body);
  body.extra();
  body.json().end_object();
  return out;
}

// Vertex counts the members of a request as they are; Gemini wants them in an object that names the model again.
result<request_bytes> encode_gemini_count(const chat_request& request, std::string_view model, google_api api) {
  const auto& ask = request.read();
  if (auto found = fault(ask, model); found.code() != errc::none) return found;
  request_bytes out{"POST", gemini_target(model, "countTokens")};
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object();
  const bool wrapped = api == google_api::gemini;
  if (wrapped) json.key("generateContentRequest").begin_object().member("model", gemini_resource(model));
  if (body.ours("systemInstruction")) write_gemini_system(ask, json);
  write_gemini_contents(ask, model, json);
  if (!ask.tools.empty() && body.ours("tools")) write_tools(ask, json);
  if (wrapped) {
    body.extra();
    json.end_object();
  }
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
