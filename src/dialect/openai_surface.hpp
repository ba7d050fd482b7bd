#pragma once

#include "common_surface.hpp"

namespace cohedge::dialect {

/// What a server that speaks OpenAI's API offers beside completions, whichever of them it answers: GET {base}/models and
/// POST {base}/embeddings (https://platform.openai.com/docs/api-reference).
class openai_surface : public common_surface {
 public:
  request_bytes check() const override { return {"GET", "/models"}; }

  /// Vectors come as lists of numbers, unless the request's `extra` asks for `encoding_format` "base64", which is half
  /// as long. The purpose is not sent: these models know none.
  result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const override;
  result<embeddings> decode_embeddings(std::string_view padded_body) const override;

  /// The list has one page.
  result<request_bytes> encode_models(std::string_view page) const override;
  result<model_list> decode_models(std::string_view padded_body) const override;
};

/// The body of an answer about lists that is not what was asked for: the error it reports, or malformed_answer.
error unexpected_body(std::string_view json);

}  // namespace cohedge::dialect
