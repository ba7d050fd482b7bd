#pragma once

#include "common_surface.hpp"
#include "ollama_reader.hpp"

namespace cohedge::dialect {

/// What both of Ollama's own APIs have: lines of JSON, vectors and the list of models.
class ollama_surface : public common_surface {
 public:
  result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const override;
  result<embeddings> decode_embeddings(std::string_view padded_body) const override;
  /// The list has one page.
  result<request_bytes> encode_models(std::string_view page) const override;
  result<model_list> decode_models(std::string_view padded_body) const override;

  request_bytes check() const override { return {"GET", "/api/version"}; }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<ollama_reader>(); }
  framing_kind framing() const override { return framing_kind::ndjson; }
};

}  // namespace cohedge::dialect
