#include "body_reading.hpp"
#include "ollama_encode.hpp"
#include "ollama_surface.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

class ollama_chat_surface final : public ollama_surface {
 public:
  std::string_view name() const override { return "ollama.chat"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    return encode_ollama(ask, model, stream);
  }
};

}  // namespace

result<request_bytes> ollama_surface::encode_embeddings(const embedding_request& ask, std::string_view model) const {
  auto wrong = embedding_fault(ask, model, {"model", "input"});
  if (wrong.code() != errc::none) return wrong;
  if (!ask.end_user().empty()) return error{errc::unsupported, "Ollama's API cannot express end_user"};
  request_bytes out{"POST", "/api/embed"};
  wire::json_writer json{out.body};
  json.begin_object().member("model", model);
  write_inputs("input", ask, json);
  if (ask.dimensions() && not_extra(ask, "dimensions")) json.member("dimensions", *ask.dimensions());
  write_extra(ask, json);
  json.end_object();
  return out;
}

result<embeddings> ollama_surface::decode_embeddings(std::string_view padded_body) const {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  embeddings found;
  element lists;
  if (top.value()["embeddings"].get(lists) != SUCCESS || !add_vectors(lists, found) || found.vectors.empty())
    return malformed_body(padded_body);
  found.model = text_of(top.value(), "model");
  found.usage.input = found.usage.total = count_of(top.value(), "prompt_eval_count");
  found.usage.reported = found.usage.input > 0;
  return found;
}

result<request_bytes> ollama_surface::encode_models(std::string_view page) const {
  if (!page.empty()) return error{errc::invalid_argument, "the list of models has one page"};
  return request_bytes{"GET", "/api/tags"};
}

result<model_list> ollama_surface::decode_models(std::string_view padded_body) const {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  array models;
  if (top.value()["models"].get(models) != SUCCESS) return malformed_body(padded_body);
  model_list list;
  for (const auto each : models) {
    object from;
    if (each.get(from) != SUCCESS) return malformed_body("a model that is no object");
    model_info one;
    one.name = text_of(from, "name");
    one.id = text_of(from, "model");
    if (one.id.empty()) one.id = one.name;  // older servers
    if (one.id.empty()) return malformed_body("a model without a name");
    list.models.push_back(std::move(one));
  }
  return list;
}

const surface& ollama_chat() {
  static const ollama_chat_surface one;
  return one;
}

}  // namespace cohedge::dialect
