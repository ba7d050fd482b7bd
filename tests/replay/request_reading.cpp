#include "replay/request_reading.hpp"

#include "conform/cuts.hpp"

namespace cohedge::tests {

std::vector<std::pair<std::string, tree>> member_taker::rest() const {
  std::vector<std::pair<std::string, tree>> left;
  for (const auto& [name, value] : from_.members)
    if (!taken_.contains(name) && !value.is_null()) left.emplace_back(name, value);
  return left;
}

void member_taker::rest_as_extra(chat_request& into) const {
  for (const auto& [name, value] : rest()) into.extra(name, value.json());
}

void member_taker::rest_unsaid(const std::string& where, request_reading& into) const {
  for (const auto& [name, value] : rest()) into.note(where + "." + name);
}

request_reading read_request(family speaks, const tree& body, std::string_view url) {
  request_reading found;
  switch (speaks) {
    case family::openai_chat: return read_openai_request(body);
    case family::legacy_completions: return read_legacy_request(body);
    case family::openai_responses: return read_responses_request(body);
    case family::cohere: return read_cohere_request(body);
    case family::ollama: return read_ollama_request(body);
    case family::anthropic: found = read_anthropic_request(body); break;
    case family::gemini: found = read_gemini_request(body); break;
    case family::bedrock: found = read_bedrock_request(body); break;
  }
  // These say in the path who is asked, and whether for a stream.
  if (found.model.empty()) found.model = name_in(url, speaks == family::gemini ? "/models/" : "/model/");
  if (found.model.empty()) found.model = "recorded";
  found.stream = found.stream || url.find("stream") != std::string_view::npos;
  return found;
}

tree canonical_request(family speaks, tree body) {
  body = without_nulls(std::move(body));  // null says the same as nothing, everywhere
  switch (speaks) {
    case family::openai_chat: return canonical_openai_request(std::move(body));
    case family::legacy_completions: return canonical_legacy_request(std::move(body));
    case family::openai_responses: return canonical_responses_request(std::move(body));
    case family::anthropic: return canonical_anthropic_request(std::move(body));
    case family::gemini: return canonical_gemini_request(std::move(body));
    case family::bedrock: return canonical_bedrock_request(std::move(body));
    case family::cohere: return canonical_cohere_request(std::move(body));
    case family::ollama: return canonical_ollama_request(std::move(body));
  }
  return body;
}

tree as_list(const tree& content, std::map<std::string, tree> around_text) {
  if (!content.is_string()) return content;
  around_text["text"] = content;
  return tree::list({tree::object(std::move(around_text))});
}

void join_turns(tree& messages, const char* member) {
  std::vector<tree> joined;
  for (auto& each : messages.items) {
    if (!joined.empty() && joined.back().at("role") == each.at("role"))
      for (auto& piece : each.members[member].items) joined.back().members[member].items.push_back(std::move(piece));
    else
      joined.push_back(std::move(each));
  }
  messages.items = std::move(joined);
}

void drop_false(tree& from, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (from.at(name).is == tree::kind::boolean && !from.at(name).truth()) from.members.erase(name);
}

void drop_empty(tree& from, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    const auto& value = from.at(name);
    if (value.scalar.empty() && value.items.empty() && value.members.empty()) from.members.erase(name);
  }
}

std::string name_in(std::string_view url, std::string_view before) {
  auto at = url.find(before);
  if (at == std::string_view::npos) return {};
  at += before.size();
  return std::string{url.substr(at, url.find_first_of(":/?", at) - at)};
}

part image_from(const std::string& url) {
  const auto comma = url.find(";base64,");
  if (!url.starts_with("data:") || comma == std::string::npos) return part::image_url(url);
  return part::image(from_base64(std::string_view{url}.substr(comma + 8)), url.substr(5, comma - 5));
}

std::string json_of(const tree& value) { return value.is_null() ? std::string{} : value.json(); }

}  // namespace cohedge::tests
