#include "gemini_reader.hpp"

#include <functional>

namespace cohedge::dialect {
namespace {

bool is_string(std::string_view token) noexcept { return token.starts_with('"'); }

}  // namespace

bool gemini_reader::read_part(value& from) {
  part one;
  const auto read = [&](const char* key, value& what) { return read_part_member(key, what, one); };
  return each_member(from, read) && end_part(one);
}

bool gemini_reader::read_part_member(const char* key, value& what, part& into) {
  const auto token = what.raw_json_token();
  switch (*key) {
    case 't':
      if (is_key(key, "text"))
        into.text = token;
      else if (is_key(key, "thought"))
        into.thought = token.starts_with("true");
      else if (is_key(key, "thoughtSignature"))
        into.signature = token;
      return true;
    case 'f':
      if (is_key(key, "functionCall")) return read_call(what, into);
      return !is_key(key, "fileData") || add_other("fileData", what);
    case 'i': return !is_key(key, "inlineData") || read_media(what);
    case 'e': return !is_key(key, "executableCode") || add_other("executableCode", what);
    case 'c': return !is_key(key, "codeExecutionResult") || add_other("codeExecutionResult", what);
    default: return true;
  }
}

// A signature belongs to the call, or to the reasoning that led up to this part.
bool gemini_reader::end_part(const part& from) {
  if (is_string(from.text) && !add_piece(from.text, from.thought ? delta_kind::reasoning : delta_kind::text))
    return false;
  if (!is_string(from.signature)) return true;
  place signature;
  if (!add_text(from.signature, signature)) return false;
  if (from.call > 0) {
    pieces_[from.call - 1].signature = signature;
    return true;
  }
  piece closed;
  closed.kind = delta_kind::reasoning_end;
  closed.id = add_plain(gemini_reasoning);
  closed.signature = signature;
  pieces_.push_back(closed);
  return true;
}

// Whole in one part; or, where Vertex was asked for it, begun by a part with the name, continued by parts with pieces
// of the arguments, and ended by one that does not say that it will continue.
bool gemini_reader::read_call(value& from, part& into) {
  function_call said;
  const bool good = each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "name") && is_string(token)) {
      if (call_goes_on_) end_call();
      return add_text(token, said.name);
    }
    if (is_key(key, "id") && is_string(token)) return add_text(token, said.id);
    if (is_key(key, "willContinue")) said.goes_on = token.starts_with("true");
    if (is_key(key, "partialArgs")) return each_element(what, [&](value& one) { return arguments_.add(one); });
    std::string_view json;
    if (!is_key(key, "args") || !token.starts_with('{')) return true;
    if (!raw_json(what, json)) return false;
    said.arguments = add_plain(json);
    return true;
  });
  if (!good) return false;
  if (!call_goes_on_ && said.name.size + said.arguments.size == 0) return true;  // the end of nothing
  if (!call_goes_on_) begin_call(said, into);
  call_goes_on_ = said.goes_on;
  if (!said.goes_on) end_call();
  return true;
}

void gemini_reader::begin_call(const function_call& said, part& into) {
  piece call;
  call.kind = delta_kind::tool_call;
  call.id = said.id;
  call.name = said.name;
  call.text = said.arguments;
  pieces_.push_back(call);
  into.call = pieces_.size();
}

void gemini_reader::end_call() {
  piece rest;
  if (!arguments_.empty()) {
    rest.kind = delta_kind::tool_arguments;
    rest.text = add_plain(arguments_.json());
    pieces_.push_back(rest);
  }
  rest.kind = delta_kind::tool_call_end;
  rest.text = {};
  pieces_.push_back(rest);
  arguments_.clear();
  call_goes_on_ = false;
}

bool gemini_reader::read_media(value& from) {
  piece one;
  one.kind = delta_kind::media;
  const bool good = each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "data") && is_string(token)) return add_text(token, one.text);
    return !is_key(key, "mimeType") || !is_string(token) || add_text(token, one.name);
  });
  if (good && one.text.size > 0) pieces_.push_back(one);
  return good;
}

bool gemini_reader::add_other(std::string_view name, value& what) {
  std::string_view json;
  if (!raw_json(what, json)) return false;
  piece one;
  one.kind = delta_kind::other;
  one.text = add_plain(json);
  one.name = add_plain(name);
  pieces_.push_back(one);
  return true;
}

// citationSources is Gemini's name, citations is Vertex's.
bool gemini_reader::read_sources(value& from) {
  return each_member(from, [&](const char* key, value& what) {
    if (!is_key(key, "citationSources") && !is_key(key, "citations")) return true;
    return each_element(what, [&](value& one) { return read_source(one); });
  });
}

// Its pieces of the answer and queries stay with the chunks' numbers: whoever wants them reads the JSON.
bool gemini_reader::read_grounding(value& from) {
  return each_member(from, [&](const char* key, value& what) {
    if (is_key(key, "groundingChunks")) return each_element(what, [&](value& one) { return read_source(one); });
    if (is_key(key, "groundingSupports")) return add_other("groundingSupports", what);
    return !is_key(key, "searchEntryPoint") || add_other("searchEntryPoint", what);
  });
}

// URL and title stand in it, or in the one object it holds: {"web": {"uri", "title"}}.
bool gemini_reader::read_source(value& from) {
  auto source = from.get_object();
  if (source.error() != simdjson::SUCCESS) return true;
  piece one;
  one.kind = delta_kind::citation;
  const auto read = [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    if (is_key(key, "uri") && is_string(token)) return add_text(token, one.id);
    return !is_key(key, "title") || !is_string(token) || add_text(token, one.name);
  };
  const bool good = each_member(held_by(source), [&](const char* key, value& what) {
    return what.raw_json_token().starts_with('{') ? each_member(what, read) : read(key, what);
  });
  std::string_view json;
  bool some = false;
  if (!good || held_by(source).reset().get(some) != simdjson::SUCCESS ||
      held_by(source).raw_json().get(json) != simdjson::SUCCESS)
    return false;
  if (!is_new_source(json)) return true;
  one.text = add_plain(json);
  pieces_.push_back(one);
  return true;
}

bool gemini_reader::is_new_source(std::string_view json) {
  constexpr std::size_t remembered = 1024;
  const auto hash = std::hash<std::string_view>{}(json);
  if (std::find(sources_.begin(), sources_.end(), hash) != sources_.end()) return false;
  if (sources_.size() < remembered) sources_.push_back(hash);
  return true;
}

// An object with two lists for each document: put into a list, so that those of a stream join.
bool gemini_reader::read_logprobs(value& what) {
  std::string_view json;
  if (!raw_json(what, json)) return false;
  if (!json.starts_with('{')) return true;
  piece one;
  one.kind = delta_kind::logprobs;
  one.text = add_plain(std::string{"["}.append(json).append("]"));
  pieces_.push_back(one);
  return true;
}

}  // namespace cohedge::dialect
