// Whole answers, and the parts of a content block that they share with the events of a stream.

#include "converse_reader.hpp"

#include <algorithm>

namespace cohedge::dialect {

namespace {

bool is_null(std::string_view token) noexcept { return token.starts_with("null"); }

}  // namespace

answer_reader::verdict converse_reader::read_whole(std::string_view json) {
  index_ = 0;
  stop_reason_.clear();
  bool said_anything = false;
  return read_object(json, [&](object& top) {
    const bool good = each_member(top, [&](const char* key, value& member) {
      if (is_key(key, "output")) {
        said_anything = true;
        return each_member(member, [this](const char* inner, value& message) {
          return !is_key(inner, "message") || read_message(message);
        });
      }
      if (is_key(key, "usage")) return read_usage(member);
      if (is_key(key, "stopReason"))
        return is_null(member.raw_json_token()) || append_text(member.raw_json_token(), stop_reason_);
      return true;
    });
    if (!good || !said_anything) return verdict::malformed;
    if (!stop_reason_.empty()) add_finish(finish_reason_from(stop_reason_), stop_reason_);
    finished_ = true;
    return verdict::answer;
  });
}

bool converse_reader::read_message(value& what) {
  return each_member(what, [this](const char* key, value& member) {
    if (!is_key(key, "content")) return true;
    return each_element(member, [this](value& block) { return read_block(block); });
  });
}

// As if it had come in three events.
bool converse_reader::read_block(value& what) {
  begin_part();
  const bool good = each_member(what, [this](const char* key, value& member) {
    if (is_key(key, "text")) return add_piece(member.raw_json_token(), delta_kind::text);
    if (is_key(key, "toolUse")) return begins_call_ = true, read_tool_use(member);
    if (is_key(key, "reasoningContent")) return read_reasoning(member);
    if (is_key(key, "citationsContent")) return read_cited(member);
    return true;
  });
  if (!good || !(begins_call_ ? begin_call() : take_delta())) return false;
  close_all();
  ++index_;
  return true;
}

bool converse_reader::read_cited(value& what) {
  return each_member(what, [this](const char* key, value& member) {
    if (is_key(key, "content")) return each_element(member, [this](value& each) { return read_delta(each); });
    if (is_key(key, "citations")) return each_element(member, [this](value& each) { return read_citation(each); });
    return true;
  });
}

// The input comes as text in pieces, or as an object.
bool converse_reader::read_tool_use(value& what) {
  return each_member(what, [this](const char* key, value& member) {
    const auto token = member.raw_json_token();
    if (is_key(key, "toolUseId")) return add_text(token, call_.id);
    if (is_key(key, "name")) return add_text(token, call_.name);
    if (!is_key(key, "input") || is_null(token)) return true;
    if (token.starts_with('"')) return add_text(token, call_.text);
    std::string_view json;
    if (!raw_json(member, json)) return false;
    call_.text = add_plain(json);
    return true;
  });
}

// A delta has the text and its signature itself, a whole block has them in `reasoningText`.
bool converse_reader::read_reasoning(value& what) {
  reasons_ = true;
  return each_member(what, [this](const char* key, value& member) {
    if (is_key(key, "reasoningText")) return read_reasoning(member);
    const auto token = member.raw_json_token();
    if (is_null(token)) return true;
    if (is_key(key, "text")) return add_piece(token, delta_kind::reasoning);
    if (is_key(key, "signature")) return append_text(token, said_.signature);
    if (is_key(key, "redactedContent")) return append_text(token, said_.encrypted);
    return true;
  });
}

bool converse_reader::read_citation(value& what) {
  piece one;
  one.kind = delta_kind::citation;
  object citation;
  std::string_view json;
  if (what.get_object().get(citation) != simdjson::SUCCESS) return false;
  const bool good = each_member(citation, [&](const char* key, value& member) {
    const auto token = member.raw_json_token();
    if (is_key(key, "title") && !is_null(token)) return add_text(token, one.name);
    if (is_key(key, "source") && token.starts_with('"')) return add_text(token, one.id);
    return true;
  });
  if (!good || citation.reset().error() != simdjson::SUCCESS || citation.raw_json().get(json) != simdjson::SUCCESS)
    return false;
  one.text = add_plain(json);
  pieces_.push_back(one);
  return true;
}

// What came from a cache or went into it is not in `inputTokens`.
bool converse_reader::read_usage(value& what) {
  if (is_null(what.raw_json_token())) return true;
  usage said;
  const bool good = each_member(what, [&said](const char* key, value& member) {
    if (is_key(key, "inputTokens")) read_count(member, said.input);
    if (is_key(key, "outputTokens")) read_count(member, said.output);
    if (is_key(key, "totalTokens")) read_count(member, said.total);
    if (is_key(key, "cacheReadInputTokens") || is_key(key, "cacheReadInputTokenCount")) read_count(member, said.cached);
    if (is_key(key, "cacheWriteInputTokens") || is_key(key, "cacheWriteInputTokenCount"))
      read_count(member, said.cache_written);
    return true;
  });
  said.input += said.cached + said.cache_written;
  said.total = std::max(said.total, said.input + said.output);
  said.reported = true;
  if (good) counts_ = said;
  return good;
}

}  // namespace cohedge::dialect
