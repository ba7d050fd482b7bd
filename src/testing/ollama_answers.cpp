#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

namespace cohedge::testing {

namespace {

/// Ollama's own chat: a line of JSON for each event, and the same object for a whole answer.
class ollama_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string whole(std::string_view text, std::string_view finish) const override {
    return object(text, true, finish);
  }
  stream_event token_event(std::string_view token) const override { return {{}, object(token, false, {})}; }
  stream_events finish_events(std::string_view reason) const override { return {{{}, object("", true, reason)}}; }

  void add(scripted_response& out, const stream_event& event) const override {
    out.content_type("application/x-ndjson").framed(framing::chunked).body(event.json + "\n");
  }
  void add_keep_alive(scripted_response& out) const override { add(out, {}); }
  void add_error(scripted_response& out) const override { add(out, {{}, ollama_error}); }
  scripted_response refusal(int status) const override { return scripted_response{status, ollama_error}; }

 private:
  static constexpr const char* ollama_error = R"({"error":"an error was encountered while running the model"})";

  std::string object(std::string_view text, bool done, std::string_view finish) const {
    std::string json;
    wire::json_writer out{json};
    out.begin_object().member("model", facts.model).member("created_at", "2025-01-06T12:00:00Z");
    out.key("message").begin_object().member("role", "assistant").member("content", text).end_object();
    out.member("done", done);
    if (done && !finish.empty()) out.member("done_reason", finish);
    if (done && facts.usage)
      out.member("prompt_eval_count", facts.prompt_tokens).member("eval_count", facts.completion_tokens);
    write_padding(out, "padding", facts);
    out.end_object();
    return json;
  }
};

}  // namespace

std::unique_ptr<answer_shape> ollama_answers(answer_facts facts) {
  return std::make_unique<ollama_shape>(std::move(facts));
}

}  // namespace cohedge::testing
