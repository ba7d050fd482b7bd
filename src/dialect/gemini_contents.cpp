#include "gemini_contents.hpp"

#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <span>

#include "gemini_reader.hpp"
#include "request_writer.hpp"
#include "tool_names.hpp"

namespace cohedge::dialect {
namespace {

using wire::json_writer;

// What Google's documentation gives for calls that another model made: Gemini 3 refuses calls without a signature.
constexpr std::string_view foreign_signature = "skip_thought_signature_validator";

bool is_system(const message& turn) noexcept { return turn.role == role::system || turn.role == role::developer; }

// "call_0" is our own for a call that came without an id.
bool is_their_id(std::string_view id) noexcept {
  if (id.empty() || !id.starts_with("call_")) return !id.empty();
  return id.substr(5).find_first_not_of("0123456789") != std::string_view::npos;
}

void write_data(std::string_view media_type, std::string_view bytes, json_writer& json) {
  json.key("inlineData").begin_object().member("mimeType", media_type).key("data");
  write_base64(json, bytes);
  json.end_object();
}

void write_part(const part& piece, json_writer& json) {
  json.begin_object();
  if (piece.what() == part::kind::text) {
    json.member("text", piece.bytes());
  } else if (piece.url().empty() && piece.id().empty()) {
    write_data(piece.media_type(), piece.bytes(), json);
  } else {
    json.key("fileData").begin_object();
    if (!piece.media_type().empty()) json.member("mimeType", piece.media_type());
    json.member("fileUri", piece.url().empty() ? piece.id() : piece.url()).end_object();
  }
  json.end_object();
}

void write_text(std::string_view text, std::string_view signature, json_writer& json) {
  json.begin_object().member("text", text);
  if (!signature.empty()) json.member("thoughtSignature", signature);
  json.end_object();
}

void write_call(const tool_call& call, std::string_view signature, json_writer& json) {
  json.begin_object().key("functionCall").begin_object();
  if (is_their_id(call.id)) json.member("id", call.id);
  json.member("name", call.name).key("args");
  const bool valid = call.arguments.starts_with('{') && wire::is_json(call.arguments);
  json.raw(valid ? std::string_view{call.arguments} : std::string_view{"{}"}).end_object();
  if (!signature.empty()) json.member("thoughtSignature", signature);
  json.end_object();
}

// Summaries of reasoning say nothing to the model; the signature stands for the reasoning, and goes with the text.
std::string_view signature_of_text(const message& turn) {
  std::string_view signature;
  for (const auto& item : turn.reasoning)
    if (item.id == gemini_reasoning) signature = item.signature;
  return signature;
}

void write_calls(const message& turn, std::string_view model, json_writer& json) {
  const bool signed_here =
      std::ranges::any_of(turn.tool_calls, [](const tool_call& one) { return !one.signature.empty(); });
  std::string_view missing;
  if (!signed_here && model.find("gemini-3") != std::string_view::npos) missing = foreign_signature;
  for (const auto& call : turn.tool_calls) {
    write_call(call, missing.empty() ? std::string_view{call.signature} : missing, json);
    missing = {};  // of calls in parallel only the first has one
  }
}

void write_turn(const message& turn, std::string_view model, json_writer& json) {
  const bool by_model = turn.role == role::assistant;
  json.begin_object().member("role", by_model ? "model" : "user").key("parts").begin_array();
  const auto signature = by_model ? signature_of_text(turn) : std::string_view{};
  const auto& text = turn.text.empty() ? turn.refusal : turn.text;
  const bool nothing = turn.parts.empty() && turn.tool_calls.empty();
  if (!text.empty() || !signature.empty() || nothing) write_text(text, signature, json);
  for (const auto& piece : turn.parts) write_part(piece, json);
  write_calls(turn, model, json);
  json.end_array().end_object();
}

// The API wants an object.
void write_response(const message& answer, json_writer& json) {
  const bool object = trimmed(answer.text).starts_with('{') && wire::is_json(answer.text);
  if (object && !answer.failed) return void(json.raw(answer.text));
  json.begin_object().key(answer.failed ? "error" : "output");
  if (object)
    json.raw(answer.text);
  else
    json.string(answer.text);
  json.end_object();
}

void write_answer(const message& answer, std::span<const message> before, json_writer& json) {
  json.begin_object().key("functionResponse").begin_object();
  if (is_their_id(answer.tool_call_id)) json.member("id", answer.tool_call_id);
  json.member("name", answering_tool(before, answer)).key("response");
  write_response(answer, json);
  if (!answer.parts.empty()) {
    json.key("parts").begin_array();
    for (const auto& piece : answer.parts) write_part(piece, json);
    json.end_array();
  }
  json.end_object().end_object();
}

}  // namespace

error gemini_conversation_fault(const chat_request::content& ask) {
  const std::span<const message> turns{ask.messages};
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto& turn = turns[i];
    if (turn.role != role::tool || !answering_tool(turns.first(i), turn).empty()) continue;
    return {errc::invalid_argument, "a tool answers call \"" + turn.tool_call_id + "\", which no earlier turn made"};
  }
  if (std::ranges::all_of(turns, is_system)) return {errc::invalid_argument, "the request has a system prompt only"};
  return {};
}

void write_gemini_system(const chat_request::content& ask, json_writer& json) {
  if (std::ranges::none_of(ask.messages, is_system)) return;
  json.key("systemInstruction").begin_object().key("parts").begin_array();
  for (const auto& turn : ask.messages) {
    if (!is_system(turn)) continue;
    if (!turn.text.empty() || turn.parts.empty()) write_text(turn.text, {}, json);
    for (const auto& piece : turn.parts) write_part(piece, json);
  }
  json.end_array().end_object();
}

void write_gemini_contents(const chat_request::content& ask, std::string_view model, json_writer& json) {
  const std::span<const message> turns{ask.messages};
  json.key("contents").begin_array();
  bool answering = false;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const bool answer = turns[i].role == role::tool;
    if (is_system(turns[i])) continue;
    if (answering && !answer) json.end_array().end_object();
    if (answer && !answering) json.begin_object().member("role", "user").key("parts").begin_array();
    if (answer)
      write_answer(turns[i], turns.first(i), json);
    else
      write_turn(turns[i], model, json);
    answering = answer;
  }
  if (answering) json.end_array().end_object();
  json.end_array();
}

}  // namespace cohedge::dialect
