#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

namespace cohedge::testing {

namespace {

/// Gemini's generateContent: the same object, whole or in a stream, whose lines end with CR LF.
class gemini_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string_view finish_word(bool cut_off) const override { return cut_off ? "MAX_TOKENS" : "STOP"; }
  std::string whole(std::string_view text, std::string_view finish) const override {
    return object(text, finish, true);
  }
  stream_event token_event(std::string_view token) const override { return {{}, object(token, "", false)}; }
  stream_events finish_events(std::string_view reason) const override { return {{{}, object("", reason, true)}}; }

  void add(scripted_response& out, const stream_event& event) const override {
    out.event_lines("data: " + event.json + "\r\n\r\n");
  }
  void add_error(scripted_response& out) const override { add(out, {{}, google_error_for(503)}); }
  scripted_response refusal(int status) const override { return scripted_response{status, google_error_for(status)}; }

 private:
  std::string object(std::string_view text, std::string_view finish, bool last) const {
    std::string json;
    wire::json_writer out{json};
    out.begin_object().key("candidates").begin_array().begin_object();
    out.key("content").begin_object().key("parts").begin_array().begin_object().member("text", text).end_object();
    out.end_array().member("role", "model").end_object();
    if (!finish.empty()) out.member("finishReason", finish);
    out.member("index", 0).end_object().end_array();
    if (last && facts.usage) {
      out.key("usageMetadata").begin_object().member("promptTokenCount", facts.prompt_tokens);
      out.member("candidatesTokenCount", facts.completion_tokens);
      out.member("totalTokenCount", facts.prompt_tokens + facts.completion_tokens).end_object();
    }
    out.member("modelVersion", facts.model).member("responseId", facts.id);
    write_padding(out, "padding", facts);
    out.end_object();
    return json;
  }
};

}  // namespace

std::unique_ptr<answer_shape> gemini_answers(answer_facts facts) {
  return std::make_unique<gemini_shape>(std::move(facts));
}

}  // namespace cohedge::testing
