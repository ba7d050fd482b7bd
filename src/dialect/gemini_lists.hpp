#pragma once

#include <cohedge/chat/embedding.hpp>
#include <cohedge/chat/model_info.hpp>
#include <cohedge/dialect/surface.hpp>

#include "gemini_encode.hpp"

namespace cohedge::dialect {

/// batchEmbedContents; Vertex has embedContent only, for one text.
result<request_bytes> encode_gemini_embeddings(const embedding_request& ask, std::string_view model, google_api api);
result<embeddings> decode_gemini_embeddings(std::string_view padded_body);
result<model_list> decode_gemini_models(std::string_view padded_body);
result<std::uint64_t> decode_gemini_count(std::string_view padded_body);

}  // namespace cohedge::dialect
