#include "chunk_reader.hpp"

#include <utility>

namespace cohedge::dialect {

using simdjson::SUCCESS;
using simdjson::ondemand::array;
using simdjson::ondemand::field;

void chunk_reader::reset() {
  calls_.clear();
  model_.clear();
  id_.clear();
  opened_.reset();
  finished_.reset();
}

chunk_reader::verdict chunk_reader::read(std::string_view json, bool take_messages) {
  text_.clear();
  pieces_.clear();
  counts_ = {};
  too_many_ = error_ = saw_choices_ = false;
  simdjson::ondemand::document document;
  object top;
  auto& parser = shared_parser(json.size());
  if (parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document) != SUCCESS)
    return verdict::malformed;
  if (document.get_object().get(top) != SUCCESS) return verdict::malformed;
  const auto opened = opened_;
  const auto finished = finished_;
  auto said = read_top(top, take_messages);
  const char* behind = nullptr;  // whatever follows the object
  if (said != verdict::error && document.current_location().get(behind) == SUCCESS) said = verdict::malformed;
  if (too_many_) said = verdict::too_many;
  if (said == verdict::answer) return said;
  pieces_.clear();
  opened_ = opened;
  finished_ = finished;
  return said;
}

chunk_reader::verdict chunk_reader::read_top(object& top, bool take_messages) {
  bool named_error = false;
  bool explained = false;
  for (auto each : top) {
    field member;
    if (std::move(each).get(member) != SUCCESS) return verdict::malformed;
    const char* key = member.key().raw();
    auto& what = member.value();
    bool ok = true;
    if (is_key(key, "choices")) ok = read_choices(what, take_messages);
    else if (is_key(key, "id")) keep_first(what.raw_json_token(), id_);
    else if (is_key(key, "model")) keep_first(what.raw_json_token(), model_);
    else if (is_key(key, "usage")) ok = read_usage(what);
    else if (is_key(key, "error")) error_ = error_ || reports_error(what);
    else if (is_key(key, "object") || is_key(key, "type")) named_error |= what.raw_json_token().starts_with("\"error\"");
    else if (is_key(key, "message") || is_key(key, "detail")) explained = true;
    else if (is_key(key, "x_groq")) {
      object groq;
      if (what.get_object().get(groq) != SUCCESS) continue;
      simdjson::ondemand::value counts;
      if (groq.find_field("usage").get(counts) == SUCCESS) ok = read_usage(counts);
    }
    if (error_) return verdict::error;
    if (!ok) return verdict::malformed;
  }
  if (saw_choices_) return verdict::answer;
  if (named_error || explained) return verdict::error;
  return counts_.reported ? verdict::answer : verdict::neutral;
}

bool chunk_reader::read_choices(value& list, bool take_messages) {
  array choices;
  if (list.get_array().get(choices) != SUCCESS) return list.raw_json_token().starts_with("null");
  saw_choices_ = true;
  for (auto each : choices) {
    object one;
    if (each.get_object().get(one) != SUCCESS || !read_choice(one, take_messages)) return false;
    if (error_) break;
  }
  return true;
}

bool chunk_reader::read_choice(object& from, bool take_messages) {
  choice_state at;
  at.first_piece = pieces_.size();
  for (auto each : from) {
    field member;
    if (std::move(each).get(member) != SUCCESS) return false;
    if (!read_choice_member(member.key().raw(), member.value(), at, take_messages)) return false;
    if (error_) return true;
  }
  return end_choice(at);
}

bool chunk_reader::read_choice_member(const char* key, value& what, choice_state& at, bool take_messages) {
  if (is_key(key, "delta")) return take_source(what, at, source::delta);
  if (is_key(key, "index")) {
    if (what.raw_json_token().starts_with("null")) return true;
    return what.get_uint64().get(at.index) == SUCCESS;
  }
  if (is_key(key, "finish_reason")) {
    const auto token = what.raw_json_token();
    return !token.starts_with('"') || add_text(token, at.finish);
  }
  if (is_key(key, "message")) return !take_messages || take_source(what, at, source::message);
  if (is_key(key, "text")) return !text_choices_ || take_source(what, at, source::text);
  if (is_key(key, "usage")) return read_usage(what);
  if (is_key(key, "error")) error_ = reports_error(what);
  return true;
}

// A choice may say the same in several members (Perplexity: `message` and `delta`; Together: `text` and `delta`), some
// of them empty. The best that says anything counts, and what a lesser one gave is taken back.
bool chunk_reader::take_source(value& what, choice_state& at, source from) {
  const auto token = what.raw_json_token();
  if (from <= at.from || token.starts_with("null")) return true;
  const auto before = pieces_.size();
  if (from == source::text) {
    if (!add_piece(token, delta_kind::text)) return false;
  } else {
    object message;
    if (what.get_object().get(message) != SUCCESS || !read_message(message)) return false;
  }
  if (pieces_.size() == before) return true;
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(at.first_piece),
                pieces_.begin() + static_cast<std::ptrdiff_t>(before));
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
  }
  if (at.finish.size == 0) return true;
  finished_.set(choice);
  piece end;
  end.kind = delta_kind::finish;
  end.finish = finish_reason_from(text(at.finish));
  end.choice = choice;
  end.text = at.finish;
  pieces_.push_back(end);
  return true;
}

bool chunk_reader::read_message(object& from) {
  bool reasoned = false;  // `reasoning` and `reasoning_content` may both be there, saying the same
  for (auto each : from) {
    field member;
    if (std::move(each).get(member) != SUCCESS) return false;
    const char* key = member.key().raw();
    auto& what = member.value();
    bool ok = true;
    if (is_key(key, "content")) {
      ok = read_content(what, delta_kind::text, 0);
    } else if (is_key(key, "reasoning_content") || is_key(key, "reasoning")) {
      if (reasoned) continue;
      const auto before = pieces_.size();
      ok = read_content(what, delta_kind::reasoning, 0);
      reasoned = pieces_.size() > before;
    } else if (is_key(key, "refusal")) {
      ok = read_content(what, delta_kind::refusal, 0);
    } else if (is_key(key, "tool_calls")) {
      ok = read_tool_calls(what);
    } else if (is_key(key, "function_call")) {
      piece call;
      call.kind = delta_kind::tool_call;
      call.tool_index = no_index;
      ok = read_function(what, call);
      if (call.name.size + call.text.size > 0) pieces_.push_back(call);
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
    field member;
    if (std::move(each).get(member) != SUCCESS) return false;
    const char* key = member.key().raw();
    auto& what = member.value();
    bool ok = true;
    if (is_key(key, "text")) ok = read_content(what, kind, depth);
    else if (is_key(key, "thinking") || is_key(key, "summary")) ok = read_content(what, delta_kind::reasoning, depth);
    else if (is_key(key, "refusal")) ok = read_content(what, delta_kind::refusal, depth);
    if (!ok) return false;
  }
  return true;
}

bool chunk_reader::read_usage(value& what) {
  object counts;
  return what.get_object().get(counts) != SUCCESS || read_usage_object(counts, counts_);
}

bool chunk_reader::add_text(std::string_view token, place& where) {
  where.at = static_cast<std::uint32_t>(text_.size());
  if (!append_text(token, text_)) return false;
  where.size = static_cast<std::uint32_t>(text_.size()) - where.at;
  return true;
}

bool chunk_reader::add_piece(std::string_view token, delta_kind kind) {
  piece one;
  one.kind = kind;
  if (!add_text(token, one.text)) return false;
  if (one.text.size > 0) pieces_.push_back(one);
  return true;
}

void chunk_reader::keep_first(std::string_view token, std::string& into) {
  if (into.empty() && !append_text(token, into)) into.clear();
}

// Some servers send `"error": null`, `{}` or "" beside a good answer.
bool chunk_reader::reports_error(value& what) {
  const auto token = trimmed(what.raw_json_token());
  if (!token.starts_with('{')) return token != "null" && token != "false" && token != "\"\"";
  object inside;
  bool nothing = false;
  return what.get_object().get(inside) != SUCCESS || inside.is_empty().get(nothing) != SUCCESS || !nothing;
}

}  // namespace cohedge::dialect
