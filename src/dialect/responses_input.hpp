#pragma once

#include <cohedge/chat/message.hpp>
#include <cohedge/dialect/deviations.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <string_view>

namespace cohedge::dialect {

/// Why a turn of this role cannot have this part in the Responses API; empty: it can.
std::string_view responses_gap(role who, const part& piece) noexcept;

/// Reasoning that this API encrypted, and takes back.
bool is_encrypted_reasoning(const reasoning_item& item) noexcept;

/// Appends a turn of the conversation to the list `input`: its message, and as items of their own its tool calls, its
/// reasoning in front of what it led to, or the output of a tool.
void write_input_items(const message& turn, const deviations& server, wire::json_writer& json);

}  // namespace cohedge::dialect
