#include <cohedge/wire/url.hpp>

#include "body_reading.hpp"
#include "cohere_encode.hpp"
#include "cohere_reader.hpp"
#include "common_surface.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

class cohere_surface final : public common_surface {
 public:
  std::string_view name() const override { return "cohere.v2.chat"; }

  result<request_bytes> encode(const chat_request& ask, std::string_view model, bool stream,
                               const deviations&) const override {
    return encode_cohere(ask, model, stream);
  }

  result<request_bytes> encode_embeddings(const embedding_request& ask, std::string_view model) const override;
  result<embeddings> decode_embeddings(std::string_view padded_body) const override;
  result<request_bytes> encode_models(std::string_view page) const override;
  result<model_list> decode_models(std::string_view padded_body) const override;

  request_bytes check() const override { return {"GET", "/v1/models?page_size=1"}; }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<cohere_reader>(); }
};

result<request_bytes> cohere_surface::encode_embeddings(const embedding_request& ask, std::string_view model) const {
  auto wrong = embedding_fault(ask, model, {"model", "texts", "embedding_types"});
  if (wrong.code() != errc::none) return wrong;
  if (!ask.end_user().empty()) return error{errc::unsupported, "Cohere's API cannot express end_user"};
  request_bytes out{"POST", "/v2/embed"};
  wire::json_writer json{out.body};
  json.begin_object().member("model", model);
  write_inputs("texts", ask, json);
  if (not_extra(ask, "input_type")) json.member("input_type", cohere_input_type(ask.purpose()));
  json.key("embedding_types").begin_array().string("float").end_array();
  if (ask.dimensions() && not_extra(ask, "output_dimension")) json.member("output_dimension", *ask.dimensions());
  write_extra(ask, json);
  json.end_object();
  return out;
}

// {"embeddings": {"float": [[…], …]}}; version 1 gives the lists themselves.
result<embeddings> cohere_surface::decode_embeddings(std::string_view padded_body) const {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  embeddings found;
  element lists, floats;
  bool good = top.value()["embeddings"].get(lists) == SUCCESS;
  if (good && lists["float"].get(floats) == SUCCESS) lists = floats;
  good = good && add_vectors(lists, found) && !found.vectors.empty();
  if (!good) return malformed_body(padded_body);
  object billed;
  if (top.value()["meta"]["billed_units"].get(billed) == SUCCESS) {
    found.usage.input = found.usage.total = count_of(billed, "input_tokens") + count_of(billed, "image_tokens");
    found.usage.reported = found.usage.input > 0;
  }
  return found;
}

result<request_bytes> cohere_surface::encode_models(std::string_view page) const {
  std::string target{"/v1/models?page_size=1000"};
  if (!page.empty()) wire::append_path_segment(target.append("&page_token="), page);
  return request_bytes{"GET", std::move(target)};
}

result<model_list> cohere_surface::decode_models(std::string_view padded_body) const {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  array models;
  if (top.value()["models"].get(models) != SUCCESS) return malformed_body(padded_body);
  model_list list;
  list.next_page = text_of(top.value(), "next_page_token");
  for (const auto each : models) {
    object from;
    if (each.get(from) != SUCCESS) return malformed_body("a model that is no object");
    model_info one;
    one.id = text_of(from, "name");
    if (one.id.empty()) return malformed_body("a model without a name");
    // Of models that embed it comes as a number with a point.
    double window = 0;
    if (from["context_length"].get(window) == SUCCESS && window > 0 && window < 1e15)
      one.context_window = static_cast<std::uint64_t>(window);
    list.models.push_back(std::move(one));
  }
  return list;
}

}  // namespace

const surface& cohere_chat() {
  static const cohere_surface one;
  return one;
}

}  // namespace cohedge::dialect
