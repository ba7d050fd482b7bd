// What a surface can say, found out with one small request for each question.

#include <cohedge/dialect/surface.hpp>

namespace cohedge::dialect {
namespace {

constexpr deviations anything{};

/// The request can be said, and this text of it is in the bytes.
bool says(const surface& api, const chat_request& ask, std::string_view mark) {
  const auto bytes = api.encode(ask, "model", false, anything);
  return bytes && bytes.value().body.find(mark) != std::string::npos;
}

chat_request asking() {
  chat_request ask{"said-by-the-user"};
  ask.max_tokens(4096);  // what some want with a budget for reasoning
  return ask;
}

bool says_image(const surface& api) {
  chat_request ask;
  message turn{role::user, "What is this?"};
  turn.add(part::image("\x89PNG\r\n\x1a\n", "image/png"));
  ask.add(std::move(turn));
  return says(api, ask, "iVBORw0KGgo");  // the same in base64
}

bool says_tool(const surface& api) {
  tool offered{"offered_tool", "does it", R"({"type":"object","properties":{}})"};
  return says(api, asking().tool(std::move(offered)), "offered_tool");
}

bool says_reasoning(const surface& api) {
  const auto plain = api.encode(asking(), "model", false, anything);
  for (const auto& ask : {asking().reasoning_effort("high"), asking().reasoning_budget(2000)}) {
    const auto bytes = api.encode(ask, "model", false, anything);
    if (plain && bytes && bytes.value().body != plain.value().body) return true;
  }
  return false;
}

}  // namespace

capability_set surface::capabilities() const {
  const auto schema = asking().response_schema(
      R"({"type":"object","properties":{"answer_member":{"type":"string"}},"required":["answer_member"],"additionalProperties":false})");
  capability_set has;
  has.text = says(*this, asking(), "said-by-the-user");
  has.images = says_image(*this);
  has.tools = says_tool(*this);
  has.structured_output = says(*this, schema, "answer_member");
  has.reasoning = says_reasoning(*this);
  has.embeddings = encode_embeddings(embedding_request{"text"}, "model").has_value();
  has.models = encode_models("").has_value();
  has.token_count = encode_count(asking(), "model", anything).has_value();
  return has;
}

}  // namespace cohedge::dialect
