#pragma once

#include <cohedge/chat/request.hpp>
#include <cohedge/core/error.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <string_view>

namespace cohedge::dialect {

/// What Gemini's API needs to know about a conversation and cannot be told: a tool's answer to a call nobody made. Or
/// errc::none.
error gemini_conversation_fault(const chat_request::content& ask);

/// "systemInstruction", where there is one: all system and developer turns, as parts of one.
void write_gemini_system(const chat_request::content& ask, wire::json_writer& json);
/// "contents": the other turns. Answers of tools that follow each other become one turn, as the API wants it.
void write_gemini_contents(const chat_request::content& ask, std::string_view model, wire::json_writer& json);

}  // namespace cohedge::dialect
