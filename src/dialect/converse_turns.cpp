#include "converse_encode.hpp"

#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "prompt_text.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

struct format_name {
  std::string_view media_type, format;
};
constexpr std::array image_formats{
    format_name{"image/png", "png"},
    format_name{"image/jpeg", "jpeg"},
    format_name{"image/gif", "gif"},
    format_name{"image/webp", "webp"},
};
constexpr std::array document_formats{
    format_name{"application/pdf", "pdf"},
    format_name{"text/plain", "txt"},
    format_name{"text/markdown", "md"},
    format_name{"text/html", "html"},
    format_name{"text/csv", "csv"},
    format_name{"application/msword", "doc"},
    format_name{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    format_name{"application/vnd.ms-excel", "xls"},
    format_name{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
};

template <std::size_t Size>
std::string_view format_of(const std::array<format_name, Size>& known, std::string_view media_type) noexcept {
  const auto* found = std::ranges::find(known, media_type, &format_name::media_type);
  return found == known.end() ? std::string_view{} : found->format;
}

std::string_view format_of(const part& piece) noexcept {
  if (piece.what() == part::kind::image) return format_of(image_formats, piece.media_type());
  if (piece.what() == part::kind::file) return format_of(document_formats, piece.media_type());
  return {};
}

/// Bytes, or a place in S3, of a format that Converse knows.
bool is_expressible(const part& piece) noexcept {
  if (piece.what() == part::kind::text) return true;
  return !format_of(piece).empty() && (piece.url().empty() ? !piece.bytes().empty() : piece.url().starts_with("s3://"));
}

/// Only letters, digits, blanks, hyphens, parentheses and brackets may stand in a document's name.
std::string document_name(const part& piece) {
  if (piece.name().empty()) return "document";
  std::string name;
  for (const char c : piece.name()) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name.push_back(letter || std::string_view{" -()[]"}.find(c) != std::string_view::npos ? c : '-');
  }
  return name;
}

void write_text(std::string_view text, json_writer& json) {
  if (!text.empty()) json.begin_object().member("text", text).end_object();  // Converse refuses empty texts
}

void write_part(const part& piece, json_writer& json) {
  if (piece.what() == part::kind::text) return write_text(piece.bytes(), json);
  const bool image = piece.what() == part::kind::image;
  json.begin_object().key(image ? wire::json_string{"image"} : wire::json_string{"document"}).begin_object();
  json.member("format", format_of(piece));
  if (!image) json.member("name", document_name(piece));
  json.key("source").begin_object();
  if (piece.url().empty())
    write_base64(json.key("bytes"), piece.bytes());
  else
    json.key("s3Location").begin_object().member("uri", piece.url()).end_object();
  json.end_object().end_object().end_object();
}

void write_parts(const message& turn, json_writer& json) {
  for (const auto& piece : turn.parts) {
    if (!is_expressible(piece)) continue;
    write_part(piece, json);
    if (piece.is_cached_here()) write_cache_point(json);
  }
}

void write_reasoning(const reasoning_item& item, json_writer& json) {
  if (item.encrypted.empty() && item.text.empty()) return;
  json.begin_object().key("reasoningContent").begin_object();
  if (!item.encrypted.empty()) {
    json.member("redactedContent", item.encrypted);
  } else {
    json.key("reasoningText").begin_object().member("text", item.text);
    if (!item.signature.empty()) json.member("signature", item.signature);
    json.end_object();
  }
  json.end_object().end_object();
}

void write_call(const tool_call& call, json_writer& json) {
  json.begin_object().key("toolUse").begin_object();
  json.member("toolUseId", call.id).member("name", call.name).key("input");
  json.raw(call.arguments.empty() ? "{}" : std::string_view{call.arguments}).end_object().end_object();
}

void write_assistant(const message& turn, json_writer& json) {
  const auto reasoning_before = [&](std::size_t calls) {
    for (const auto& item : turn.reasoning)
      if (item.calls_before == calls) write_reasoning(item, json);
  };
  reasoning_before(0);
  write_text(turn.text, json);
  write_text(turn.refusal, json);
  write_parts(turn, json);
  for (std::size_t i = 0; i < turn.tool_calls.size(); ++i) {
    write_call(turn.tool_calls[i], json);
    reasoning_before(i + 1);
  }
}

void write_result(const message& turn, json_writer& json) {
  json.begin_object().key("toolResult").begin_object().member("toolUseId", turn.tool_call_id);
  json.key("content").begin_array();
  write_text(turn.text, json);
  for (const auto& piece : turn.parts)
    if (is_expressible(piece)) write_part(piece, json);
  json.end_array();
  if (turn.failed) json.member("status", "error");
  json.end_object().end_object();
}

void write_turn(const message& turn, json_writer& json) {
  if (turn.role == role::assistant) {
    write_assistant(turn, json);
  } else if (turn.role == role::tool) {
    write_result(turn, json);
  } else {
    write_text(turn.text, json);
    write_parts(turn, json);
  }
  if (turn.cache_here) write_cache_point(json);
}

void write_system(const chat_request::content& ask, json_writer& json) {
  json.key("system").begin_array();
  for (const auto& turn : ask.messages)
    if (is_system(turn)) write_turn(turn, json);
  json.end_array();
}

}  // namespace

void write_cache_point(json_writer& json) {
  json.begin_object().key("cachePoint").begin_object().member("type", "default").end_object().end_object();
}

void write_turns(const chat_request::content& ask, const request_writer& body, json_writer& json) {
  json.key("messages").begin_array();
  const message* last = nullptr;
  for (const auto& turn : ask.messages) {
    if (is_system(turn)) continue;
    const bool assistant = turn.role == role::assistant;
    if (last == nullptr || (last->role == role::assistant) != assistant) {
      if (last != nullptr) json.end_array().end_object();
      json.begin_object().member("role", assistant ? "assistant" : "user").key("content").begin_array();
    }
    write_turn(turn, json);
    last = &turn;
  }
  if (last != nullptr) json.end_array().end_object();
  json.end_array();
  if (std::ranges::any_of(ask.messages, is_system) && body.ours("system")) write_system(ask, json);
}

error turns_fault(const chat_request::content& ask) {
  if (std::ranges::all_of(ask.messages, is_system))
    return {errc::invalid_argument, "the request has a system prompt, but no messages"};
  for (const auto& turn : ask.messages)
    for (const auto& call : turn.tool_calls)
      if (!call.arguments.empty() && !(call.arguments.starts_with('{') && wire::is_json(call.arguments)))
        return {errc::invalid_argument, "the arguments of the call of \"" + call.name + "\" are no JSON object"};
  return {};
}

void note_turn_gaps(const chat_request::content& ask, gaps& missing) {
  bool media = false, names = false, system_media = false;
  for (const auto& turn : ask.messages) {
    names = names || !turn.name.empty();
    media = media || !std::ranges::all_of(turn.parts, is_expressible);
    const auto is_text = [](const part& piece) { return piece.what() == part::kind::text; };
    system_media = system_media || (is_system(turn) && !std::ranges::all_of(turn.parts, is_text));
  }
  missing.note(media, "parts other than text, and images and documents of known types as bytes or in S3");
  missing.note(system_media, "a system prompt with other parts than text");
  missing.note(names, "names of speakers");
}

}  // namespace cohedge::dialect
