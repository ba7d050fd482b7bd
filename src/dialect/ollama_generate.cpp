#include "ollama_encode.hpp"
#include "ollama_surface.hpp"
#include "prompt_text.hpp"

#include <algorithm>

namespace cohedge::dialect {
namespace {

std::string system_of(std::span<const message> turns) {
  std::string all;
  for (const auto& turn : turns) {
    if (!is_system(turn)) continue;
    if (!all.empty()) all += "\n\n";
    all += text_of(turn);
  }
  return all;
}

error refusal(const chat_request::content& ask, std::vector<std::string>& dropped) {
  const auto about_tools = [](const message& turn) { return turn.role == role::tool || !turn.tool_calls.empty(); };
  return ollama_gaps(ask, dropped)
      .note(!ask.tools.empty() || std::ranges::any_of(ask.messages, about_tools), "tools in a prompt without turns")
      .refusal();
}

class ollama_generate_surface final : public ollama_surface {
 public:
  std::string_view name() const override { return "ollama.generate"; }

  result<request_bytes> encode(const chat_request& request, std::string_view model, bool stream,
                               const deviations&) const override {
    const auto& ask = request.read();
    request_bytes out{"POST", "/api/generate"};
    auto fault = request_fault(ask, model);
    if (fault.code() == errc::none) fault = refusal(ask, out.dropped);
    if (fault.code() != errc::none) return fault;
    request_writer body{ask, out.body};
    auto& json = body.json();
    json.begin_object().member("model", model).member("prompt", prompt_of(ask.messages, true));
    body.optional("system", system_of(ask.messages));
    write_pictures(ask.messages, json);
    json.member("stream", stream);  // it streams unless told not to
    write_settings(ask, body);
    body.extra();
    json.end_object();
    return out;
  }
};

}  // namespace

const surface& ollama_generate() {
  static const ollama_generate_surface one;
  return one;
}

}  // namespace cohedge::dialect
