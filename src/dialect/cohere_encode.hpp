#pragma once

#include <cohedge/dialect/surface.hpp>

#include <string_view>

namespace cohedge::dialect {

/// The body of Cohere's /v2/chat. Errors as `surface::encode`.
result<request_bytes> encode_cohere(const chat_request& request, std::string_view model, bool stream);

/// Cohere's word for what vectors are for, also on Bedrock. The API wants to be told; documents are what is embedded most.
std::string_view cohere_input_type(embedding_purpose purpose) noexcept;

}  // namespace cohedge::dialect
