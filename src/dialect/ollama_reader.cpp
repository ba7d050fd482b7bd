#include "ollama_reader.hpp"

namespace cohedge::dialect {
namespace {

bool is_string(std::string_view token) noexcept { return token.starts_with('"'); }

}  // namespace

void ollama_reader::reset() {
  answer_reader::reset();
  calls_ = 0;
}

ollama_reader::verdict ollama_reader::read_whole(std::string_view json) {
  const auto calls = calls_;
  reason_ = {};
  said_ = {};
  done_ = error_ = spoke_ = false;
  const auto said = read_object(json, [&](object& top) {
    const bool good = each_member(top, [&](const char* key, value& what) { return read_top_member(key, what); });
    if (error_) return verdict::error;
    if (!good) return verdict::malformed;
    if (done_) finish();
    return spoke_ || done_ ? verdict::answer : verdict::neutral;
  });
  if (said == verdict::answer)
    ended_ = done_;
  else
    calls_ = calls;
  return said;
}

bool ollama_reader::read_top_member(const char* key, value& what) {
  const auto token = what.raw_json_token();
  switch (*key) {
    case 'm':
      if (is_key(key, "message")) return read_message(what);
      if (model_.empty() && is_key(key, "model")) keep_first(token, model_);
      return true;
    case 'r':
      if (!is_key(key, "response") || !is_string(token)) return true;
      spoke_ = true;
      return add_piece(token, delta_kind::text);
    case 't': return !is_key(key, "thinking") || !is_string(token) || add_piece(token, delta_kind::reasoning);
    case 'd':
      if (is_key(key, "done"))
        done_ = token.starts_with("true");
      else if (is_key(key, "done_reason"))
        reason_ = token;
      return true;
    case 'p':
      if (is_key(key, "prompt_eval_count")) read_count(what, said_.input);
      return true;
    case 'e':
      if (is_key(key, "eval_count")) read_count(what, said_.output);
      if (is_key(key, "error")) error_ = trimmed(token) != "null";
      return !error_;
    case 'l': {
      std::string_view json;
      if (!is_key(key, "logprobs") || !token.starts_with('[')) return true;
      if (!raw_json(what, json)) return false;
      piece one;
      one.kind = delta_kind::logprobs;
      one.text = add_plain(json);
      pieces_.push_back(one);
      return true;
    }
    default: return true;
  }
}

bool ollama_reader::read_message(value& what) {
  if (!what.raw_json_token().starts_with('{')) return true;
  spoke_ = true;
  return each_member(what, [&](const char* key, value& member) {
    const auto token = member.raw_json_token();
    if (is_key(key, "content")) return !is_string(token) || add_piece(token, delta_kind::text);
    if (is_key(key, "thinking")) return !is_string(token) || add_piece(token, delta_kind::reasoning);
    return !is_key(key, "tool_calls") || each_element(member, [&](value& one) { return read_call(one); });
  });
}

bool ollama_reader::read_call(value& from) {
  piece call;
  call.kind = delta_kind::tool_call;
  const auto read_function = [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "name") && is_string(token)) return add_text(token, call.name);
    std::string_view json;
    if (!is_key(key, "arguments") || !token.starts_with('{')) return true;
    if (!raw_json(what, json)) return false;
    call.text = add_plain(json);
    return true;
  };
  const bool good = each_member(from, [&](const char* key, value& what) {
    if (is_key(key, "id") && is_string(what.raw_json_token())) return add_text(what.raw_json_token(), call.id);
    return !is_key(key, "function") || each_member(what, read_function);
  });
  too_many_ = calls_ >= max_tool_calls;
  if (!good || too_many_) return false;
  if (call.id.size == 0) call.id = add_plain("call_" + std::to_string(calls_));
  call.tool_index = calls_++;
  pieces_.push_back(call);
  call.kind = delta_kind::tool_call_end;
  call.text = {};
  pieces_.push_back(call);
  return true;
}

// "stop" is said of tool calls too; older servers give no reason.
void ollama_reader::finish() {
  piece end;
  end.kind = delta_kind::finish;
  end.finish = finish_reason::stop;
  if (is_string(reason_) && add_text(reason_, end.name)) end.finish = finish_reason_from(text(end.name));
  if (end.finish == finish_reason::none) end.finish = finish_reason::stop;
  if (end.finish == finish_reason::stop && calls_ > 0) end.finish = finish_reason::tool_calls;
  pieces_.push_back(end);
  if (said_.input + said_.output == 0) return;
  said_.total = said_.input + said_.output;
  said_.reported = true;
  counts_ = said_;
}

}  // namespace cohedge::dialect
