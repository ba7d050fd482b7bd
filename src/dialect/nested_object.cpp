#include "nested_object.hpp"

#include <algorithm>

#include "answer_reader.hpp"

namespace cohedge::dialect {

nested_object::nested_object(request_writer& body, const chat_request::content& ask, const wire::json_string& name)
    : body_{body}, name_{name}, json_{text_} {
  const auto last =
      std::find_if(ask.extra.rbegin(), ask.extra.rend(), [&](const auto& each) { return each.first == name_.text(); });
  replaced_ = last != ask.extra.rend() && !read_given(last->second);
  json_.begin_object();
}

// The values stay as the caller wrote them.
bool nested_object::read_given(std::string_view text) {
  const simdjson::padded_string padded{text};
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto each : object) {
    std::string_view name, value;
    if (each.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    std::string key{name};
    if (!raw_json(held_by(each).value(), value)) return false;
    std::erase_if(given_, [&](const auto& earlier) { return earlier.first == key; });
    given_.emplace_back(std::move(key), value);
  }
  return true;
}

bool nested_object::ours(std::string_view member) const noexcept {
  return std::ranges::none_of(given_, [&](const auto& each) { return each.first == member; });
}

void nested_object::optional(const wire::json_string& member, const std::vector<std::string>& texts) {
  if (texts.empty() || !ours(member.text())) return;
  write_texts(member, texts, json_);
}

void nested_object::end() {
  if (replaced_) return;  // `extra` writes it
  for (const auto& [member, value] : given_) json_.key(member).raw(value);
  json_.end_object();
  body_.leave_out(name_.text());
  if (text_ != "{}" || !body_.ours(name_.text())) body_.json().key(name_).raw(text_);
}

}  // namespace cohedge::dialect
