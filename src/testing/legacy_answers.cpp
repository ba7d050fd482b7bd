#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

namespace cohedge::testing {

namespace {

/// The completions API: the same object, whole or in a stream.
class legacy_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string whole(std::string_view text, std::string_view finish) const override {
    return object(text, finish, facts.usage);
  }
  stream_event token_event(std::string_view token) const override { return {{}, object(token, "", false)}; }
  stream_events finish_events(std::string_view reason) const override { return {{{}, object("", reason, false)}}; }

  stream_events usage_events() const override {
    if (!facts.usage_in_stream) return {};
    std::string json;
    wire::json_writer out{json};
    begin(out);
    out.key("choices").begin_array().end_array();
    write_usage(out, facts);
    out.end_object();
    return {{{}, json}};
  }
  stream_events last_events() const override { return {{{}, "[DONE]"}}; }

  void add_error(scripted_response& out) const override { add(out, {{}, openai_error_for(500)}); }
  scripted_response refusal(int status) const override { return scripted_response{status, openai_error_for(status)}; }

 private:
  void begin(wire::json_writer& out) const {
    out.begin_object().member("id", facts.id).member("object", "text_completion").member("created", created);
    out.member("model", facts.model);
  }

  std::string object(std::string_view text, std::string_view finish, bool with_usage) const {
    std::string json;
    wire::json_writer out{json};
    begin(out);
    out.key("choices").begin_array().begin_object().member("text", text).member("index", 0).key("logprobs").null();
    write_reason(out, "finish_reason", finish);
    out.end_object().end_array();
    if (with_usage) write_usage(out, facts);
    write_padding(out, "padding", facts);
    out.end_object();
    return json;
  }
};

}  // namespace

std::unique_ptr<answer_shape> legacy_answers(answer_facts facts) {
  return std::make_unique<legacy_shape>(std::move(facts));
}

}  // namespace cohedge::testing
