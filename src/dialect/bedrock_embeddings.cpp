#include "bedrock_embeddings.hpp"

#include <cohedge/wire/json_check.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <utility>

#include "converse_encode.hpp"
#include "error_body.hpp"

#include <simdjson.h>

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

std::string_view input_type(embedding_purpose purpose) noexcept {
  switch (purpose) {
    case embedding_purpose::query: return "search_query";
    case embedding_purpose::classification: return "classification";
    case embedding_purpose::clustering:
    case embedding_purpose::similarity: return "clustering";
    case embedding_purpose::unsaid:
    case embedding_purpose::document: break;
  }
  return "search_document";
}

void write_titan(const embedding_request& ask, wire::json_writer& json) {
  json.member("inputText", ask.inputs().front());
  if (ask.dimensions()) json.member("dimensions", *ask.dimensions());
}

void write_cohere(const embedding_request& ask, wire::json_writer& json) {
  json.key("texts").begin_array();
  for (const auto& text : ask.inputs()) json.string(text);
  json.end_array().member("input_type", input_type(ask.purpose()));
  if (ask.dimensions()) json.member("output_dimension", *ask.dimensions());
}

bool read_vector(element from, std::vector<float>& into) {
  array numbers;
  if (from.get(numbers) != SUCCESS) return false;
  into.reserve(numbers.size());
  for (const auto each : numbers) {
    double number = 0;
    if (each.get(number) != SUCCESS) return false;
    into.push_back(static_cast<float>(number));
  }
  return true;
}

bool read_vectors(element from, embeddings& into) {
  element floats;
  if (from["float"].get(floats) == SUCCESS) from = floats;
  array list;
  if (from.get(list) != SUCCESS) return false;
  for (const auto each : list)
    if (!read_vector(each, into.vectors.emplace_back())) return false;
  return true;
}

}  // namespace

result<request_bytes> encode_bedrock_embeddings(const embedding_request& ask, std::string_view model) {
  if (model.empty()) return error{errc::invalid_argument, "no model is named"};
  if (ask.inputs().empty()) return error{errc::invalid_argument, "no texts to embed"};
  for (const auto& [member, json] : ask.extra())
    if (!wire::is_json(json))
      return error{errc::invalid_argument, "extra: the value of \"" + member + "\" is not JSON"};
  const bool cohere = model.find("cohere.embed") != std::string_view::npos;
  if (!cohere && ask.inputs().size() > 1)
    return error{errc::unsupported, "Amazon's embedding models take one text a request"};
  request_bytes out{"POST", model_path(model, "invoke")};
  wire::json_writer json{out.body};
  json.begin_object();
  cohere ? write_cohere(ask, json) : write_titan(ask, json);
  for (const auto& [member, value] : ask.extra()) json.key(wire::json_name{member}).raw(value);
  json.end_object();
  return out;
}

result<embeddings> decode_bedrock_embeddings(std::string_view padded_body) {
  simdjson::dom::parser parser;
  element document, one, several;
  embeddings out;
  bool good = parser.parse(padded_body.data(), padded_body.size(), false).get(document) == SUCCESS;
  if (good && document["embedding"].get(one) == SUCCESS)
    good = read_vector(one, out.vectors.emplace_back());
  else
    good = good && document["embeddings"].get(several) == SUCCESS && read_vectors(several, out);
  if (!good) return error{errc::malformed_answer, "not the JSON expected: " + one_line(padded_body, 200)};
  if (document["inputTextTokenCount"].get(out.usage.input) == SUCCESS) {
    out.usage.total = out.usage.input;
    out.usage.reported = true;
  }
  return out;
}

}  // namespace cohedge::dialect
