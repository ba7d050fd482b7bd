#include "chunk_reader.hpp"
#include "common_surface.hpp"
#include "prompt_text.hpp"
#include "request_writer.hpp"

#include <algorithm>

namespace cohedge::dialect {
namespace {

error note_gaps(const chat_request::content& ask, const deviations& server,
                std::vector<std::string>& dropped) {
  const auto about_tools = [](const message& turn) { return turn.role == role::tool || !turn.tool_calls.empty(); };
  const auto more_than_text = [](const message& turn) {
    return std::ranges::any_of(turn.parts, [](const part& each) { return each.what() != part::kind::text; });
  };
  return gaps{"legacy.completions", ask, dropped}
      .note(!ask.tools.empty() || std::ranges::any_of(ask.messages, about_tools), "tools")
      .note(std::ranges::any_of(ask.messages, more_than_text), "anything but text in a prompt")
      .note(ask.json || !ask.response_schema.empty(), "a form for the answer")
      .note(!ask.reasoning_effort.empty() || ask.reasoning_budget || ask.show_reasoning.has_value(), "reasoning")
      .note(ask.top_k.has_value() && !server.top_k(), "top_k")
      .note(!ask.cache_key.empty(), "a cache key")
      .note(!ask.service_tier.empty(), "a service tier")
      .note(!ask.metadata.empty(), "metadata")
      .refusal();
}

class legacy_surface final : public common_surface {
 public:
  std::string_view name() const override { return "legacy.completions"; }

  result<request_bytes> encode(const chat_request& request, std::string_view model, bool stream,
                               const deviations& server) const override {
    const auto& ask = request.read();
    request_bytes out{"POST", "/completions"};
    auto fault = request_fault(ask, model);
    if (fault.code() == errc::none) fault = note_gaps(ask, server, out.dropped);
    if (fault.code() != errc::none) return fault;
    request_writer body{ask, out.body};
    auto& json = body.json();
    json.begin_object().member("model", model).member("prompt", prompt_of(ask.messages));
    if (ask.max_tokens && body.ours("max_tokens")) json.member("max_tokens", *ask.max_tokens);
    body.sampling();
    if (server.top_k()) body.optional("top_k", ask.top_k);
    body.optional("frequency_penalty", ask.frequency_penalty);
    body.optional("presence_penalty", ask.presence_penalty);
    body.optional("n", ask.choices);
    body.optional("logprobs", ask.logprobs);
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
