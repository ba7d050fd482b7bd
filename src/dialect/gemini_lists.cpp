#include "gemini_lists.hpp"

#include "body_reading.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using wire::json_writer;

std::string_view task_type(embedding_purpose purpose) noexcept {
  switch (purpose) {
    case embedding_purpose::unsaid: return {};
    case embedding_purpose::document: return "RETRIEVAL_DOCUMENT";
    case embedding_purpose::query: return "RETRIEVAL_QUERY";
    case embedding_purpose::classification: return "CLASSIFICATION";
    case embedding_purpose::clustering: return "CLUSTERING";
    case embedding_purpose::similarity: return "SEMANTIC_SIMILARITY";
  }
  return {};
}

void write_members(const embedding_request& ask, std::string_view text, json_writer& json) {
  json.key("content").begin_object().key("parts").begin_array().begin_object().member("text", text).end_object();
  json.end_array().end_object();
  const auto type = task_type(ask.purpose());
  if (!type.empty() && not_extra(ask, "taskType")) json.member("taskType", type);
  if (ask.dimensions() && not_extra(ask, "outputDimensionality"))
    json.member("outputDimensionality", *ask.dimensions());
  write_extra(ask, json);
}

void write_batch(const embedding_request& ask, std::string_view model, json_writer& json) {
  json.begin_object().key("requests").begin_array();
  for (const auto& text : ask.inputs()) {
    json.begin_object().member("model", gemini_resource(model));
    write_members(ask, text, json);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

result<request_bytes> encode_gemini_embeddings(const embedding_request& ask, std::string_view model, google_api api) {
  auto wrong = embedding_fault(ask, model, {"model", "content", "requests"});
  if (wrong.code() != errc::none) return wrong;
  if (!ask.end_user().empty()) return error{errc::unsupported, "Gemini's API cannot express end_user"};
  const bool one = api == google_api::vertex;
  if (one && ask.inputs().size() > 1)
    return error{errc::unsupported,
                 "Vertex embeds one text with a request, not " + std::to_string(ask.inputs().size())};
  request_bytes out{"POST", gemini_target(model, one ? "embedContent" : "batchEmbedContents")};
  json_writer json{out.body};
  if (!one) {
    write_batch(ask, model, json);
    return out;
  }
  json.begin_object();
  write_members(ask, ask.inputs().front(), json);
  json.end_object();
  return out;
}

// {"embeddings": [{"values": […]}, …]}, or {"embedding": {"values": […]}}.
result<embeddings> decode_gemini_embeddings(std::string_view padded_body) {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  embeddings found;
  element one, values;
  array several;
  if (top.value()["embedding"].get(one) == SUCCESS) {
    if (one["values"].get(values) != SUCCESS || !add_vector(values, found))
      return malformed_body("a vector without values");
  } else if (top.value()["embeddings"].get(several) == SUCCESS) {
    for (const auto each : several)
      if (each["values"].get(values) != SUCCESS || !add_vector(values, found))
        return malformed_body("a vector without values");
  }
  if (found.vectors.empty()) return malformed_body(padded_body);
  object usage;
  if (top.value()["usageMetadata"].get(usage) == SUCCESS) {
    found.usage.input = found.usage.total = count_of(usage, "promptTokenCount");
    found.usage.reported = found.usage.input > 0;
  }
  return found;
}

result<model_list> decode_gemini_models(std::string_view padded_body) {
  simdjson::dom::parser parser;
  auto top = parse_body(parser, padded_body);
  if (!top) return std::move(top).error();
  array models;
  model_list list;
  list.next_page = text_of(top.value(), "nextPageToken");
  if (top.value()["models"].get(models) != SUCCESS) {
    if (top.value().size() == 0) return list;  // an empty list is left out, as in all of Google's JSON
    return malformed_body(padded_body);
  }
  for (const auto each : models) {
    object from;
    if (each.get(from) != SUCCESS) return malformed_body("a model that is no object");
    model_info one;
    one.id = text_of(from, "name");
    if (one.id.starts_with("models/")) one.id.erase(0, 7);
    if (one.id.empty()) return malformed_body("a model without a name");
    one.name = text_of(from, "displayName");
    one.context_window = count_of(from, "inputTokenLimit");
    one.max_output = count_of(from, "outputTokenLimit");
    list.models.push_back(std::move(one));
  }
  return list;
}

result<std::uint64_t> decode_gemini_count(std::string_view padded_body) {
  return decode_token_count(padded_body, "totalTokens");
}

}  // namespace cohedge::dialect
