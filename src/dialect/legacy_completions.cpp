#include "chunk_reader.hpp"
#include "common_surface.hpp"
#include "request_writer.hpp"

#include <algorithm>

namespace cohedge::dialect {
namespace {

std::string_view speaker(role who) noexcept {
  switch (who) {
    case role::system:
    case role::developer: return "system";
    case role::assistant: return "assistant";
    case role::user:
    case role::tool: break;
  }
  return "user";
}

// A prompt from a conversation. One message of the user is the prompt as it is. Several turns become one paragraph
// each, "role: text", in order, and "assistant:" at the end asks for the next one. A model that was trained on another
// template needs it in a single message.
std::string prompt_of(const std::vector<message>& turns) {
  if (turns.size() == 1 && turns.front().role == role::user) return turns.front().text;
  std::string prompt;
  for (const auto& turn : turns) prompt.append(speaker(turn.role)).append(": ").append(turn.text).append("\n\n");
  return prompt += "assistant:";
}

error unsupported_part(const chat_request::content& ask) {
  const auto about_tools = [](const message& turn) { return turn.role == role::tool || !turn.tool_calls.empty(); };
  if (!ask.tools.empty() || std::ranges::any_of(ask.messages, about_tools))
    return {errc::unsupported, "the legacy completions API has no tools"};
  if (!ask.response_schema.empty()) return {errc::unsupported, "the legacy completions API has no response schema"};
  return {};
}

class legacy_surface final : public common_surface {
 public:
  std::string_view name() const override { return "legacy.completions"; }

  result<request_bytes> encode(const chat_request& request, std::string_view model, bool stream,
                               const deviations& server) const override {
    const auto& ask = request.read();
    auto fault = request_fault(ask, model);
    if (fault.code() == errc::none) fault = unsupported_part(ask);
    if (fault.code() != errc::none) return fault;
    request_bytes out{"POST", "/completions"};
    request_writer body{ask, out.body};
    auto& json = body.json();
    json.begin_object().member("model", model).member("prompt", prompt_of(ask.messages));
    if (ask.max_tokens && body.ours("max_tokens")) json.member("max_tokens", *ask.max_tokens);
    body.sampling();
    body.stream(stream, server);
    body.extra();
    json.end_object();
    return out;
  }

  request_bytes check() const override { return {"GET", "/health"}; }

 private:
  std::unique_ptr<answer_reader> make_reader() const override { return std::make_unique<chunk_reader>(true); }
};

}  // namespace

const surface& legacy_completions() {
  static const legacy_surface one;
  return one;
}

}  // namespace cohedge::dialect
