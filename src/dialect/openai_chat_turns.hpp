#pragma once

#include <cohedge/chat/message.hpp>
#include <cohedge/dialect/deviations.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <string_view>

namespace cohedge::dialect {

/// Why a turn of this role cannot have this part in chat completions; empty: it can.
std::string_view chat_gap(role who, const part& piece) noexcept;

/// Appends one element of `messages`, without the parts that it cannot have.
void write_chat_turn(const message& turn, const deviations& server, wire::json_writer& json);

/// `system` or `developer`, `user`, `assistant`, `tool`.
wire::json_string role_name(role who, const deviations& server) noexcept;

/// OpenAI's word for a sound's format: "wav", "mp3", or what follows "audio/".
std::string_view audio_format(std::string_view media_type) noexcept;

}  // namespace cohedge::dialect
