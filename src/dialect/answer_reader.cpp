#include "answer_reader.hpp"

#include <cohedge/dialect/error_classification.hpp>

#include <algorithm>

namespace cohedge::dialect {

using simdjson::SUCCESS;

// A framing that calls errors by their names says more than "error".
error answer_reader::explain(const frame& document) const {
  const bool named = document.failure && document.type != "error";
  return classify_body(document.data, named ? document.type : std::string_view{});
}

// Only once content was handed out: until then the same bytes may mean more to a reader. And only the document just
// before is remembered: reading it twice leaves a reader as reading it once did, but another one may change what it means.
answer_reader::verdict answer_reader::next(const frame& document, bool committed) {
  if (committed && read_like_the_last(document)) return verdict::answer;
  const auto said = read(document, committed);
  if (!committed || said != verdict::answer || ended_ || !learn_shape(document)) shape_.forget();
  return said;
}

bool answer_reader::read_like_the_last(const frame& document) {
  auto& counts = said();
  std::string_view token;
  if (!shape_.match(document, token, counts)) return false;
  text_.clear();
  if (!add_text(token, shape_piece_.text)) return false;
  pieces_.assign(1, shape_piece_);
  counts_.reported = false;
  if (counts.any()) take_counts(counts);
  return true;
}

bool answer_reader::learn_shape(const frame& document) {
  if (pieces_.size() != 1 || (counts_.reported && !said().any())) return false;
  const auto& only = pieces_[0];
  if (only.kind != delta_kind::text && only.kind != delta_kind::reasoning) return false;
  // All text must be that of the last string: an object or a list of parts gives text by other ways.
  if (last_token_.empty() || only.text.at != 0 || only.text.size != text_.size()) return false;
  shape_piece_ = only;
  return shape_.learn(document, last_token_, said());
}

said_counts& answer_reader::said() {
  thread_local said_counts one;
  return one;
}

void answer_reader::reset() {
  shape_.forget();
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
  said().clear();
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
  json = token;
  if (token.starts_with('{')) {
    simdjson::ondemand::object inside;
    if (what.get_object().get(inside) != SUCCESS || inside.raw_json().get(json) != SUCCESS) return false;
  } else if (token.starts_with('[')) {
    simdjson::ondemand::array inside;
    if (what.get_array().get(inside) != SUCCESS || inside.raw_json().get(json) != SUCCESS) return false;
  }
  json = trimmed(json);  // the parser gives what follows it as well
  return true;
}

}  // namespace cohedge::dialect
