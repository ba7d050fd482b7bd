// Requests for vectors; and the paths of all requests.

#include "replay/request_reading.hpp"

namespace cohedge::tests {
namespace {

std::vector<std::string> texts_of(const tree& from) {
  std::vector<std::string> texts;
  if (from.is_string()) texts.push_back(from.text());
  for (const auto& each : from.items) texts.push_back(each.text());
  return texts;
}

void rest_as_extra(const member_taker& of, embedding_request& into) {
  for (const auto& [name, value] : of.rest()) into.extra(name, value.json());
}

embedding_reading read_openai(const tree& body) {
  embedding_reading into;
  member_taker of{body};
  into.model = of.take("model").text();
  into.ask = embedding_request{texts_of(of.take("input"))};
  of.number("dimensions", [&](double v) { into.ask.dimensions(static_cast<std::uint32_t>(v)); });
  into.ask.end_user(of.take("user").text());
  rest_as_extra(of, into.ask);
  return into;
}

struct purpose_name {
  std::string_view cohere, gemini;
  embedding_purpose means;
};
constexpr purpose_name purposes[]{
    {"search_document", "RETRIEVAL_DOCUMENT", embedding_purpose::document},
    {"search_query", "RETRIEVAL_QUERY", embedding_purpose::query},
    {"classification", "CLASSIFICATION", embedding_purpose::classification},
    {"clustering", "CLUSTERING", embedding_purpose::clustering},
    {"", "SEMANTIC_SIMILARITY", embedding_purpose::similarity},
};

void add_purpose(const std::string& said, std::string_view purpose_name::*name, embedding_reading& into) {
  if (said.empty()) return;
  for (const auto& each : purposes)
    if (each.*name == said) return void(into.ask.purpose(each.means));
  into.cannot.push_back("purpose " + said);
}

embedding_reading read_cohere(const tree& body) {
  embedding_reading into;
  member_taker of{body};
  into.model = of.take("model").text();
  into.ask = embedding_request{texts_of(of.take("texts"))};
  add_purpose(of.take("input_type").text(), &purpose_name::cohere, into);
  of.number("output_dimension", [&](double v) { into.ask.dimensions(static_cast<std::uint32_t>(v)); });
  of.take("embedding_types");  // floats, always
  rest_as_extra(of, into.ask);
  return into;
}

// One request for each text, all with the same wishes; on Vertex the one request itself.
embedding_reading read_gemini(const tree& body, std::string_view url) {
  embedding_reading into;
  const auto requests = body.has("requests") ? body.at("requests").items : std::vector{body};
  std::vector<std::string> texts;
  for (const auto& each : requests) {
    const auto& parts = each.at("content", "parts").items;
    if (parts.size() != 1 || !parts.front().has("text"))
      into.cannot.push_back("a vector of several parts, or of a picture");
    else
      texts.push_back(parts.front().at("text").text());
    if (each.at("taskType") != requests.front().at("taskType")) into.cannot.push_back("a purpose for each text");
  }
  into.ask = embedding_request{std::move(texts)};
  if (requests.empty()) return into;
  member_taker of{requests.front()};
  of.take("content");
  of.take("model");
  into.model = model_in(url);
  add_purpose(of.take("taskType").text(), &purpose_name::gemini, into);
  of.number("outputDimensionality", [&](double v) { into.ask.dimensions(static_cast<std::uint32_t>(v)); });
  rest_as_extra(of, into.ask);
  return into;
}

}  // namespace

bool embedding_reading::operator==(const embedding_reading& other) const {
  const auto &a = ask, &b = other.ask;
  return model == other.model && cannot == other.cannot && a.inputs() == b.inputs() &&
         a.dimensions() == b.dimensions() && a.purpose() == b.purpose() && a.end_user() == b.end_user() &&
         a.extra() == b.extra();
}

embedding_reading read_embedding_request(family speaks, const tree& body, std::string_view url) {
  if (speaks == family::gemini) return read_gemini(body, url);
  auto found = speaks == family::cohere ? read_cohere(body) : read_openai(body);
  if (speaks == family::cohere && url.ends_with("/v1/embed"))
    found.cannot.push_back("version 1 of Cohere's API: ours asks version 2");
  return found;
}

tree canonical_embedding_request(tree body) {
  body = without_nulls(std::move(body));
  // One text need not be a list.
  if (body.at("input").is_string()) body.members["input"] = tree::list({body.at("input")});
  return body;
}

bool same_path(std::string_view url, std::string_view ours) {
  const auto path = [](std::string_view from) { return unescaped(from.substr(0, from.find_first_of("?#"))); };
  return path(url).ends_with(path(ours));
}

}  // namespace cohedge::tests
