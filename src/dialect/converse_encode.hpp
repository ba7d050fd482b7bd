#pragma once

#include <cohedge/dialect/surface.hpp>

#include <string>
#include <string_view>

#include "request_writer.hpp"

namespace cohedge::dialect {

/// The path of an operation on a model, whose id is escaped: "/model/us.amazon.nova-lite-v1%3A0/converse".
std::string model_path(std::string_view model, std::string_view operation);

/// The request for a completion, and the one that counts its prompt's tokens.
result<request_bytes> encode_converse(const chat_request& request, std::string_view model, bool stream);
result<request_bytes> encode_converse_count(const chat_request& request, std::string_view model);

/// Writes `messages` and `system`: system and developer turns become the system prompt, wherever they stood; turns of
/// one side in a row become one, and results of tools are the user's.
void write_turns(const chat_request::content& ask, const request_writer& body, wire::json_writer& json);
/// What is wrong with the turns; errc::none when nothing is.
error turns_fault(const chat_request::content& ask);
/// What of the turns the API has no words for.
void note_turn_gaps(const chat_request::content& ask, gaps& missing);

/// Writes the cache point that follows what is worth caching.
void write_cache_point(wire::json_writer& json);

}  // namespace cohedge::dialect
