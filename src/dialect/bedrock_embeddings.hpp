#pragma once

#include <cohedge/dialect/surface.hpp>

#include <string_view>

namespace cohedge::dialect {

/// InvokeModel for the embeddings of Amazon Titan (one text a request) and of Cohere (up to 96), told apart by the
/// model's id. (AWS, "Inference request parameters and response fields for foundation models".)
result<request_bytes> encode_bedrock_embeddings(const embedding_request& ask, std::string_view model);
result<embeddings> decode_bedrock_embeddings(std::string_view padded_body);

}  // namespace cohedge::dialect
