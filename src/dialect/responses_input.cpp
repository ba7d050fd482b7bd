#include "responses_input.hpp"

#include <algorithm>
#include <utility>

#include "openai_chat_turns.hpp"
#include "request_writer.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

void write_image(const part& piece, json_writer& json) {
  if (!piece.id().empty()) {
    json.member("file_id", piece.id());
  } else if (!piece.url().empty()) {
    json.member("image_url", piece.url());
  } else {
    json.key("image_url");
    write_data_url(json, piece.media_type(), piece.bytes());
  }
  json.member("detail", piece.detail().empty() ? std::string_view{"auto"} : std::string_view{piece.detail()});
}

void write_file(const part& piece, json_writer& json) {
  if (!piece.id().empty()) {
    json.member("file_id", piece.id());
  } else if (!piece.url().empty()) {
    json.member("file_url", piece.url());
  } else {
    json.member("filename", piece.name().empty() ? std::string_view{"file"} : std::string_view{piece.name()});
    json.key("file_data");
    write_data_url(json, piece.media_type(), piece.bytes());
  }
}

void write_text(role who, std::string_view text, json_writer& json) {
  json.begin_object().member("type", who == role::assistant ? "output_text" : "input_text");
  json.member("text", text).end_object();
}

void write_part(role who, const part& piece, json_writer& json) {
  switch (piece.what()) {
    case part::kind::text: return write_text(who, piece.bytes(), json);
    case part::kind::image:
      json.begin_object().member("type", "input_image");
      write_image(piece, json);
      break;
    case part::kind::file:
      json.begin_object().member("type", "input_file");
      write_file(piece, json);
      break;
    case part::kind::audio: return;
  }
  json.end_object();
}

// A string where that says it all.
void write_content(const message& turn, json_writer& json) {
  const auto sayable = [&](const part& piece) { return responses_gap(turn.role, piece).empty(); };
  if (turn.refusal.empty() && std::ranges::none_of(turn.parts, sayable)) {
    json.string(turn.text);
    return;
  }
  json.begin_array();
  if (!turn.text.empty()) write_text(turn.role, turn.text, json);
  for (const auto& piece : turn.parts)
    if (sayable(piece)) write_part(turn.role, piece, json);
  if (!turn.refusal.empty())
    json.begin_object().member("type", "refusal").member("refusal", turn.refusal).end_object();
  json.end_array();
}

void write_message(const message& turn, const deviations& server, json_writer& json) {
  json.begin_object().member("role", role_name(turn.role, server)).key("content");
  write_content(turn, json);
  json.end_object();
}

// Only what is this API's own can go back: encrypted reasoning, or where the server takes it, its text. Reasoning of
// other APIs, and items that the provider would have to remember, are left out.
void write_reasoning(const reasoning_item& item, const deviations& server, json_writer& json) {
  const bool encrypted = is_encrypted_reasoning(item);
  const bool as_text = server.reasoning_back_as() != deviations::reasoning_member::none && !item.text.empty();
  if (!encrypted && (!as_text || item.id.empty())) return;
  json.begin_object().member("type", "reasoning").member("id", item.id);
  const auto texts = [&](wire::json_string list, std::string_view type) {
    json.key(list).begin_array();
    json.begin_object().member("type", type).member("text", item.text).end_object().end_array();
  };
  if (encrypted && !item.text.empty())
    texts("summary", "summary_text");
  else
    json.key("summary").begin_array().end_array();
  if (encrypted)
    json.member("encrypted_content", item.encrypted);
  else
    texts("content", "reasoning_text");
  json.end_object();
}

void write_call(const tool_call& call, json_writer& json) {
  json.begin_object().member("type", "function_call").member("call_id", call.id).member("name", call.name);
  json.member("arguments", call.arguments.empty() ? std::string_view{"{}"} : std::string_view{call.arguments});
  json.end_object();
}

// Reasoning stands in front of the item that it led to. What was said stands in front of the calls; it follows the first
// reasoning of the turn, so that a second one in front of the calls still leads to them.
void write_assistant(const message& turn, const deviations& server, json_writer& json) {
  const bool says = !turn.text.empty() || !turn.refusal.empty() || !turn.parts.empty();
  bool said = !says && !turn.tool_calls.empty();
  auto item = turn.reasoning.begin();
  for (std::size_t call = 0; call <= turn.tool_calls.size(); ++call) {
    for (; item != turn.reasoning.end() && (item->calls_before <= call || call == turn.tool_calls.size()); ++item) {
      write_reasoning(*item, server, json);
      if (!std::exchange(said, true)) write_message(turn, server, json);
    }
    if (!std::exchange(said, true)) write_message(turn, server, json);
    if (call < turn.tool_calls.size()) write_call(turn.tool_calls[call], json);
  }
}

}  // namespace

std::string_view responses_gap(role who, const part& piece) noexcept {
  if (piece.what() == part::kind::text) return {};
  if (piece.what() == part::kind::audio) return "audio";
  return who == role::user || who == role::tool ? "" : "anything but text in a turn of the system or the assistant";
}

// Others sign what they let us read (Anthropic, Bedrock), or give JSON (OpenRouter's chat completions).
bool is_encrypted_reasoning(const reasoning_item& item) noexcept {
  return !item.id.empty() && !item.encrypted.empty() && item.signature.empty() && !item.encrypted.starts_with('{');
}

void write_input_items(const message& turn, const deviations& server, json_writer& json) {
  if (turn.role == role::assistant) return write_assistant(turn, server, json);
  if (turn.role != role::tool) return write_message(turn, server, json);
  json.begin_object().member("type", "function_call_output").member("call_id", turn.tool_call_id).key("output");
  write_content(turn, json);
  json.end_object();
}

}  // namespace cohedge::dialect
