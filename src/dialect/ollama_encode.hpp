#pragma once

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {

/// The body of Ollama's /api/chat. Errors as `surface::encode`.
result<request_bytes> encode_ollama(const chat_request& request, std::string_view model, bool stream);

}  // namespace cohedge::dialect
