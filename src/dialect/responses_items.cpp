#include "responses_reader.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

}  // namespace

// `whole`: the item is complete, and says what no event has said before.
bool responses_reader::read_item(object& from, item_state& state, bool whole) {
  std::string_view token;
  if (!find_token(from, "type", token)) return false;
  if (token == "\"function_call\"") return read_call(from, state, whole);
  if (!whole) return true;
  if (token == "\"message\"" || token.empty()) return read_message(from, state);
  if (token == "\"reasoning\"") return read_reasoning(from, state);
  if (token == "\"image_generation_call\"") return read_picture(from);
  return read_other(from, token);
}

bool responses_reader::read_item_member(const char* key, value& what, item_words& into) {
  const auto token = what.raw_json_token();
  if (!token.starts_with('"')) return !is_key(key, "arguments") || raw_json(what, into.arguments);
  switch (*key) {
    case 'a':
      if (is_key(key, "arguments")) into.arguments = token;
      return true;
    case 'c':
      if (is_key(key, "call_id")) into.call_id = token;
      return true;
    case 'e':
      if (is_key(key, "encrypted_content")) into.encrypted = token;
      return true;
    case 'i':
      if (is_key(key, "id")) into.id = token;
      return true;
    case 'n':
      if (is_key(key, "name")) into.name = token;
      return true;
    case 'o':
      if (is_key(key, "output_format")) into.format = token;
      return true;
    case 'r':
      if (is_key(key, "result")) into.result = token;
      return true;
    default: return true;
  }
}

bool responses_reader::read_message(object& from, item_state& state) {
  return each_member(from, [&](const char* key, value& what) {
    return !is_key(key, "content") || read_parts(what, delta_kind::text, state);
  });
}

bool responses_reader::read_parts(value& list, delta_kind kind, item_state& state) {
  if (list.raw_json_token().starts_with('"')) return state.said || add_piece(list.raw_json_token(), kind);
  const auto before = pieces_.size();
  return each_element(list, [&](value& one) {
    if (kind == delta_kind::reasoning && !state.said && pieces_.size() > before) {
      piece gap;
      gap.kind = kind;
      gap.text = add_plain("\n\n");
      pieces_.push_back(gap);
    }
    return read_part(one, kind, state);
  });
}

bool responses_reader::read_part(value& from, delta_kind kind, item_state& state) {
  std::string_view logprobs;
  const bool good = each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "text")) return state.said || !token.starts_with('"') || add_piece(token, kind);
    if (is_key(key, "refusal"))
      return state.said || !token.starts_with('"') || add_piece(token, delta_kind::refusal);
    if (is_key(key, "annotations"))
      return state.cited || each_element(what, [&](value& one) { return add_citation(one); });
    return !is_key(key, "logprobs") || raw_json(what, logprobs);
  });
  if (good && !state.said) add_logprobs(logprobs);
  return good;
}

// Closed where there is something to close or to give back.
bool responses_reader::read_reasoning(object& from, item_state& state) {
  item_words said;
  const auto before = pieces_.size();
  const bool good = each_member(from, [&](const char* key, value& what) {
    if (is_key(key, "summary") || is_key(key, "content")) return read_parts(what, delta_kind::reasoning, state);
    return read_item_member(key, what, said);
  });
  if (!good) return false;
  open_reasoning_ = open_reasoning_ || pieces_.size() > before;
  piece end;
  end.kind = delta_kind::reasoning_end;
  if (!said.encrypted.empty() && !add_text(said.encrypted, end.text)) return false;
  if (!open_reasoning_ && end.text.size == 0) return true;
  if (!said.id.empty() && !add_text(said.id, end.id)) return false;
  pieces_.push_back(end);
  open_reasoning_ = false;
  return true;
}

bool responses_reader::read_call(object& from, item_state& state, bool whole) {
  item_words said;
  if (!each_member(from, [&](const char* key, value& what) { return read_item_member(key, what, said); })) return false;
  if (state.call == no_call && !add_call(said, state)) return false;
  if (!whole) return true;
  piece more;
  more.kind = delta_kind::tool_arguments;
  more.tool_index = state.call;
  if (!state.said && !said.arguments.empty()) {
    if (!said.arguments.starts_with('"'))
      more.text = add_plain(trimmed(said.arguments));
    else if (!add_text(said.arguments, more.text))
      return false;
    if (more.text.size > 0) pieces_.push_back(more);
  }
  piece end;
  end.kind = delta_kind::tool_call_end;
  end.tool_index = state.call;
  pieces_.push_back(end);
  return true;
}

bool responses_reader::add_call(const item_words& said, item_state& state) {
  too_many_ = calls_ >= max_tool_calls;
  if (too_many_) return false;
  piece call;
  call.kind = delta_kind::tool_call;
  call.tool_index = state.call = calls_++;
  const auto id = said.call_id.empty() ? said.id : said.call_id;
  if (!id.empty() && !add_text(id, call.id)) return false;
  if (call.id.size == 0) call.id = add_plain("call_" + std::to_string(call.tool_index));
  if (!said.name.empty() && !add_text(said.name, call.name)) return false;
  pieces_.push_back(call);
  return true;
}

bool responses_reader::read_picture(object& from) {
  item_words said;
  if (!each_member(from, [&](const char* key, value& what) { return read_item_member(key, what, said); })) return false;
  std::string type{"image/"};
  if (said.format.empty() || !append_text(said.format, type)) type = "image/png";
  return said.result.empty() || add_media(said.result, type);
}

// Searches and the like that the provider ran: the whole item.
bool responses_reader::read_other(object& from, std::string_view type) {
  piece one;
  std::string_view raw;
  one.kind = delta_kind::other;
  if (from.raw_json().get(raw) != SUCCESS || !add_text(type, one.name)) return false;
  one.text = add_plain(trimmed(raw));
  pieces_.push_back(one);
  return true;
}

void responses_reader::add_logprobs(std::string_view list) {
  if (!list.starts_with('[') || trimmed(list.substr(1)) == "]") return;
  piece tokens;
  tokens.kind = delta_kind::logprobs;
  tokens.text = add_plain(trimmed(list));
  pieces_.push_back(tokens);
}

}  // namespace cohedge::dialect
