#include "cohere_reader.hpp"

#include <algorithm>

namespace cohedge::dialect {
namespace {

bool is_string(std::string_view token) noexcept { return token.starts_with('"'); }

// One, or several in a list.
template <class Use>
bool each_of(simdjson::ondemand::value& what, Use&& use) {
  return what.raw_json_token().starts_with('{') ? use(what) : each_element(what, use);
}

}  // namespace

void cohere_reader::reset() {
  answer_reader::reset();
  calls_.clear();
}

cohere_reader::verdict cohere_reader::read_document(std::string_view json, bool stream) {
  const auto calls = calls_.size();
  type_ = finish_ = {};
  index_ = 0;
  failure_.clear();
  error_ = spoke_ = false;
  const auto said = read_object(json, [&](object& top) {
    const bool good = each_member(top, [&](const char* key, value& what) { return read_top_member(key, what); });
    if (error_) return verdict::error;
    if (!good || !end_document(stream)) return verdict::malformed;
    return spoke_ || !finish_.empty() || counts_.reported ? verdict::answer : verdict::neutral;
  });
  if (said != verdict::answer && calls_.size() > calls) calls_.resize(calls);
  ended_ = said == verdict::answer && stream && !finish_.empty();
  return said;
}

error cohere_reader::explain(const frame& document) const {
  auto said = answer_reader::explain(document);
  if (!failure_.empty()) said.with_detail(failure_);
  return said;
}

bool cohere_reader::read_top_member(const char* key, value& what) {
  const auto token = what.raw_json_token();
  switch (*key) {
    case 't':
      if (is_key(key, "type")) type_ = trimmed(token);
      return true;
    case 'i':
      if (is_key(key, "index"))
        return !(token[0] >= '0' && token[0] <= '9') || what.get_uint64().get(index_) == simdjson::SUCCESS;
      if (is_key(key, "id")) keep_id(token);
      return true;
    case 'd':
      if (!is_key(key, "delta")) return true;
      return each_member(what, [&](const char* member, value& inside) { return read_delta_member(member, inside); });
    default: return read_delta_member(key, what);
  }
}

bool cohere_reader::read_delta_member(const char* key, value& what) {
  const auto token = what.raw_json_token();
  switch (*key) {
    case 'm':
      if (!is_key(key, "message")) return true;
      error_ = is_string(token);  // an error's
      return !error_ && read_message(what);
    case 'f':
      if (is_key(key, "finish_reason") && is_string(token)) finish_ = trimmed(token);
      return true;
    case 'u': return !is_key(key, "usage") || read_usage(what);
    case 'l': return !is_key(key, "logprobs") || read_logprobs(what);
    case 'e':
      if (!is_key(key, "error") || trimmed(token) == "null") return true;
      if (is_string(token)) keep_first(token, failure_);
      error_ = true;
      return false;
    default: return true;
  }
}

bool cohere_reader::read_message(value& what) {
  if (!what.raw_json_token().starts_with('{')) return true;
  spoke_ = true;
  return each_member(what, [&](const char* key, value& member) {
    const auto token = member.raw_json_token();
    switch (*key) {
      case 'c':
        if (is_key(key, "citations")) return each_of(member, [&](value& one) { return read_citation(one); });
        if (!is_key(key, "content")) return true;
        if (is_string(token)) return add_piece(token, delta_kind::text);
        return each_of(member, [&](value& one) { return read_content(one); });
      case 't':
        if (is_key(key, "tool_plan")) return !is_string(token) || add_piece(token, delta_kind::reasoning);
        return !is_key(key, "tool_calls") || each_of(member, [&](value& one) { return read_call(one); });
      default: return true;
    }
  });
}

bool cohere_reader::read_content(value& what) {
  return each_member(what, [&](const char* key, value& member) {
    const auto token = member.raw_json_token();
    if (!is_string(token)) return true;
    if (is_key(key, "text")) return add_piece(token, delta_kind::text);
    return !is_key(key, "thinking") || add_piece(token, delta_kind::reasoning);
  });
}

// With a name a call begins; without one it goes on.
bool cohere_reader::read_call(value& from) {
  piece call;
  const bool good = each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "id")) return !is_string(token) || add_text(token, call.id);
    if (!is_key(key, "function")) return true;
    return each_member(what, [&](const char* member, value& inside) {
      const auto text = inside.raw_json_token();
      if (!is_string(text)) return true;
      if (is_key(member, "name")) return add_text(text, call.name);
      return !is_key(member, "arguments") || add_text(text, call.text);
    });
  });
  call.kind = call.name.size + call.id.size > 0 ? delta_kind::tool_call : delta_kind::tool_arguments;
  pieces_.push_back(call);
  return good;
}

// Its source is a document or what a tool said; the first names it.
bool cohere_reader::read_citation(value& from) {
  auto citation = from.get_object();
  if (citation.error() != simdjson::SUCCESS) return true;
  piece one;
  one.kind = delta_kind::citation;
  const auto read_title = [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    return !is_key(key, "title") || !is_string(token) || one.name.size > 0 || add_text(token, one.name);
  };
  const auto read_source = [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "id")) return !is_string(token) || one.id.size > 0 || add_text(token, one.id);
    return !is_key(key, "document") || each_member(what, read_title);
  };
  const bool good = each_member(held_by(citation), [&](const char* key, value& what) {
    return !is_key(key, "sources") ||
           each_element(what, [&](value& source) { return each_member(source, read_source); });
  });
  std::string_view json;
  bool some = false;
  if (!good || held_by(citation).reset().get(some) != simdjson::SUCCESS) return false;
  if (held_by(citation).raw_json().get(json) != simdjson::SUCCESS) return false;
  one.text = add_plain(json);
  pieces_.push_back(one);
  return true;
}

// `tokens` are what the model saw, `billed_units` what is paid for; pictures are counted apart.
bool cohere_reader::read_usage(value& what) {
  usage tokens, billed;
  std::uint64_t pictures = 0;
  const auto read_into = [&](usage& into) {
    return [&](const char* key, value& count) {
      if (is_key(key, "input_tokens"))
        read_count(count, into.input);
      else if (is_key(key, "output_tokens"))
        read_count(count, into.output);
      else if (is_key(key, "reasoning_tokens"))
        read_count(count, into.reasoning);
      else if (is_key(key, "image_tokens") && &into == &tokens)
        read_count(count, pictures);
      return true;
    };
  };
  std::uint64_t cached = 0;
  const bool good = each_member(what, [&](const char* key, value& member) {
    if (is_key(key, "cached_tokens")) read_count(member, cached);
    if (is_key(key, "tokens")) return each_member(member, read_into(tokens));
    return !is_key(key, "billed_units") || each_member(member, read_into(billed));
  });
  if (!good) return false;
  auto said = tokens.input + tokens.output > 0 ? tokens : billed;
  said.input += pictures;
  said.cached = cached;
  said.total = said.input + said.output;
  said.reported = said.total > 0;
  if (said.reported) counts_ = said;
  return true;
}

bool cohere_reader::read_logprobs(value& what) {
  std::string_view json;
  if (!raw_json(what, json)) return false;
  if (!json.starts_with('[') && !json.starts_with('{')) return true;
  piece one;
  one.kind = delta_kind::logprobs;
  one.text = add_plain(json.starts_with('[') ? std::string{json} : std::string{"["}.append(json).append("]"));
  pieces_.push_back(one);
  return true;
}

// What depends on the type and the index of an event, wherever they stood in it.
bool cohere_reader::end_document(bool stream) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].kind != delta_kind::tool_call && pieces_[i].kind != delta_kind::tool_arguments) continue;
    if (!stream) index_ = calls_.size();
    if (!number_call(pieces_[i])) return false;
  }
  if (type_ == R"("tool-call-end")") end_call();
  if (finish_.empty()) return true;
  piece end;
  end.kind = delta_kind::finish;
  if (!add_text(finish_, end.name)) return false;
  end.finish = finish_reason_from(text(end.name));
  pieces_.push_back(end);
  return true;
}

bool cohere_reader::number_call(piece& one) {
  if (one.kind == delta_kind::tool_call) {
    too_many_ = calls_.size() >= max_tool_calls;
    if (too_many_) return false;
    if (one.id.size == 0) one.id = add_plain("call_" + std::to_string(calls_.size()));
    one.tool_index = static_cast<std::uint32_t>(calls_.size());
    calls_.push_back(index_);
    return true;
  }
  const auto known = std::find(calls_.rbegin(), calls_.rend(), index_);
  if (known == calls_.rend()) return false;
  one.tool_index = static_cast<std::uint32_t>(calls_.rend() - known - 1);
  return true;
}

void cohere_reader::end_call() {
  piece end;
  end.kind = delta_kind::tool_arguments;
  if (!number_call(end)) return;
  end.kind = delta_kind::tool_call_end;
  pieces_.push_back(end);
  spoke_ = true;
}

}  // namespace cohedge::dialect
