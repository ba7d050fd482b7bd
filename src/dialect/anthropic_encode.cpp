#include "anthropic_encode.hpp"

#include <cohedge/wire/url.hpp>

#include <algorithm>

namespace cohedge::dialect {
namespace {

using wire::json_writer;
using content = chat_request::content;

bool thinks_not(const content& ask) noexcept { return ask.reasoning_budget == 0U || ask.reasoning_effort == "none"; }

/// Writes what both requests have: the prompt, the tools, and how to think about them.
class prompt_writer {
 public:
  prompt_writer(const content& ask, request_writer& body) : ask_{ask}, body_{body}, json_{body.json()} {}

  void write() {
    write_conversation(ask_, body_, json_);
    write_tools();
    write_tool_choice();
    write_thinking();
    write_output_config();
  }

 private:
  void write_tools() {
    if (ask_.tools.empty() || !body_.ours("tools")) return;
    json_.key("tools").begin_array();
    for (const auto& offered : ask_.tools) {
      json_.begin_object().member("name", offered.name);
      if (!offered.description.empty()) json_.member("description", offered.description);
      json_.key("input_schema").raw(offered.parameters.empty() ? R"({"type":"object"})" : offered.parameters);
      if (offered.strict) json_.member("strict", *offered.strict);
      write_cache_control(offered.cache_here, json_);
      json_.end_object();
    }
    json_.end_array();
  }

  // Whether tools may be asked for side by side is a part of the choice.
  void write_tool_choice() {
    const auto& choice = ask_.tool_choice;
    if (ask_.tools.empty() || (choice.empty() && !ask_.parallel_tool_calls) || !body_.ours("tool_choice")) return;
    json_.key("tool_choice").begin_object();
    if (choice == "none") return void(json_.member("type", choice).end_object());
    if (choice.empty() || choice == "auto")
      json_.member("type", "auto");
    else if (choice == "required")
      json_.member("type", "any");
    else
      json_.member("type", "tool").member("name", choice);
    if (ask_.parallel_tool_calls) json_.member("disable_parallel_tool_use", !*ask_.parallel_tool_calls);
    json_.end_object();
  }

  // A budget is what models before 4.6 know; those since decide themselves, guided by the effort.
  void write_thinking() {
    const bool off = thinks_not(ask_), shown = ask_.show_reasoning.value_or(false);
    const bool asked = off || ask_.reasoning_budget || !ask_.reasoning_effort.empty() || shown;
    if (!asked || !body_.ours("thinking")) return;
    json_.key("thinking").begin_object();
    if (off) return void(json_.member("type", "disabled").end_object());
    if (ask_.reasoning_budget)
      json_.member("type", "enabled").member("budget_tokens", *ask_.reasoning_budget);
    else
      json_.member("type", "adaptive");
    if (ask_.show_reasoning) json_.member("display", shown ? "summarized" : "omitted");
    json_.end_object();
  }

  void write_output_config() {
    const auto& effort = ask_.reasoning_effort;
    const bool has_effort = !effort.empty() && effort != "none";
    if ((!has_effort && ask_.response_schema.empty()) || !body_.ours("output_config")) return;
    json_.key("output_config").begin_object();
    if (has_effort) json_.member("effort", effort == "minimal" ? std::string_view{"low"} : std::string_view{effort});
    if (!ask_.response_schema.empty())
      json_.key("format")
          .begin_object()
          .member("type", "json_schema")
          .key("schema")
          .raw(ask_.response_schema)
          .end_object();
    json_.end_object();
  }

  const content& ask_;
  request_writer& body_;
  json_writer& json_;
};

void write_limits(const content& ask, request_writer& body, json_writer& json) {
  const auto thoughts = thinks_not(ask) ? 0 : ask.reasoning_budget.value_or(0);
  const std::uint64_t most = ask.max_tokens ? *ask.max_tokens : anthropic_max_tokens + std::uint64_t{thoughts};
  if (body.ours("max_tokens")) json.member("max_tokens", most);
  body.optional("temperature", ask.temperature);
  body.optional("top_p", ask.top_p);
  body.optional("top_k", ask.top_k);
  body.optional("stop_sequences", ask.stop);
}

std::string_view user_of(const content& ask) noexcept {
  if (!ask.user.empty()) return ask.user;
  const auto given = std::ranges::find(ask.metadata, "user_id", [](const auto& each) { return each.first; });
  return given == ask.metadata.end() ? std::string_view{} : given->second;
}

void write_user(const content& ask, const request_writer& body, json_writer& json) {
  const auto user = user_of(ask);
  if (user.empty() || !body.ours("metadata")) return;
  json.key("metadata").begin_object().member("user_id", user).end_object();
}

void note_gaps(const content& ask, gaps& missing) {
  note_conversation_gaps(ask, missing);
  const bool more_metadata =
      std::ranges::any_of(ask.metadata, [](const auto& each) { return each.first != "user_id"; });
  missing.note(ask.seed.has_value(), "a seed").note(ask.choices.value_or(1) > 1, "several choices");
  missing.note(ask.frequency_penalty.has_value(), "frequency_penalty");
  missing.note(ask.presence_penalty.has_value(), "presence_penalty").note(ask.logprobs.has_value(), "logprobs");
  missing.note(ask.json && ask.response_schema.empty(), "JSON without a schema");
  missing.note(!ask.cache_key.empty(), "a cache key").note(more_metadata, "metadata other than user_id");
}

error fault_in(const content& ask, std::string_view model) {
  auto fault = request_fault(ask, model);
  if (fault.code() == errc::none) fault = conversation_fault(ask);
  if (fault.code() != errc::none) return fault;
  if (ask.temperature && (*ask.temperature < 0 || *ask.temperature > 1))
    return {errc::invalid_argument, "temperature: Anthropic's range is 0 to 1"};
  return {};
}

// Where the model is a part of the path, the version of the API is a member of the body.
void write_host(messages_host host, std::string_view model, bool model_in_path, json_writer& json) {
  if (host == messages_host::vertex) json.member("anthropic_version", "vertex-2023-10-16");
  if (host == messages_host::bedrock) json.member("anthropic_version", "bedrock-2023-05-31");
  if (!model_in_path) json.member("model", model);
}

std::string path_of(messages_host host, std::string_view model, bool stream) {
  if (host == messages_host::anthropic) return "/v1/messages";
  if (host == messages_host::bedrock) return {};
  std::string path{"/models/"};
  wire::append_path_segment(path, model);
  return path.append(stream ? ":streamRawPredict" : ":rawPredict");
}

}  // namespace

result<request_bytes> encode_messages(const chat_request& request, std::string_view model, bool stream,
                                      messages_host host) {
  const auto& ask = request.read();
  auto fault = fault_in(ask, model);
  if (fault.code() != errc::none) return fault;
  request_bytes out{"POST", path_of(host, model, stream)};
  gaps missing{"Anthropic's Messages API", ask, out.dropped};
  note_gaps(ask, missing);
  if (auto refusal = missing.refusal(); refusal.code() != errc::none) return refusal;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object();
  write_host(host, model, host != messages_host::anthropic, json);
  write_limits(ask, body, json);
  prompt_writer{ask, body}.write();
  write_user(ask, body, json);
  body.optional("service_tier", ask.service_tier);
  if (stream && host != messages_host::bedrock) json.member("stream", true);
  body.extra();
  json.end_object();
  return out;
}

result<request_bytes> encode_message_count(const chat_request& request, std::string_view model, messages_host host) {
  const auto& ask = request.read();
  auto fault = fault_in(ask, model);
  if (fault.code() != errc::none) return fault;
  const bool vertex = host == messages_host::vertex;
  request_bytes out{"POST", vertex ? "/models/count-tokens:rawPredict" : "/v1/messages/count_tokens"};
  gaps missing{"Anthropic's Messages API", ask, out.dropped};
  note_conversation_gaps(ask, missing);
  if (auto refusal = missing.refusal(); refusal.code() != errc::none) return refusal;
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object();
  write_host(host, model, false, json);
  prompt_writer{ask, body}.write();
  body.extra({"system", "tools", "tool_choice", "thinking", "output_config", "context_management", "mcp_servers"});
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
