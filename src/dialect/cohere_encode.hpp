#pragma once

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {

/// The body of Cohere's /v2/chat. Errors as `surface::encode`.
result<request_bytes> encode_cohere(const chat_request& request, std::string_view model, bool stream);

}  // namespace cohedge::dialect
