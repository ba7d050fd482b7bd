#include "openai_chat_encode.hpp"

#include "request_writer.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

std::string_view role_name(role who, const deviations& server) noexcept {
  switch (who) {
    case role::system:
    case role::developer: return server.system_as() == deviations::system_role::developer ? "developer" : "system";
    case role::user: return "user";
    case role::assistant: return "assistant";
    case role::tool: return "tool";
  }
  return "user";
}

void write_call(const tool_call& call, json_writer& json) {
  json.begin_object().member("id", call.id).member("type", "function").key("function").begin_object();
  json.member("name", call.name);
  // Some servers parse the arguments of earlier calls, and "" is no JSON.
  json.member("arguments", call.arguments.empty() ? std::string_view{"{}"} : std::string_view{call.arguments});
  json.end_object().end_object();
}

void write_message(const message& turn, const deviations& server, json_writer& json) {
  json.begin_object().member("role", role_name(turn.role, server));
  if (turn.role == role::tool) json.member("tool_call_id", turn.tool_call_id);
  json.key("content");
  if (turn.text.empty() && !turn.tool_calls.empty())
    json.null();
  else
    json.string(turn.text);
  if (!turn.tool_calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const auto& call : turn.tool_calls) write_call(call, json);
    json.end_array();
  }
  json.end_object();
}

void write_tool(const tool& offered, json_writer& json) {
  json.begin_object().member("type", "function").key("function").begin_object();
  json.member("name", offered.name);
  if (!offered.description.empty()) json.member("description", offered.description);
  if (!offered.parameters.empty()) json.key("parameters").raw(offered.parameters);
  json.end_object().end_object();
}

void write_tools(const chat_request::content& ask, const request_writer& body, json_writer& json) {
  if (ask.tools.empty()) return;
  if (body.ours("tools")) {
    json.key("tools").begin_array();
    for (const auto& offered : ask.tools) write_tool(offered, json);
    json.end_array();
  }
  const auto& choice = ask.tool_choice;
  if (choice.empty() || !body.ours("tool_choice")) return;
  if (choice == "auto" || choice == "none" || choice == "required") {
    json.member("tool_choice", choice);
    return;
  }
  json.key("tool_choice").begin_object().member("type", "function");
  json.key("function").begin_object().member("name", choice).end_object().end_object();
}

void write_response_format(const chat_request::content& ask, json_writer& json) {
  json.key("response_format").begin_object().member("type", "json_schema").key("json_schema").begin_object();
  json.member("name", "answer").key("schema").raw(ask.response_schema).member("strict", true);
  json.end_object().end_object();
}

}  // namespace

result<request_bytes> encode_chat(const chat_request& request, std::string_view model, bool stream,
                                  const deviations& server) {
  const auto& ask = request.read();
  auto fault = request_fault(ask, model);
  if (fault.code() != errc::none) return fault;
  request_bytes out{"POST", "/chat/completions"};
  request_writer body{ask, out.body};
  auto& json = body.json();
  json.begin_object().member("model", model).key("messages").begin_array();
  for (const auto& turn : ask.messages) write_message(turn, server, json);
  json.end_array();
  const auto most = server.max_tokens_as() == deviations::max_tokens_member::max_tokens
                        ? wire::json_name{"max_tokens"}
                        : wire::json_name{"max_completion_tokens"};
  const bool most_is_ours = body.ours("max_tokens") && body.ours("max_completion_tokens");
  if (ask.max_tokens && most_is_ours) json.member(most, *ask.max_tokens);
  body.sampling();
  write_tools(ask, body, json);
  if (!ask.response_schema.empty() && body.ours("response_format")) write_response_format(ask, json);
  body.stream(stream, server);
  body.extra();
  json.end_object();
  return out;
}

}  // namespace cohedge::dialect
