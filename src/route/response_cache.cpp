#include "response_cache.hpp"

#include <charconv>

namespace cohedge {

namespace {

// Length-prefixed, so that no two requests share a key.
void put(std::string& key, std::string_view text) {
  key.append(std::to_string(text.size())).append(":").append(text).append(",");
}

template <class Number>
void put_number(std::string& key, const std::optional<Number>& value) {
  char digits[32];
  const auto written = value ? std::to_chars(digits, digits + sizeof digits, *value).ptr : digits;
  put(key, {digits, static_cast<std::size_t>(written - digits)});
}

bool is_complete(const completion& answer) {
  for (const auto& one : answer.choices()) {
    if (one.finish != finish_reason::stop && one.finish != finish_reason::tool_calls) return false;
    for (const auto& call : one.tool_calls)
      if (call.truncated) return false;
  }
  return answer.has_content();
}

std::size_t weight_of(const completion& answer) {
  std::size_t bytes = sizeof(completion) + sizeof(choice);
  for (const auto& one : answer.choices()) {
    bytes += sizeof one + one.text.size() + one.reasoning.size() + one.refusal.size() + one.logprobs.size();
    for (const auto& item : one.reasoning_items) bytes += sizeof item + item.signature.size() + item.encrypted.size();
    for (const auto& each : one.media) bytes += sizeof each + each.bytes().size();
    for (const auto& each : one.citations) bytes += sizeof each + each.raw.size();
    for (const auto& call : one.tool_calls) bytes += sizeof call + call.name.size() + call.arguments.size();
  }
  return bytes;
}

void put_flag(std::string& key, const std::optional<bool>& value) { key.push_back(!value ? '?' : *value ? '1' : '0'); }

void put_turn(std::string& key, const message& turn) {
  put(key, std::to_string(static_cast<int>(turn.role)));
  for (const auto* text : {&turn.text, &turn.tool_call_id, &turn.refusal, &turn.name}) put(key, *text);
  put_flag(key, turn.failed);
  for (const auto& piece : turn.parts) {
    put(key, std::to_string(static_cast<int>(piece.what())));
    for (const auto* text :
         {&piece.bytes(), &piece.media_type(), &piece.url(), &piece.id(), &piece.name(), &piece.detail()})
      put(key, *text);
  }
  key.push_back(';');
  for (const auto& item : turn.reasoning)
    for (const auto* text : {&item.id, &item.text, &item.signature, &item.encrypted}) put(key, *text);
  key.push_back(';');
  for (const auto& call : turn.tool_calls)
    for (const auto* text : {&call.id, &call.name, &call.arguments, &call.signature}) put(key, *text);
  key.push_back(';');
}

}  // namespace

std::string response_cache::key_of(const chat_request& ask) {
  const auto& content = ask.read();
  std::string key;
  for (const auto& turn : content.messages) put_turn(key, turn);
  key.push_back(';');
  for (const auto& offered : content.tools) {
    put(key, offered.name);
    put(key, offered.description);
    put(key, offered.parameters);
    put_flag(key, offered.strict);
  }
  key.push_back(';');
  for (const auto& sequence : content.stop) put(key, sequence);
  key.push_back(';');
  put_number(key, content.max_tokens);
  put_number(key, content.temperature);
  put_number(key, content.top_p);
  put_number(key, content.seed);
  put(key, content.tool_choice);
  put(key, content.response_schema);
  put(key, content.schema_name);
  for (const auto& flag : {content.parallel_tool_calls, content.show_reasoning}) put_flag(key, flag);
  for (const bool flag : {content.json, content.schema_strict, content.drop_unsupported}) put_flag(key, flag);
  for (const auto& number : {content.top_k, content.choices, content.logprobs, content.reasoning_budget})
    put_number(key, number);
  put_number(key, content.frequency_penalty);
  put_number(key, content.presence_penalty);
  put(key, content.reasoning_effort);
  put(key, content.service_tier);
  put(key, content.user);
  for (const auto& [member, value] : content.extra) {
    put(key, member);
    put(key, value);
  }
  return key;
}

std::optional<completion> response_cache::find(const std::string& key, time_point now) {
  const auto* kept = answers_.get(key, now);
  if (!kept) return std::nullopt;
  return *kept;
}

void response_cache::keep(const std::string& key, const completion& answer, time_point now) {
  if (!is_complete(answer)) return;
  auto copy = answer;
  copy.report(nullptr);  // the next caller's call is another one
  answers_.put(key, std::move(copy), weight_of(answer), now);
}

}  // namespace cohedge
