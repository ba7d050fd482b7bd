#include "chunk_reader.hpp"

#include <utility>

namespace cohedge::dialect {

using simdjson::SUCCESS;
using simdjson::ondemand::array;

void chunk_reader::reset() {
  answer_reader::reset();
  calls_.clear();
  opened_.reset();
  finished_.reset();
  reasoned_.reset();
  details_.clear();
  sources_before_ = 0;
}

chunk_reader::verdict chunk_reader::read_chunk(std::string_view json, bool take_messages) {
  counts_ = {};
  error_ = saw_choices_ = explained_ = false;
  const auto opened = opened_;
  const auto finished = finished_;
  sources_.clear();
  sources_seen_ = 0;
  const auto said = read_object(json, [&](object& top) { return read_top(top, take_messages); });
  if (said == verdict::answer) {
    hand_out_sources();
    return said;
  }
  opened_ = opened;
  finished_ = finished;
  return said;
}

chunk_reader::verdict chunk_reader::read_top(object& top, bool take_messages) {
  for (auto each : top) {
    if (each.error() != SUCCESS) return verdict::malformed;
    auto& member = held_by(each);
    const bool ok = read_top_member(member.key().raw(), member.value(), take_messages);
    if (error_) return verdict::error;
    if (!ok) return verdict::malformed;
  }
  if (saw_choices_) return verdict::answer;
  if (explained_) return verdict::error;
  return counts_.reported ? verdict::answer : verdict::neutral;
}

// The first letter first: a chunk has some ten members, and comparing each with every name costs as much as parsing.
bool chunk_reader::read_top_member(const char* key, value& what, bool take_messages) {
  switch (*key) {
    case 'c':
      if (is_key(key, "choices")) return read_choices(what, take_messages);
      return !is_key(key, "citations") || read_sources(what, false);
    case 's':
      if (service_tier_.empty() && is_key(key, "service_tier"))
        keep_first(what.raw_json_token(), service_tier_);
      else if (is_key(key, "search_results"))
        return read_sources(what, true);
      return true;
    case 'i':
      if (is_key(key, "id")) keep_id(what.raw_json_token());
      return true;
    case 'm':
      if (model_.empty() && is_key(key, "model"))
        keep_first(what.raw_json_token(), model_);
      else if (is_key(key, "message"))
        explained_ = true;
      return true;
    case 'u': return !is_key(key, "usage") || read_usage(what);
    case 'e':
      if (is_key(key, "error")) error_ = reports_error(what);
      return true;
    case 'd':
      if (is_key(key, "detail")) explained_ = true;
      return true;
    case 'o':
    case 't':
      if (is_key(key, "object") || is_key(key, "type"))
        explained_ = explained_ || what.raw_json_token().starts_with("\"error\"");
      return true;
    case 'x': return !is_key(key, "x_groq") || read_groq(what);
    default: return true;
  }
}

bool chunk_reader::read_groq(value& what) {
  object groq;
  value counts;
  if (what.get_object().get(groq) != SUCCESS || groq.find_field("usage").get(counts) != SUCCESS) return true;
  return read_usage(counts);
}

bool chunk_reader::read_choices(value& list, bool take_messages) {
  auto choices = list.get_array();
  if (choices.error() != SUCCESS) return list.raw_json_token().starts_with("null");
  saw_choices_ = true;
  for (auto each : held_by(choices)) {
    auto one = each.get_object();
    if (one.error() != SUCCESS || !read_choice(held_by(one), take_messages)) return false;
    if (error_) break;
  }
  return true;
}

bool chunk_reader::read_choice(object& from, bool take_messages) {
  choice_state at;
  at.first_piece = pieces_.size();
  for (auto each : from) {
    if (each.error() != SUCCESS) return false;
    auto& member = held_by(each);
    if (!read_choice_member(member.key().raw(), member.value(), at, take_messages)) return false;
    if (error_) return true;
  }
  return end_choice(at);
}

bool chunk_reader::read_choice_member(const char* key, value& what, choice_state& at, bool take_messages) {
  switch (*key) {
    case 'd': return !is_key(key, "delta") || take_source(what, at, source::delta);
    case 'i':
      if (!is_key(key, "index") || what.raw_json_token().starts_with("null")) return true;
      return what.get_uint64().get(at.index) == SUCCESS;
    case 'f':
      if (!is_key(key, "finish_reason") || !what.raw_json_token().starts_with('"')) return true;
      return add_text(what.raw_json_token(), at.finish);
    case 'l': return !is_key(key, "logprobs") || read_logprobs(what, at);
    case 'm': return !take_messages || !is_key(key, "message") || take_source(what, at, source::message);
    case 't': return !text_choices_ || !is_key(key, "text") || take_source(what, at, source::text);
    case 'u': return !is_key(key, "usage") || read_usage(what);
    case 'e':
      if (is_key(key, "error")) error_ = reports_error(what);
      return true;
    default: return true;
  }
}

// A choice may say the same in several members (Perplexity: `message` and `delta`; Together: `text` and `delta`), some
// of them empty. The best that says anything counts, and what a lesser one gave is taken back.
bool chunk_reader::take_source(value& what, choice_state& at, source from) {
  const auto token = what.raw_json_token();
  if (from <= at.from || token.starts_with("null")) return true;
  const auto before = pieces_.size();
  const auto details_before = details_.staged();
  if (from == source::text) {
    if (!add_piece(token, delta_kind::text)) return false;
  } else {
    auto message = what.get_object();
    if (message.error() != SUCCESS || !read_message(held_by(message))) return false;
  }
  if (pieces_.size() == before) return true;
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(at.first_piece),
                pieces_.begin() + static_cast<std::ptrdiff_t>(before));
  details_.unstage(details_before);
  at.from = from;
  return true;
}

bool chunk_reader::end_choice(const choice_state& at) {
  if (at.index >= max_choices) {
    too_many_ = true;
    return false;
  }
  const auto choice = static_cast<std::uint32_t>(at.index);
  opened_.set(choice);
  for (auto i = at.first_piece; i < pieces_.size(); ++i) {
    auto& one = pieces_[i];
    one.choice = choice;
    if (one.kind == delta_kind::tool_call && !place_call(one)) return false;
    if (one.kind == delta_kind::reasoning) reasoned_.set(choice);
  }
  if (details_.staged() > 0) {
    last_token_ = {};  // no document stands for the next one where more than the text counts
    too_many_ = !details_.settle(choice);
    if (too_many_) return false;
  }
  if (at.logprobs.size > 0) {
    piece tokens;
    tokens.kind = delta_kind::logprobs;
    tokens.choice = choice;
    tokens.text = at.logprobs;
    pieces_.push_back(tokens);
  }
  if (at.finish.size == 0) return true;
  if (!close_reasoning(choice)) return false;
  finished_.set(choice);
  piece end;
  end.kind = delta_kind::finish;
  end.finish = finish_reason_from(text(at.finish));
  end.choice = choice;
  end.name = at.finish;
  pieces_.push_back(end);
  return true;
}

bool chunk_reader::read_message(object& from) {
  bool reasoned = false;  // `reasoning` and `reasoning_content` may both be there, saying the same
  for (auto each : from) {
    if (each.error() != SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    auto& what = member.value();
    bool ok = true;
    switch (*key) {
      case 'a':
        if (is_key(key, "annotations"))
          ok = each_element(what, [&](value& one) { return add_citation(one); });
        else if (is_key(key, "audio"))
          ok = read_audio(what);
        break;
      case 'c':
        if (is_key(key, "content")) ok = read_content(what, delta_kind::text, 0);
        break;
      case 'i':
        if (is_key(key, "images")) ok = each_element(what, [&](value& one) { return read_image(one); });
        break;
      case 'r':
        if (is_key(key, "reasoning_details")) {
          ok = read_reasoning_details(what);
        } else if (is_key(key, "refusal")) {
          ok = read_content(what, delta_kind::refusal, 0);
        } else if (!reasoned && (is_key(key, "reasoning_content") || is_key(key, "reasoning"))) {
          const auto before = pieces_.size();
          ok = read_content(what, delta_kind::reasoning, 0);
          reasoned = pieces_.size() > before;
        }
        break;
      case 't':
        if (is_key(key, "tool_calls")) ok = read_tool_calls(what);
        break;
      case 'f':
        if (is_key(key, "function_call")) ok = read_function_call(what);
        break;
      default: break;
    }
    if (!ok) return false;
  }
  return true;
}

// Text; a list of parts (Mistral, Databricks); or an object, which some servers send for structured output: its JSON.
bool chunk_reader::read_content(value& what, delta_kind kind, int depth) {
  const auto token = what.raw_json_token();
  if (token.starts_with('"')) return add_piece(token, kind);
  if (token.starts_with('[') && depth < 3) {
    array parts;
    if (what.get_array().get(parts) != SUCCESS) return false;
    for (auto each : parts) {
      simdjson::ondemand::value one;
      object part;
      if (std::move(each).get(one) != SUCCESS) return false;
      if (one.raw_json_token().starts_with('"') && !add_piece(one.raw_json_token(), kind)) return false;
      if (one.get_object().get(part) == SUCCESS && !read_part(part, kind, depth + 1)) return false;
    }
    return true;
  }
  if (!token.starts_with('{') || kind != delta_kind::text) return true;
  object whole;
  std::string_view json;
  if (what.get_object().get(whole) != SUCCESS || whole.raw_json().get(json) != SUCCESS) return false;
  piece one;
  one.text = {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(json.size())};
  text_.append(json);
  pieces_.push_back(one);
  return true;
}

bool chunk_reader::read_part(object& part, delta_kind kind, int depth) {
  for (auto each : part) {
    if (each.error() != SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    auto& what = member.value();
    bool ok = true;
    if (is_key(key, "text"))
      ok = read_content(what, kind, depth);
    else if (is_key(key, "thinking") || is_key(key, "summary"))
      ok = read_content(what, delta_kind::reasoning, depth);
    else if (is_key(key, "refusal"))
      ok = read_content(what, delta_kind::refusal, depth);
    else if (is_key(key, "image_url"))
      ok = read_image_url(what);
    if (!ok) return false;
  }
  return true;
}

bool chunk_reader::read_usage(value& what) {
  auto counts = what.get_object();
  return counts.error() != SUCCESS || read_usage_of(held_by(counts));
}

}  // namespace cohedge::dialect
