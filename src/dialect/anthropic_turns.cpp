// The conversation in Anthropic's words: a system prompt, then turns of user and assistant made of content blocks.

#include <cohedge/wire/json_check.hpp>

#include "anthropic_encode.hpp"
#include "json_text.hpp"
#include "prompt_text.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

namespace cohedge::dialect {
namespace {

using wire::json_writer;
using turns = std::vector<const message*>;

bool is_assistant(const message& turn) noexcept { return turn.role == role::assistant; }

// An empty text is refused, so it is no block. Only users, and the tools that speak for them, show pictures and files.
bool is_written(const message& turn, const part& piece) noexcept {
  if (piece.what() == part::kind::text) return !piece.bytes().empty();
  return is_expressible(piece) && !is_system(turn) && !is_assistant(turn);
}

// Anthropic's own have no id; another provider's reasoning proves nothing here and would be refused.
bool is_ours(const reasoning_item& item) noexcept {
  const bool readable = !item.text.empty() || !item.signature.empty();
  return item.id.empty() && readable == item.encrypted.empty();
}

// Blocks that may carry cache_control: thinking may not.
std::size_t cacheable_blocks(const message& turn) noexcept {
  if (turn.role == role::tool) return 1;
  const auto parts = std::ranges::count_if(turn.parts, [&](const part& piece) { return is_written(turn, piece); });
  return static_cast<std::size_t>(parts) + (turn.text.empty() ? 0 : 1) + (turn.refusal.empty() ? 0 : 1) +
         turn.tool_calls.size();
}

bool says_something(const message& turn) noexcept {
  return cacheable_blocks(turn) > 0 || std::ranges::any_of(turn.reasoning, is_ours);
}

bool is_only_text(const message& turn) noexcept {
  return turn.role != role::tool && !turn.text.empty() && cacheable_blocks(turn) == 1 && !turn.cache_here &&
         std::ranges::none_of(turn.reasoning, is_ours);
}

// Other providers' ids may have characters that Anthropic refuses.
void write_id(const wire::json_string& name, std::string_view id, json_writer& json) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  if (std::ranges::all_of(id, is_allowed)) return void(json.member(name, id));
  std::string clean{id};
  std::ranges::replace_if(clean, std::not_fn(is_allowed), '_');
  json.member(name, clean);
}

void write_reasoning(const reasoning_item& item, json_writer& json) {
  if (!is_ours(item)) return;
  json.begin_object();
  if (item.encrypted.empty())
    json.member("type", "thinking").member("thinking", item.text).member("signature", item.signature);
  else
    json.member("type", "redacted_thinking").member("data", item.encrypted);
  json.end_object();
}

/// Writes the blocks of one turn; the last one that may carries the turn's cache mark.
class turn_writer {
 public:
  turn_writer(const message& turn, json_writer& json)
      : turn_{turn}, json_{json}, left_{turn.cache_here ? cacheable_blocks(turn) : 0} {}

  void write() {
    if (turn_.role == role::tool) return write_result();
    write_reasoning_before(0);
    if (!turn_.text.empty()) write_text_block(turn_.text, caches(), json_);
    if (!turn_.refusal.empty()) write_text_block(turn_.refusal, caches(), json_);
    write_parts();
    for (std::size_t i = 0; i < turn_.tool_calls.size(); ++i) {
      if (i > 0) write_reasoning_before(i);
      write_call(turn_.tool_calls[i]);
    }
    for (; next_reasoning_ < turn_.reasoning.size(); ++next_reasoning_)
      write_reasoning(turn_.reasoning[next_reasoning_], json_);
  }

 private:
  // Whether the block that is about to be written is the last.
  bool caches() noexcept { return left_ > 0 && --left_ == 0; }

  void write_parts() {
    for (const auto& piece : turn_.parts)
      if (is_written(turn_, piece)) write_part(piece, caches() || piece.is_cached_here(), json_);
  }

  // In the order they came, none of them moved before an earlier one.
  void write_reasoning_before(std::size_t call) {
    for (; next_reasoning_ < turn_.reasoning.size(); ++next_reasoning_) {
      const auto& item = turn_.reasoning[next_reasoning_];
      if (item.calls_before > call) return;
      write_reasoning(item, json_);
    }
  }

  void write_call(const tool_call& call) {
    json_.begin_object().member("type", "tool_use");
    write_id("id", call.id, json_);
    json_.member("name", call.name).key("input").raw(call.arguments.empty() ? "{}" : std::string_view{call.arguments});
    write_cache_control(caches(), json_);
    json_.end_object();
  }

  void write_result() {
    json_.begin_object().member("type", "tool_result");
    write_id("tool_use_id", turn_.tool_call_id, json_);
    const bool cache = caches();
    if (turn_.parts.empty()) {
      if (!turn_.text.empty()) json_.member("content", turn_.text);
    } else {
      json_.key("content").begin_array();
      if (!turn_.text.empty()) write_text_block(turn_.text, false, json_);
      write_parts();
      json_.end_array();
    }
    if (turn_.failed) json_.member("is_error", true);
    write_cache_control(cache, json_);
    json_.end_object();
  }

  const message& turn_;
  json_writer& json_;
  std::size_t left_;
  std::size_t next_reasoning_ = 0;
};

// Results of tools must stand before all else that the user says.
void write_run(std::span<const message* const> run, json_writer& json) {
  json.begin_object().member("role", is_assistant(*run.front()) ? "assistant" : "user");
  if (run.size() == 1 && is_only_text(*run.front()) && run.front()->parts.empty()) {
    json.member("content", run.front()->text).end_object();
    return;
  }
  json.key("content").begin_array();
  for (const auto* turn : run)
    if (turn->role == role::tool) turn_writer{*turn, json}.write();
  for (const auto* turn : run)
    if (turn->role != role::tool) turn_writer{*turn, json}.write();
  json.end_array().end_object();
}

void write_system(const chat_request::content& ask, json_writer& json) {
  std::string all;
  bool blocks = false;
  for (const auto& turn : ask.messages) {
    if (!is_system(turn)) continue;
    blocks = blocks || turn.cache_here || std::ranges::any_of(turn.parts, &part::is_cached_here);
    const auto add = [&](std::string_view text) { all.append(all.empty() || text.empty() ? "" : "\n\n").append(text); };
    add(turn.text);
    for (const auto& piece : turn.parts)
      if (piece.what() == part::kind::text) add(piece.bytes());
  }
  if (all.empty()) return;
  json.key("system");
  if (!blocks) return void(json.string(all));
  json.begin_array();
  for (const auto& turn : ask.messages)
    if (is_system(turn)) turn_writer{turn, json}.write();
  json.end_array();
}

bool is_object(std::string_view arguments) {
  return arguments.empty() || (trimmed(arguments).starts_with('{') && wire::is_json(arguments));
}

}  // namespace

void write_conversation(const chat_request::content& ask, const request_writer& body, json_writer& json) {
  if (body.ours("system")) write_system(ask, json);
  turns spoken;
  for (const auto& turn : ask.messages)
    if (!is_system(turn) && says_something(turn)) spoken.push_back(&turn);
  json.key("messages").begin_array();
  for (auto first = spoken.begin(); first != spoken.end();) {
    const bool assistant = is_assistant(**first);
    const auto last =
        std::find_if(first, spoken.end(), [&](const message* turn) { return is_assistant(*turn) != assistant; });
    write_run({first, last}, json);
    first = last;
  }
  json.end_array();
}

error conversation_fault(const chat_request::content& ask) {
  const auto is_spoken = [](const message& turn) { return !is_system(turn) && says_something(turn); };
  if (std::ranges::none_of(ask.messages, is_spoken))
    return {errc::invalid_argument, "the request has no message beside the system prompt that says anything"};
  for (const auto& turn : ask.messages)
    for (const auto& call : turn.tool_calls)
      if (!is_object(call.arguments))
        return {errc::invalid_argument, "the arguments of the call of \"" + call.name + "\" are not a JSON object"};
  return {};
}

void note_conversation_gaps(const chat_request::content& ask, gaps& missing) {
  bool audio = false, files = false, elsewhere = false, named = false, detail = false;
  for (const auto& turn : ask.messages) {
    named = named || (turn.role != role::tool && !turn.name.empty());
    for (const auto& piece : turn.parts) {
      audio = audio || piece.what() == part::kind::audio;
      files = files || (piece.what() == part::kind::file && !is_expressible(piece));
      elsewhere = elsewhere || (piece.what() != part::kind::text && (is_system(turn) || is_assistant(turn)));
      detail = detail || (!piece.detail().empty() && piece.detail() != "auto");
    }
  }
  missing.note(audio, "audio").note(files, "files other than PDF and text").note(detail, "the detail of images");
  missing.note(elsewhere, "pictures and files but from the user").note(named, "names of speakers");
}

}  // namespace cohedge::dialect
