#include "bedrock_embeddings.hpp"

#include <cohedge/wire/json_writer.hpp>

#include "body_reading.hpp"
#include "cohere_encode.hpp"
#include "converse_encode.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

void write_titan(const embedding_request& ask, wire::json_writer& json) {
  json.member("inputText", ask.inputs().front());
  if (ask.dimensions() && not_extra(ask, "dimensions")) json.member("dimensions", *ask.dimensions());
}

void write_cohere(const embedding_request& ask, wire::json_writer& json) {
  write_inputs("texts", ask, json);
  if (not_extra(ask, "input_type")) json.member("input_type", cohere_input_type(ask.purpose()));
  if (ask.dimensions() && not_extra(ask, "output_dimension")) json.member("output_dimension", *ask.dimensions());
}

}  // namespace

result<request_bytes> encode_bedrock_embeddings(const embedding_request& ask, std::string_view model) {
  auto wrong = embedding_fault(ask, model, {"inputText", "texts"});
  if (wrong.code() != errc::none) return wrong;
  const bool cohere = model.find("cohere.embed") != std::string_view::npos;
  if (!cohere && ask.inputs().size() > 1)
    return error{errc::unsupported, "Amazon's embedding models take one text a request"};
  request_bytes out{"POST", model_path(model, "invoke")};
  wire::json_writer json{out.body};
  json.begin_object();
  cohere ? write_cohere(ask, json) : write_titan(ask, json);
  write_extra(ask, json);
  json.end_object();
  return out;
}

result<embeddings> decode_bedrock_embeddings(std::string_view padded_body) {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  embeddings found;
  element one, several, floats;
  bool good = true;
  if (top.value()["embedding"].get(one) == SUCCESS) {
    good = add_vector(one, found);
  } else {
    good = top.value()["embeddings"].get(several) == SUCCESS;
    if (good && several["float"].get(floats) == SUCCESS) several = floats;
    good = good && add_vectors(several, found);
  }
  if (!good || found.vectors.empty()) return malformed_body(padded_body);
  found.usage.input = found.usage.total = count_of(top.value(), "inputTextTokenCount");
  found.usage.reported = found.usage.input > 0;
  return found;
}

}  // namespace cohedge::dialect
