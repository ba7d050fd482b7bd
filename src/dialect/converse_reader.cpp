#include "converse_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cohedge::dialect {

converse_reader::event converse_reader::event_named(std::string_view type) noexcept {
  constexpr std::array<std::pair<std::string_view, event>, 5> names{{
      {"contentBlockDelta", event::block_delta},
      {"contentBlockStart", event::block_start},
      {"contentBlockStop", event::block_stop},
      {"messageStop", event::message_stop},
      {"metadata", event::metadata},
  }};
  for (const auto& [name, what] : names)
    if (name == type) return what;
  return event::other;
}

void converse_reader::reset() {
  answer_reader::reset();
  open_.clear();
  calls_ = 0;
  finished_ = false;
}

void converse_reader::begin_part() {
  said_.signature.clear();
  said_.encrypted.clear();
  call_ = {};
  begins_call_ = reasons_ = false;
}

answer_reader::verdict converse_reader::read(const frame& document, bool) {
  const auto what = event_named(document.type);
  if (what == event::other) {
    begin_document();
    return verdict::neutral;
  }
  return read_object(document.data, [&](object& top) { return read_event(top, what); });
}

answer_reader::verdict converse_reader::read_event(object& top, event what) {
  begin_part();
  index_ = 0;
  stop_reason_.clear();
  const bool good = each_member(top, [this](const char* key, value& member) {
    if (is_key(key, "contentBlockIndex")) return read_count(member, index_), true;
    if (is_key(key, "start")) return read_start(member);
    if (is_key(key, "delta")) return read_delta(member);
    if (is_key(key, "usage")) return read_usage(member);
    if (is_key(key, "stopReason")) return append_text(member.raw_json_token(), stop_reason_);
    return true;
  });
  return good && end_event(what) ? verdict::answer : verdict::malformed;
}

bool converse_reader::end_event(event what) {
  switch (what) {
    case event::block_start: return !begins_call_ || begin_call();
    case event::block_delta: return take_delta();
    case event::block_stop:
      if (auto* block = block_at(index_)) {
        close(*block);
        open_.erase(open_.begin() + (block - open_.data()));
      }
      return true;
    case event::message_stop:
      if (stop_reason_.empty()) return false;
      close_all();
      add_finish(finish_reason_from(stop_reason_), stop_reason_);
      finished_ = true;
      return true;
    case event::metadata: ended_ = finished_; return true;
    case event::other: break;
  }
  return true;
}

bool converse_reader::read_start(value& what) {
  return each_member(what, [this](const char* key, value& member) {
    if (!is_key(key, "toolUse")) return true;
    begins_call_ = true;
    return read_tool_use(member);
  });
}

bool converse_reader::read_delta(value& what) {
  return each_member(what, [this](const char* key, value& member) {
    if (is_key(key, "text")) return add_piece(member.raw_json_token(), delta_kind::text);
    if (is_key(key, "toolUse")) return read_tool_use(member);
    if (is_key(key, "reasoningContent")) return read_reasoning(member);
    if (is_key(key, "citation")) return read_citation(member);
    return true;
  });
}

converse_reader::open_block* converse_reader::block_at(std::uint64_t index) noexcept {
  const auto found = std::ranges::find(open_, index, &open_block::index);
  return found == open_.end() ? nullptr : &*found;
}

converse_reader::open_block* converse_reader::open(bool call) {
  too_many_ = too_many_ || open_.size() >= max_tool_calls || (call && calls_ >= max_tool_calls);
  if (too_many_) return nullptr;
  auto& block = open_.emplace_back();
  block.index = index_;
  block.call = call;
  if (call) block.call_index = calls_++;
  return &block;
}

bool converse_reader::begin_call() {
  const auto* block = open(true);
  if (block == nullptr) return false;
  call_.kind = delta_kind::tool_call;
  call_.tool_index = block->call_index;
  pieces_.push_back(call_);
  return true;
}

bool converse_reader::take_delta() {
  if (reasons_) {
    auto* block = block_at(index_);
    if (block == nullptr) block = open(false);
    if (block == nullptr) return false;
    block->signature.append(said_.signature);
    block->encrypted.append(said_.encrypted);
    if (!said_.signature.empty() || !said_.encrypted.empty()) last_token_ = {};  // the next one may say other ones
  }
  if (call_.text.size == 0) return true;
  const auto* block = block_at(index_);
  if (block == nullptr || !block->call) return false;
  call_.kind = delta_kind::tool_arguments;
  call_.tool_index = block->call_index;
  pieces_.push_back(call_);
  return true;
}

void converse_reader::close(const open_block& block) {
  piece end;
  if (block.call) {
    end.kind = delta_kind::tool_call_end;
    end.tool_index = block.call_index;
  } else {
    end.kind = delta_kind::reasoning_end;
    end.signature = add_plain(block.signature);
    end.text = add_plain(block.encrypted);
  }
  pieces_.push_back(end);
}

void converse_reader::close_all() {
  for (const auto& block : open_) close(block);
  open_.clear();
}

}  // namespace cohedge::dialect
