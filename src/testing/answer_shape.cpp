#include "answer_shape.hpp"

#include <array>

namespace cohedge::testing {

void answer_shape::add(scripted_response& out, const stream_event& event) const {
  if (event.type.empty())
    out.event(event.json);
  else
    out.event(event.type, event.json);
}

void answer_shape::add_keep_alive(scripted_response& out) const { out.event_lines(": keep-alive\n\n"); }

std::unique_ptr<answer_shape> answers_at(std::string_view path, answer_facts facts) {
  struct row {
    std::string_view ends;
    std::string_view id;  // how the ids of its answers begin
    std::unique_ptr<answer_shape> (*make)(answer_facts);
  };
  constexpr std::array rows{
      row{"/chat/completions", "chatcmpl-", chat_answers},
      row{"/completions", "cmpl-", legacy_answers},
      row{"/messages", "msg_", messages_answers},
      row{":generateContent", "", gemini_answers},
      row{":streamGenerateContent", "", gemini_answers},
      row{"/converse", "", converse_answers},
      row{"/converse-stream", "", converse_answers},
      row{"/api/chat", "", ollama_answers},
  };
  for (const auto& each : rows) {
    if (!path.ends_with(each.ends)) continue;
    facts.id.insert(0, each.id);
    return each.make(std::move(facts));
  }
  return nullptr;
}

}  // namespace cohedge::testing
