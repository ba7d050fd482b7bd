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
// before is remembered: reading it twice leaves a reader as reading it once did, but another one may change what it
// means; so may the same one where it says more than one thing.
answer_reader::verdict answer_reader::next(const frame& document, bool committed) {
  if (committed && next_like_the_last(document) > 0) return verdict::answer;
  const auto said = read(document, committed);
  const bool plain = committed && said == verdict::answer && !ended_ && pieces_.size() == 1;
  if (!plain || !learn_shape(document, {})) shape_.forget();
  return said;
}

answer_reader::verdict answer_reader::whole(std::string_view json) {
  const frame document{{}, json};
  counts_ = {};  // counts of nothing leave what there is
  if (next_like_the_last(document) > 0) return verdict::answer;
  reset();
  const auto said = read_whole(json);
  if (said != verdict::answer || !learn_shape(document, id_token_)) shape_.forget();
  return said;
}

std::size_t answer_reader::next_like_the_last(const frame& document) {
  auto& counts = said();
  document_shape::strings found;
  const auto size = shape_.match(document, found, counts);
  if (size == 0) return 0;
  text_.resize(said_text_);
  auto& text = pieces_[said_piece_].text;
  if (found.plain)
    text = add_plain({found.text.data() + 1, found.text.size() - 2});
  else if (!add_text(found.text, text))
    return 0;
  if (!found.id.empty()) {
    id_.clear();
    if (!append_text(found.id, id_)) return 0;
  }
  counts_.reported = false;
  if (counts.any()) take_counts(counts);
  return size;
}

bool answer_reader::learn_shape(const frame& document, std::string_view id_token) {
  if (last_token_.empty() || (counts_.reported && !said().any())) return false;
  const auto only = std::ranges::find(pieces_, last_text_at_, [](const piece& one) { return one.text.at; });
  if (only == pieces_.end() || (only->kind != delta_kind::text && only->kind != delta_kind::reasoning)) return false;
  said_piece_ = static_cast<std::size_t>(only - pieces_.begin());
  said_text_ = text_.size();
  return shape_.learn(document, {last_token_, id_token}, said());
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
  id_token_ = {};
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
  last_text_at_ = one.text.at;
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

void answer_reader::keep_id(std::string_view token) {
  if (!id_.empty()) return;
  keep_first(token, id_);
  if (!id_.empty()) id_token_ = trimmed(token);
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
