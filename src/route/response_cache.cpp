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
    bytes += sizeof one + one.text.size() + one.reasoning.size() + one.refusal.size();
    for (const auto& call : one.tool_calls) bytes += sizeof call + call.name.size() + call.arguments.size();
  }
  return bytes;
}

}  // namespace

std::string response_cache::key_of(const chat_request& ask) {
  const auto& content = ask.read();
  std::string key;
  for (const auto& turn : content.messages) {
    put(key, std::to_string(static_cast<int>(turn.role)));
    put(key, turn.text);
    put(key, turn.tool_call_id);
    for (const auto& call : turn.tool_calls) {
      put(key, call.id);
      put(key, call.name);
      put(key, call.arguments);
    }
    key.push_back(';');
  }
  for (const auto& offered : content.tools) {
    put(key, offered.name);
    put(key, offered.description);
    put(key, offered.parameters);
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
