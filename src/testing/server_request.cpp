#include <cohedge/testing/server_request.hpp>

#include <simdjson.h>

#include <algorithm>
#include <array>

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

/// The text of the last turn that is not the model's, where turns are `contents` with parts (Gemini).
std::string last_contents(const dom::array& contents) {
  std::string text;
  for (const auto turn : contents)
    if (text_of(turn["role"]) != "model") text = content_of(turn["parts"]);
  return text;
}

/// What is before `end` and behind the last `begin`.
std::string between(std::string_view path, std::string_view begin, std::string_view end) {
  const auto stop = std::min(path.rfind(end), path.size());
  auto start = path.rfind(begin, stop);
  if (start == std::string_view::npos) return {};
  start += begin.size();
  return std::string{path.substr(start, stop - start)};
}

/// Some APIs have the model in the path, and whether a stream is wanted.
void read_path(server_request& asked) {
  const auto path = asked.path();
  if (path.find("/model/") != std::string_view::npos) {
    asked.model = between(path, "/model/", "/converse");
    asked.stream = path.ends_with("-stream");
  } else if (path.find("/models/") != std::string_view::npos) {
    asked.model = between(path, "/models/", ":");
    asked.stream = path.ends_with(":streamGenerateContent");
  }
}

}  // namespace

void server_request::read_body() {
  dom::parser parser;
  dom::element root;
  if (body.empty() || parser.parse(body).get(root) != simdjson::SUCCESS) return;
  model = text_of(root["model"]);
  stream = flag_of(root["stream"]);
  include_usage = flag_of(root["stream_options"]["include_usage"]);
  const std::array limits{root["max_tokens"], root["max_completion_tokens"], root["options"]["num_predict"],
                          root["inferenceConfig"]["maxTokens"], root["generationConfig"]["maxOutputTokens"]};
  for (const auto& found : limits) {
    std::uint64_t most = 0;
    if (found.get(most) == simdjson::SUCCESS) max_tokens = static_cast<std::size_t>(most);
  }
  dom::array messages;
  if (root["messages"].get(messages) == simdjson::SUCCESS)
    prompt = last_user_message(messages);
  else if (root["contents"].get(messages) == simdjson::SUCCESS)
    prompt = last_contents(messages);
  else
    prompt = content_of(root["prompt"]);
  read_path(*this);
}

}  // namespace cohedge::testing
