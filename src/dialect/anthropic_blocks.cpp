// The content blocks of Anthropic's messages: text, thinking, tool calls, and what only Anthropic has.

#include <cohedge/wire/json_check.hpp>

#include <algorithm>

#include "anthropic_reader.hpp"

namespace cohedge::dialect {

using simdjson::SUCCESS;

bool messages_reader::read_members(object& from, block_members& into) {
  into.first_piece = pieces_.size();
  return each_member(from, [&](const char* key, value& what) {
    const auto token = what.raw_json_token();
    switch (*key) {
      case 't':
        if (is_key(key, "type"))
          into.type = token;
        else if (is_key(key, "text"))
          into.text = token;
        else if (is_key(key, "thinking"))
          into.thinking = token;
        return true;
      case 'p':
        if (is_key(key, "partial_json")) into.partial_json = token;
        return true;
      case 's':
        if (is_key(key, "signature"))
          into.signature = token;
        else if (is_key(key, "stop_reason"))
          into.stop_reason = token;
        return true;
      case 'd':
        if (is_key(key, "data")) into.data = token;
        return true;
      case 'n':
        if (is_key(key, "name")) into.name = token;
        return true;
      case 'i':
        if (is_key(key, "id")) into.id = token;
        return !is_key(key, "input") || raw_json(what, into.input);
      case 'c':
        if (is_key(key, "citation")) return add_citation(what);
        return !is_key(key, "citations") || each_element(what, [&](value& one) { return add_citation(one); });
      default: return true;
    }
  });
}

bool messages_reader::read_block(value& what, block_members& into) {
  object block;
  if (what.get_object().get(block) != SUCCESS || block.raw_json().get(into.whole) != SUCCESS) return false;
  return block.reset().error() == SUCCESS && read_members(block, into);
}

bool messages_reader::read_whole_block(value& what) {
  block_members said;
  if (!read_block(what, said) || !begin_block(said, 0)) return false;
  end_block(open_.back());
  open_.pop_back();
  return true;
}

// {"type":"web_search_result_location","url",…}, or a place in a document that the request brought.
bool messages_reader::add_citation(value& what) {
  object from;
  piece one;
  one.kind = delta_kind::citation;
  std::string_view json;
  if (what.get_object().get(from) != SUCCESS) return true;
  if (from.raw_json().get(json) != SUCCESS || from.reset().error() != SUCCESS) return false;
  one.text = add_plain(trimmed(json));
  const bool ok = each_member(from, [&](const char* key, value& part) {
    const auto token = part.raw_json_token();
    if (!token.starts_with('"')) return true;
    if (is_key(key, "url") || is_key(key, "source") || is_key(key, "file_id")) return add_text(token, one.id);
    if (is_key(key, "title") || is_key(key, "document_title")) return add_text(token, one.name);
    return true;
  });
  if (ok) pieces_.push_back(one);
  return ok;
}

bool messages_reader::begin_block(const block_members& said, std::uint64_t index) {
  too_many_ = too_many_ || open_.size() >= max_tool_calls;
  if (too_many_) return false;
  open_block block;
  block.index = index;
  if (is(said.type, "\"text\"")) {
    const auto before = pieces_.size();
    if (said.text.starts_with('"') && !add_piece(said.text, delta_kind::text)) return false;
    const auto at = [&](std::size_t i) { return pieces_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::rotate(at(said.first_piece), at(before), pieces_.end());  // its citations follow the text
  } else if (is(said.type, "\"thinking\"")) {
    block.kind = open_block::what::thinking;
    const auto before = pieces_.size();
    if (said.thinking.starts_with('"') && !add_piece(said.thinking, delta_kind::reasoning)) return false;
    block.fed = pieces_.size() > before;
    append_text(said.signature, block.signature);
  } else if (is(said.type, "\"redacted_thinking\"")) {
    block.kind = open_block::what::thinking;
    append_text(said.data, block.held);
  } else if (is(said.type, "\"tool_use\"")) {
    block.kind = open_block::what::call;
    if (!begin_call(said, block)) return false;
  } else {
    block.kind = open_block::what::other;
    begin_other(said, block);
  }
  open_.push_back(std::move(block));
  return true;
}

bool messages_reader::begin_call(const block_members& said, open_block& block) {
  too_many_ = calls_ >= max_tool_calls;
  if (too_many_) return false;
  block.call = calls_++;
  block.held = said.input;
  piece call;
  call.kind = delta_kind::tool_call;
  call.tool_index = block.call;
  if (!add_text(said.id, call.id)) call.id = add_plain("call_" + std::to_string(block.call));
  if (!add_text(said.name, call.name)) return false;
  pieces_.push_back(call);
  return true;
}

void messages_reader::begin_other(const block_members& said, open_block& block) {
  append_text(said.type, block.name);
  block.held = trimmed(said.whole);
  if (said.input.empty()) return;
  block.input_at = static_cast<std::size_t>(said.input.data() - said.whole.data());
  block.input_size = said.input.size();
}

messages_reader::open_block* messages_reader::find_block(std::uint64_t index) noexcept {
  const auto found = std::ranges::find(open_, index, &open_block::index);
  return found == open_.end() ? nullptr : &*found;
}

// Gateways forget to begin a block.
messages_reader::open_block* messages_reader::block_for(std::uint64_t index, open_block::what kind) {
  if (auto* known = find_block(index)) return known;
  too_many_ = too_many_ || open_.size() >= max_tool_calls;
  if (too_many_) return nullptr;
  auto& block = open_.emplace_back();
  block.index = index;
  block.kind = kind;
  return &block;
}

void messages_reader::end_block(open_block& block) {
  switch (block.kind) {
    case open_block::what::text: return;
    case open_block::what::thinking: return end_thinking(block);
    case open_block::what::other: return end_other(block);
    case open_block::what::call: break;
  }
  piece end;
  end.tool_index = block.call;
  if (!block.fed && !block.held.empty()) {  // no pieces came: what it began with is all
    end.kind = delta_kind::tool_arguments;
    end.text = add_plain(block.held);
    pieces_.push_back(end);
  }
  end.kind = delta_kind::tool_call_end;
  end.text = {};
  pieces_.push_back(end);
}

void messages_reader::end_thinking(const open_block& block) {
  if (!block.fed && block.signature.empty() && block.held.empty()) return;
  piece end;
  end.kind = delta_kind::reasoning_end;
  end.signature = add_plain(block.signature);
  end.text = add_plain(block.held);
  pieces_.push_back(end);
}

// What a server's tool was asked and answered, and whatever comes later. Its input came in pieces.
void messages_reader::end_other(open_block& block) {
  if (!block.input.empty() && block.input_size > 0 && wire::is_json(block.input))
    block.held.replace(block.input_at, block.input_size, block.input);
  piece one;
  one.kind = delta_kind::other;
  one.name = add_plain(block.name);
  one.text = add_plain(block.held);
  pieces_.push_back(one);
}

}  // namespace cohedge::dialect
