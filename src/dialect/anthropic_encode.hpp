#pragma once

#include <cohedge/dialect/surface.hpp>

#include <cstdint>
#include <string_view>

#include "request_writer.hpp"

namespace cohedge::dialect {

/// Who serves Anthropic's Messages API. The messages are the same; path and some members of the body differ.
enum class messages_host : std::uint8_t {
  anthropic,  ///< POST {base}/v1/messages
  vertex,     ///< POST {base}/models/{model}:rawPredict or :streamRawPredict; no `model`, but `anthropic_version`
  bedrock,    ///< the body of InvokeModel: no `model`, no `stream`, but `anthropic_version`; `target_suffix` is empty
};

/// The request for a completion. For Bedrock the caller gives it its path.
result<request_bytes> encode_messages(const chat_request& request, std::string_view model, bool stream,
                                      messages_host host);
/// The request that counts the tokens of the same prompt; not for Bedrock, which wraps the body of the other.
result<request_bytes> encode_message_count(const chat_request& request, std::string_view model, messages_host host);

/// Writes `system` and `messages`: system and developer turns become the system prompt, wherever they stood; turns of
/// one role in a row become one, results of tools before what the user says.
void write_conversation(const chat_request::content& ask, const request_writer& body, wire::json_writer& json);
/// What is wrong with the turns; errc::none when nothing is.
error conversation_fault(const chat_request::content& ask);
/// What of the turns the API has no words for.
void note_conversation_gaps(const chat_request::content& ask, gaps& missing);
/// Whether Anthropic can read a part.
bool is_expressible(const part& piece) noexcept;

/// Writes one part as a content block, closed; `cache`: the prompt up to here is worth caching.
void write_part(const part& piece, bool cache, wire::json_writer& json);
void write_text_block(std::string_view text, bool cache, wire::json_writer& json);
void write_cache_control(bool cache, wire::json_writer& json);

}  // namespace cohedge::dialect
