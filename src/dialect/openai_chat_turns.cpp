#include "openai_chat_turns.hpp"

#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "request_writer.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;
using reasoning_member = deviations::reasoning_member;

void write_file(const part& piece, json_writer& json) {
  json.key("file").begin_object();
  if (!piece.id().empty()) {
    json.member("file_id", piece.id());
  } else {
    json.member("filename", piece.name().empty() ? std::string_view{"file"} : std::string_view{piece.name()});
    json.key("file_data");
    write_data_url(json, piece.media_type(), piece.bytes());
  }
  json.end_object();
}

void write_image(const part& piece, json_writer& json) {
  json.key("image_url").begin_object().key("url");
  if (piece.url().empty())
    write_data_url(json, piece.media_type(), piece.bytes());
  else
    json.string(piece.url());
  if (!piece.detail().empty()) json.member("detail", piece.detail());
  json.end_object();
}

void write_part(const part& piece, bool cached_here, json_writer& json) {
  json.begin_object();
  switch (piece.what()) {
    case part::kind::text: json.member("type", "text").member("text", piece.bytes()); break;
    case part::kind::image:
      json.member("type", "image_url");
      write_image(piece, json);
      break;
    case part::kind::audio:
      json.member("type", "input_audio").key("input_audio").begin_object().key("data");
      write_base64(json, piece.bytes());
      json.member("format", audio_format(piece.media_type())).end_object();
      break;
    case part::kind::file:
      json.member("type", "file");
      write_file(piece, json);
      break;
  }
  if (cached_here) json.key("cache_control").begin_object().member("type", "ephemeral").end_object();
  json.end_object();
}

void write_parts(const message& turn, const deviations& server, json_writer& json) {
  const auto sayable = [&](const part& piece) { return chat_gap(turn.role, piece).empty(); };
  auto left = std::ranges::count_if(turn.parts, sayable);
  const bool marks = server.cache_control();
  json.begin_array();
  if (!turn.text.empty()) write_part(part::text(turn.text), marks && turn.cache_here && left == 0, json);
  for (const auto& piece : turn.parts)
    if (sayable(piece)) write_part(piece, marks && (piece.is_cached_here() || (turn.cache_here && --left == 0)), json);
  json.end_array();
}

// A string where that says it all: some servers know nothing else.
void write_content(const message& turn, const deviations& server, json_writer& json) {
  const bool some = std::ranges::any_of(turn.parts, [&](const part& each) { return chat_gap(turn.role, each).empty(); });
  const bool marked = server.cache_control() && turn.cache_here && !turn.text.empty();
  json.key("content");
  if (some || marked)
    write_parts(turn, server, json);
  else if (!turn.text.empty())
    json.string(turn.text);
  else if (!turn.refusal.empty() && !server.refusal_member())
    json.string(turn.refusal);
  else if (!turn.tool_calls.empty() || !turn.refusal.empty())
    json.null();
  else
    json.string("");
}

void write_reasoning(const message& turn, reasoning_member member, json_writer& json) {
  if (member == reasoning_member::none || turn.reasoning.empty()) return;
  if (member == reasoning_member::reasoning_details) {
    // Items of this API hold the provider's own JSON; those of others mean nothing to it.
    bool any = false;
    for (const auto& item : turn.reasoning) {
      if (!item.encrypted.starts_with('{') || !wire::is_json(item.encrypted)) continue;
      if (!std::exchange(any, true)) json.key("reasoning_details").begin_array();
      json.raw(item.encrypted);
    }
    if (any) json.end_array();
    return;
  }
  std::string text;
  for (const auto& item : turn.reasoning) text += item.text;
  if (text.empty()) return;
  const bool short_name = member == reasoning_member::reasoning;
  json.key(short_name ? wire::json_string{"reasoning"} : wire::json_string{"reasoning_content"});
  json.string(text);
}

void write_call(const tool_call& call, const deviations& server, json_writer& json) {
  json.begin_object().member("id", call.id).member("type", "function").key("function").begin_object();
  json.member("name", call.name);
  // Some servers parse the arguments of earlier calls, and "" is no JSON.
  json.member("arguments", call.arguments.empty() ? std::string_view{"{}"} : std::string_view{call.arguments});
  json.end_object();
  if (server.call_signatures() && !call.signature.empty()) {
    json.key("extra_content").begin_object().key("google").begin_object();
    json.member("thought_signature", call.signature).end_object().end_object();
  }
  json.end_object();
}

}  // namespace

wire::json_string role_name(role who, const deviations& server) noexcept {
  switch (who) {
    case role::system:
    case role::developer: return server.system_as() == deviations::system_role::developer ? "developer" : "system";
    case role::user: return "user";
    case role::assistant: return "assistant";
    case role::tool: return "tool";
  }
  return "user";
}

std::string_view audio_format(std::string_view media_type) noexcept {
  if (media_type == "audio/mpeg") return "mp3";
  if (media_type == "audio/x-wav" || media_type == "audio/wave") return "wav";
  return media_type.starts_with("audio/") ? media_type.substr(6) : media_type;
}

std::string_view chat_gap(role who, const part& piece) noexcept {
  if (piece.what() == part::kind::text) return {};
  if (who != role::user) return "anything but text in a turn that is not the user's";
  switch (piece.what()) {
    case part::kind::text: break;
    case part::kind::image: return piece.id().empty() ? "" : "an image by its id";
    case part::kind::audio: return piece.url().empty() && piece.id().empty() ? "" : "audio by URL or id";
    case part::kind::file: return piece.url().empty() ? "" : "a file by URL";
  }
  return {};
}

void write_chat_turn(const message& turn, const deviations& server, json_writer& json) {
  json.begin_object().member("role", role_name(turn.role, server));
  if (!turn.name.empty()) json.member("name", turn.name);
  if (turn.role == role::tool) json.member("tool_call_id", turn.tool_call_id);
  write_content(turn, server, json);
  if (!turn.refusal.empty() && server.refusal_member()) json.member("refusal", turn.refusal);
  if (turn.role == role::assistant) write_reasoning(turn, server.reasoning_back_as(), json);
  if (!turn.tool_calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const auto& call : turn.tool_calls) write_call(call, server, json);
    json.end_array();
  }
  json.end_object();
}

}  // namespace cohedge::dialect
