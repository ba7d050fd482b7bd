#include "openai_surface.hpp"

#include "answer_reader.hpp"

#include <cohedge/dialect/error_classification.hpp>
#include <cohedge/wire/json_check.hpp>

#include <algorithm>
#include <charconv>

#include "body_reading.hpp"
#include "error_body.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

bool is_any(const char* key, std::initializer_list<std::string_view> names) noexcept {
  return std::ranges::any_of(names, [key](std::string_view name) {
    return std::string_view{key, name.size()} == name && key[name.size()] == '"';
  });
}

void keep_text(value& what, std::string& into) {
  const auto token = what.raw_json_token();
  if (!token.starts_with('"') || !into.empty()) return;
  if (!append_text(token, into)) into.clear();
}

// A whole number, or one as text.
void keep_count(value& what, std::uint64_t& into) {
  auto token = trimmed(what.raw_json_token());
  if (token.starts_with('"') && token.size() > 2) token = token.substr(1, token.size() - 2);
  std::uint64_t count = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), count).ec == std::errc{}) into = std::max(into, count);
}

// What servers call the limits of a model, at the top and inside of objects that describe it.
bool read_member(const char* key, value& what, model_info& into, int depth) {
  if (is_any(key, {"context_length", "context_window", "max_context_length", "max_model_len", "n_ctx",
                   "max_context_window_tokens", "availableContextTokens"})) {
    keep_count(what, into.context_window);
  } else if (is_any(key, {"max_completion_tokens", "max_output_tokens", "max_output_length", "maxCompletionTokens"})) {
    keep_count(what, into.max_output);
  } else if (depth == 0 && is_any(key, {"id"})) {
    keep_text(what, into.id);
  } else if (is_any(key, {"name", "display_name"})) {
    keep_text(what, into.name);
  } else if (depth == 0 && is_any(key, {"owned_by", "organization", "vendor"})) {
    keep_text(what, into.owner);
  } else if (depth == 0 && is_any(key, {"created"})) {
    std::int64_t when = 0;
    if (what.get_int64().get(when) == SUCCESS) into.created = when;
  } else if (depth < 2 && is_any(key, {"top_provider", "capabilities", "limits", "meta", "model_spec"})) {
    return each_member(what, [&](const char* inner, value& member) { return read_member(inner, member, into, depth + 1); });
  }
  return true;
}

bool read_models(value& list, std::vector<model_info>& into) {
  return each_element(list, [&](value& element) {
    object one;
    model_info model;
    if (element.get_object().get(one) != SUCCESS) return false;
    const bool good = each_member(one, [&](const char* key, value& what) { return read_member(key, what, model, 0); });
    if (good && !model.id.empty()) into.push_back(std::move(model));
    return good;
  });
}

}  // namespace

error unexpected_body(std::string_view json) {
  if (trimmed(json).starts_with('{') && wire::is_json(json) && !read_error_body(json).message.empty())
    return classify_body(json);
  return malformed_body(json);
}

result<request_bytes> openai_surface::encode_models(std::string_view page) const {
  if (!page.empty()) return error{errc::invalid_argument, "the list of models has one page"};
  return request_bytes{"GET", "/models"};
}

// {"data": […]}, or the list itself (Together).
result<model_list> openai_surface::decode_models(std::string_view padded_body) const {
  const auto json = trimmed(padded_body);
  if (json.empty()) return error{errc::empty_answer, "the body is empty"};
  model_list found;
  bool seen = false;
  auto& parser = shared_parser(json.size());
  simdjson::ondemand::document document;
  value top;
  if (parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document) != SUCCESS ||
      document.get_value().get(top) != SUCCESS)
    return unexpected_body(json);
  bool good = true;
  if (json.starts_with('[')) {
    seen = true;
    good = read_models(top, found.models);
  } else {
    good = each_member(top, [&](const char* key, value& what) {
      if (!is_key(key, "data") || !what.raw_json_token().starts_with('[')) return true;
      seen = true;
      return read_models(what, found.models);
    });
  }
  const char* behind = nullptr;
  if (!good || !seen || !document.is_alive() || document.current_location().get(behind) == SUCCESS) return unexpected_body(json);
  return found;
}

}  // namespace cohedge::dialect
