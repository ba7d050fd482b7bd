#include "answer_reader.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include <algorithm>

namespace cohedge::dialect {

using simdjson::SUCCESS;

error answer_reader::explain(const frame& document) const { return classify_body(document.data); }

void answer_reader::reset() {
  model_.clear();
  id_.clear();
  service_tier_.clear();
  counts_ = {};
  ended_ = false;
  begin_document();
}

void answer_reader::begin_document() {
  text_.clear();
  pieces_.clear();
  counts_.reported = false;
  too_many_ = false;
  last_token_ = {};
}

void answer_reader::fill(const piece& from, delta& out) const noexcept {
  const bool call = from.kind == delta_kind::tool_call || from.kind == delta_kind::tool_arguments ||
                    from.kind == delta_kind::tool_call_end;
  out.kind = from.kind;
  out.finish = from.finish;
  out.choice = from.choice;
  out.tool_index = call ? from.tool_index : 0;
  out.usage = nullptr;
  out.text = text(from.text);
  out.id = text(from.id);
  out.name = text(from.name);
  out.signature = text(from.signature);
}

bool answer_reader::add_text(std::string_view token, place& where) {
  where.at = static_cast<std::uint32_t>(text_.size());
  if (!append_text(token, text_)) return false;
  where.size = static_cast<std::uint32_t>(text_.size()) - where.at;
  return true;
}

answer_reader::place answer_reader::add_plain(std::string_view text) {
  const place where{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
  text_.append(text);
  return where;
}

bool answer_reader::add_piece(std::string_view token, delta_kind kind, std::uint32_t choice) {
  piece one;
  one.kind = kind;
  one.choice = choice;
  if (!add_text(token, one.text)) return false;
  if (one.text.size == 0) return true;
  last_token_ = token;
  pieces_.push_back(one);
  return true;
}

void answer_reader::add_finish(finish_reason why, std::string_view provider_word, std::uint32_t choice) {
  piece end;
  end.kind = delta_kind::finish;
  end.finish = why;
  end.choice = choice;
  end.name = add_plain(provider_word);
  pieces_.push_back(end);
}

void answer_reader::keep_first(std::string_view token, std::string& into) {
  if (into.empty() && !append_text(token, into)) into.clear();
}

void read_count(simdjson::ondemand::value& what, std::uint64_t& into) {
  std::uint64_t count = 0;
  if (what.get_uint64().get(count) == SUCCESS) into = std::max(into, count);
}

bool raw_json(simdjson::ondemand::value& what, std::string_view& json) {
  const auto token = what.raw_json_token();
  if (token.starts_with('{')) {
    simdjson::ondemand::object inside;
    return what.get_object().get(inside) == SUCCESS && inside.raw_json().get(json) == SUCCESS;
  }
  if (token.starts_with('[')) {
    simdjson::ondemand::array inside;
    return what.get_array().get(inside) == SUCCESS && inside.raw_json().get(json) == SUCCESS;
  }
  json = trimmed(token);
  return true;
}

}  // namespace cohedge::dialect
