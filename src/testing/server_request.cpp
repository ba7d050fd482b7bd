#include <cohedge/testing/server_request.hpp>

#include <simdjson.h>

namespace cohedge::testing {

namespace {

namespace dom = simdjson::dom;

std::string text_of(const simdjson::simdjson_result<dom::element>& found) {
  std::string_view text;
  return found.get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

bool flag_of(const simdjson::simdjson_result<dom::element>& found) {
  bool flag = false;
  return found.get(flag) == simdjson::SUCCESS && flag;
}

/// A text, or the texts of the parts it is made of.
std::string content_of(const simdjson::simdjson_result<dom::element>& found) {
  dom::array parts;
  if (found.get(parts) != simdjson::SUCCESS) return text_of(found);
  std::string all;
  for (const auto part : parts) {
    std::string_view plain;
    if (part.get(plain) == simdjson::SUCCESS)
      all += plain;
    else
      all += text_of(part["text"]);
  }
  return all;
}

std::string last_user_message(const dom::array& messages) {
  std::string text;
  for (const auto message : messages)
    if (text_of(message["role"]) == "user") text = content_of(message["content"]);
  return text;
}

}  // namespace

void server_request::read_body() {
  dom::parser parser;
  dom::element root;
  if (body.empty() || parser.parse(body).get(root) != simdjson::SUCCESS) return;
  model = text_of(root["model"]);
  stream = flag_of(root["stream"]);
  include_usage = flag_of(root["stream_options"]["include_usage"]);
  for (const auto* name : {"max_tokens", "max_completion_tokens"}) {
    std::uint64_t most = 0;
    if (root[name].get(most) == simdjson::SUCCESS) max_tokens = static_cast<std::size_t>(most);
  }
  dom::array messages;
  if (root["messages"].get(messages) == simdjson::SUCCESS)
    prompt = last_user_message(messages);
  else
    prompt = content_of(root["prompt"]);
}

}  // namespace cohedge::testing
