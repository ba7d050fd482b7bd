#pragma once

#include <cohedge/chat/message.hpp>

#include <span>
#include <string>

namespace cohedge::dialect {

/// What a turn says in words: its text and the texts among its parts, or its refusal.
std::string text_of(const message& turn);

/// A turn that tells the model how to be: of the system or a developer.
bool is_system(const message& turn) noexcept;

/// A prompt from a conversation, for APIs without turns. One message of the user is the prompt as it is. Several turns
/// become one paragraph each, "role: text", in order, and "assistant:" at the end asks for the next one. A model that
/// was trained on another template needs it in a single message. `system_apart`: the API has another place for the
/// system's turns, so they are left out.
std::string prompt_of(std::span<const message> turns, bool system_apart = false);

}  // namespace cohedge::dialect
