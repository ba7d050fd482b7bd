#include "anthropic_reader.hpp"

#include <algorithm>

namespace cohedge::dialect {

using simdjson::SUCCESS;

namespace {

constexpr std::uint64_t no_index = 0xFFFFFFFFFFFFFFFF;

// Some servers send `"error": null` beside a good answer.
bool reports_error(simdjson::ondemand::value& what) { return !what.raw_json_token().starts_with("null"); }

}  // namespace

void messages_reader::reset() {
  answer_reader::reset();
  open_.clear();
  said_ = {};
  calls_ = 0;
  finished_ = false;
}

answer_reader::verdict messages_reader::read_whole(std::string_view json) {
  type_ = stop_reason_ = {};
  error_ = false;
  return read_object(json, [&](object& top) {
    const bool ok = each_member(top, [&](const char* key, value& what) { return read_message_member(key, what); });
    if (error_ || is(type_, "\"error\"")) return verdict::error;
    if (!ok) return verdict::malformed;
    if (!is(type_, "\"message\"")) return verdict::neutral;
    end_message(stop_reason_);
    return verdict::answer;
  });
}

answer_reader::verdict messages_reader::read(const frame& document, bool) {
  type_ = stop_reason_ = {};
  members_ = {};
  index_ = 0;
  error_ = false;
  return read_object(document.data, [&](object& top) {
    const bool ok = each_member(top, [&](const char* key, value& what) { return read_event_member(key, what); });
    if (error_ || is(type_, "\"error\"")) return verdict::error;
    return ok ? take_event() : verdict::malformed;
  });
}

bool messages_reader::read_event_member(const char* key, value& what) {
  switch (*key) {
    case 't':
      if (is_key(key, "type")) type_ = what.raw_json_token();
      return true;
    case 'i':
      if (is_key(key, "index") && what.get_uint64().get(index_) != SUCCESS) index_ = no_index;
      return true;
    case 'd': {
      if (!is_key(key, "delta")) return true;
      auto delta = what.get_object();
      return delta.error() != SUCCESS || read_members(held_by(delta), members_);
    }
    case 'c': return !is_key(key, "content_block") || read_block(what, members_);
    case 'm':
      if (!is_key(key, "message")) return true;
      return each_member(what, [&](const char* inner, value& part) { return read_message_member(inner, part); });
    case 'u': return !is_key(key, "usage") || read_usage(what);
    case 'e':
      if (is_key(key, "error")) error_ = reports_error(what);
      return !error_;
    default: return true;
  }
}

// Of a whole answer, and of the one that a stream begins with, which has no content yet.
bool messages_reader::read_message_member(const char* key, value& what) {
  switch (*key) {
    case 'c':
      return !is_key(key, "content") || each_element(what, [&](value& block) { return read_whole_block(block); });
    case 'i':
      if (is_key(key, "id")) keep_id(what.raw_json_token());
      return true;
    case 'm':
      if (is_key(key, "model")) keep_first(what.raw_json_token(), model_);
      return true;
    case 's':
      if (is_key(key, "stop_reason")) stop_reason_ = what.raw_json_token();
      return true;
    case 't':
      if (is_key(key, "type") && type_.empty()) type_ = what.raw_json_token();
      return true;
    case 'u': return !is_key(key, "usage") || read_usage(what);
    case 'e':
      if (is_key(key, "error")) error_ = reports_error(what);
      return !error_;
    default: return true;
  }
}

answer_reader::verdict messages_reader::take_event() {
  const auto verdict_of = [](bool good) { return good ? verdict::answer : verdict::malformed; };
  if (is(type_, "\"content_block_delta\"")) return verdict_of(feed());
  if (is(type_, "\"content_block_start\"")) return verdict_of(begin_block(members_, index_));
  if (is(type_, "\"content_block_stop\"")) {
    if (auto* block = find_block(index_)) {
      end_block(*block);
      open_.erase(open_.begin() + (block - open_.data()));
    }
    return verdict::answer;
  }
  if (is(type_, "\"message_delta\"")) {
    end_message(members_.stop_reason);
    return verdict::answer;
  }
  ended_ = is(type_, "\"message_stop\"");
  return ended_ || is(type_, "\"message_start\"") ? verdict::answer : verdict::neutral;
}

bool messages_reader::feed() {
  const auto& said = members_;
  if (is(said.type, "\"text_delta\"")) return add_piece(said.text, delta_kind::text);
  if (is(said.type, "\"input_json_delta\"")) return feed_input();
  if (is(said.type, "\"thinking_delta\"")) {
    auto* block = block_for(index_, open_block::what::thinking);
    if (!block) return false;
    block->fed = true;
    return add_piece(said.thinking, delta_kind::reasoning);
  }
  if (is(said.type, "\"signature_delta\"")) {
    auto* block = block_for(index_, open_block::what::thinking);
    if (!block) return false;
    block->signature.clear();  // it comes whole
    return append_text(said.signature, block->signature);
  }
  return true;  // citations are pieces already, and nobody knows what else may come
}

bool messages_reader::feed_input() {
  auto* block = find_block(index_);
  if (!block) return false;
  if (block->kind == open_block::what::other) return append_text(members_.partial_json, block->input);
  if (block->kind != open_block::what::call) return false;
  const auto before = pieces_.size();
  if (!add_piece(members_.partial_json, delta_kind::tool_arguments)) return false;
  if (pieces_.size() == before) return true;  // the first one is mostly empty
  pieces_.back().tool_index = block->call;
  block->fed = true;
  return true;
}

// Cumulative: an event that leaves a count out, or says 0, leaves the one before.
bool messages_reader::read_usage(value& what) {
  if (!what.raw_json_token().starts_with('{')) return true;
  const bool ok = each_member(what, [&](const char* key, value& count) {
    switch (*key) {
      case 'i':
        if (is_key(key, "input_tokens")) read_count(count, said_.input);
        return true;
      case 'c':
        if (is_key(key, "cache_creation_input_tokens"))
          read_count(count, said_.cache_written);
        else if (is_key(key, "cache_read_input_tokens"))
          read_count(count, said_.cached);
        return true;
      case 'o':
        if (is_key(key, "output_tokens")) read_count(count, said_.output);
        if (!is_key(key, "output_tokens_details")) return true;
        return each_member(count, [&](const char* detail, value& part) {
          if (is_key(detail, "thinking_tokens")) read_count(part, said_.reasoning);
          return true;
        });
      case 's':
        if (is_key(key, "service_tier")) keep_first(count.raw_json_token(), service_tier_);
        return true;
      default: return true;
    }
  });
  counts_ = said_;
  counts_.input += said_.cached + said_.cache_written;
  counts_.total = counts_.input + counts_.output;
  counts_.reported = true;
  return ok;
}

void messages_reader::end_message(std::string_view stop_reason) {
  if (!stop_reason.starts_with('"')) return;
  for (auto& block : open_) end_block(block);
  open_.clear();
  place word;
  if (!add_text(stop_reason, word)) return;
  piece end;
  end.kind = delta_kind::finish;
  end.name = word;
  end.finish = finish_reason_from(text(word));
  pieces_.push_back(end);
  finished_ = true;
}

}  // namespace cohedge::dialect
