#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/delta.hpp>
#include <cohedge/core/base64.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cohedge {

std::string_view to_string(finish_reason why) noexcept {
  switch (why) {
    case finish_reason::none: return "none";
    case finish_reason::stop: return "stop";
    case finish_reason::length: return "length";
    case finish_reason::tool_calls: return "tool_calls";
    case finish_reason::content_filter: return "content_filter";
    case finish_reason::error: return "error";
    case finish_reason::pause: return "pause";
    case finish_reason::other: return "other";
  }
  return "other";
}

finish_reason finish_reason_from(std::string_view text) noexcept {
  struct spelling {
    std::string_view text;
    finish_reason means;
  };
  using enum finish_reason;
  static constexpr std::array spellings{
      spelling{"stop", stop},
      spelling{"length", length},
      spelling{"tool_calls", tool_calls},
      spelling{"function_call", tool_calls},
      spelling{"content_filter", content_filter},
      spelling{"end_turn", stop},
      spelling{"stop_sequence", stop},
      spelling{"STOP", stop},
      spelling{"COMPLETE", stop},
      spelling{"STOP_SEQUENCE", stop},
      spelling{"eos", stop},
      spelling{"completed", stop},
      spelling{"max_tokens", length},
      spelling{"MAX_TOKENS", length},
      spelling{"model_length", length},
      spelling{"max_output_tokens", length},
      spelling{"model_context_window_exceeded", length},
      spelling{"tool_use", tool_calls},
      spelling{"TOOL_CALL", tool_calls},
      spelling{"refusal", content_filter},
      spelling{"SAFETY", content_filter},
      spelling{"RECITATION", content_filter},
      spelling{"LANGUAGE", content_filter},
      spelling{"BLOCKLIST", content_filter},
      spelling{"PROHIBITED_CONTENT", content_filter},
      spelling{"SPII", content_filter},
      spelling{"IMAGE_SAFETY", content_filter},
      spelling{"IMAGE_PROHIBITED_CONTENT", content_filter},
      spelling{"IMAGE_RECITATION", content_filter},
      spelling{"MODEL_ARMOR", content_filter},
      spelling{"guardrail_intervened", content_filter},
      spelling{"content_filtered", content_filter},
      spelling{"error", error},
      spelling{"ERROR", error},
      spelling{"TIMEOUT", error},
      spelling{"network_error", error},
      spelling{"failed", error},
      spelling{"malformed_model_output", error},
      spelling{"malformed_tool_use", error},
      spelling{"MALFORMED_FUNCTION_CALL", error},
      spelling{"UNEXPECTED_TOOL_CALL", error},
      spelling{"TOO_MANY_TOOL_CALLS", error},
      spelling{"MALFORMED_RESPONSE", error},
      spelling{"MISSING_THOUGHT_SIGNATURE", error},
      spelling{"pause_turn", pause},
  };
  if (text.empty()) return none;
  const auto* known = std::ranges::find(spellings, text, &spelling::text);
  return known == spellings.end() ? other : known->means;
}

namespace {

// Streams bring the list in pieces; anything else, and whole answers, come once.
void add_logprobs(std::string_view json, std::string& into) {
  const bool joins = into.ends_with(']') && json.starts_with('[') && into != "[]" && json != "[]";
  if (!joins) return void(into = into.size() > 2 && json == "[]" ? into : std::string{json});
  into.back() = ',';
  into.append(json.substr(1));
}

}  // namespace

completion::completion(const completion& other)
    : content_{other.content_ ? std::make_unique<content>(*other.content_) : nullptr} {}

completion& completion::operator=(const completion& other) { return *this = completion{other}; }

const completion::content& completion::nothing() noexcept {
  static const content none;
  return none;
}

const choice& completion::first() const noexcept {
  static const choice nothing;
  return choices().empty() ? nothing : choices().front();
}

choice& completion::at(std::size_t index) {
  auto& all = own();
  if (index == 0 && all.several.empty()) {
    all.any = true;
    return all.only;
  }
  if (all.several.empty() && all.any) all.several.push_back(std::move(all.only));
  if (index >= all.several.size()) all.several.resize(index + 1);
  return all.several[index];
}

bool completion::has_content() const noexcept { return std::ranges::any_of(choices(), &choice::has_content); }

const report& completion::report() const noexcept {
  static const cohedge::report nothing;
  return read().report ? *read().report : nothing;
}

message choice::as_message() const {
  message turn{role::assistant, text};
  turn.reasoning = reasoning_items;
  turn.tool_calls = tool_calls;
  turn.refusal = refusal;
  return turn;
}

void completion_builder::close_reasoning(const delta& event, choice& into) {
  if (event.choice >= closed_.size()) closed_.resize(event.choice + 1);
  auto& closed = closed_[event.choice];
  reasoning_item item;
  item.id = event.id;
  item.text = into.reasoning.substr(closed);
  item.signature = event.signature;
  item.encrypted = event.text;
  item.calls_before = static_cast<std::uint32_t>(into.tool_calls.size());
  closed = into.reasoning.size();
  into.reasoning_items.push_back(std::move(item));
}

void completion_builder::apply(const delta& event) {
  if (event.kind == delta_kind::usage) draft_.usage() = *event.usage;
  if (event.kind == delta_kind::other) return;
  auto& into = draft_.at(event.choice);
  const auto call = [&]() -> tool_call& {
    if (event.tool_index >= into.tool_calls.size()) into.tool_calls.resize(event.tool_index + 1);
    return into.tool_calls[event.tool_index];
  };
  switch (event.kind) {
    case delta_kind::text: into.text.append(event.text); break;
    case delta_kind::reasoning: into.reasoning.append(event.text); break;
    case delta_kind::refusal: into.refusal.append(event.text); break;
    case delta_kind::tool_call:
      call().id = event.id;
      call().name = event.name;
      call().signature = event.signature;
      call().arguments.append(event.text);
      break;
    case delta_kind::tool_arguments: call().arguments.append(event.text); break;
    case delta_kind::reasoning_end: close_reasoning(event, into); break;
    case delta_kind::citation:
      into.citations.push_back({std::string{event.id}, std::string{event.name}, {}, std::string{event.text}});
      break;
    case delta_kind::media: {
      auto kind = event.name.starts_with("audio/") ? part::audio({}, std::string{event.name})
                                                   : part::image({}, std::string{event.name});
      if (auto bytes = from_base64(event.text)) into.media.push_back(std::move(kind.bytes(std::move(*bytes))));
      break;
    }
    case delta_kind::logprobs: add_logprobs(event.text, into.logprobs); break;
    case delta_kind::finish:
      into.finish = event.finish;
      into.finish_text = event.name;
      break;
    case delta_kind::tool_call_end:
    case delta_kind::usage:
    case delta_kind::other: break;
  }
}

completion completion_builder::take(bool (*is_json)(std::string_view)) && {
  for (std::size_t i = 0; i < draft_.choices().size(); ++i)
    for (auto& call : draft_.at(i).tool_calls) call.truncated = !call.arguments.empty() && !is_json(call.arguments);
  return std::move(draft_);
}

}  // namespace cohedge
