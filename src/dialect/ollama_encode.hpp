#pragma once

#include <cohedge/dialect/surface.hpp>

#include <span>

#include "request_writer.hpp"

namespace cohedge::dialect {

/// The body of Ollama's /api/chat. Errors as `surface::encode`.
result<request_bytes> encode_ollama(const chat_request& request, std::string_view model, bool stream);

// What both of Ollama's own APIs write.

/// What neither has words for.
gaps ollama_gaps(const chat_request::content& ask, std::vector<std::string>& dropped);
/// The member `images` of the pictures in these turns, where there are some.
void write_pictures(std::span<const message> turns, wire::json_writer& json);
/// How to answer: `format`, `options`, `think`, log probabilities.
void write_settings(const chat_request::content& ask, request_writer& body);

}  // namespace cohedge::dialect
