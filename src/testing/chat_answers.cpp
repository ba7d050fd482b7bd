#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

namespace cohedge::testing {

namespace {

class chat_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string whole(std::string_view text, std::string_view finish) const override {
    std::string json;
    wire::json_writer out{json};
    begin(out, "chat.completion");
    out.key("choices").begin_array().begin_object().member("index", 0);
    out.key("message").begin_object().member("role", "assistant").member("content", text).key("refusal").null();
    out.end_object().key("logprobs").null();
    write_reason(out, "finish_reason", finish);
    out.end_object().end_array();
    if (facts.usage) write_usage(out, facts);
    out.end_object();
    return json;
  }

  stream_events first_events() const override {
    return {chunk([](wire::json_writer& delta) { delta.member("role", "assistant").member("content", ""); }, "")};
  }
  stream_event token_event(std::string_view token) const override {
    return chunk([&](wire::json_writer& delta) { delta.member("content", token); }, "");
  }
  stream_events finish_events(std::string_view reason) const override {
    return {chunk([](wire::json_writer&) {}, reason)};
  }

  stream_events usage_events() const override {
    if (!facts.usage_in_stream) return {};
    std::string json;
    wire::json_writer out{json};
    begin(out, "chat.completion.chunk");
    out.key("choices").begin_array().end_array();
    write_usage(out, facts);
    out.end_object();
    return {{{}, json}};
  }
  stream_events last_events() const override { return {{{}, "[DONE]"}}; }

  void add_error(scripted_response& out) const override { add(out, {{}, openai_error_for(500)}); }
  scripted_response refusal(int status) const override { return scripted_response{status, openai_error_for(status)}; }

 private:
  void begin(wire::json_writer& out, std::string_view object) const {
    out.begin_object().member("id", facts.id).member("object", object).member("created", created);
    out.member("model", facts.model).member("system_fingerprint", "fp_loopback");
  }

  template <class WriteDelta>
  stream_event chunk(WriteDelta write_delta, std::string_view finish) const {
    std::string json;
    wire::json_writer out{json};
    begin(out, "chat.completion.chunk");
    out.key("choices").begin_array().begin_object().member("index", 0).key("delta").begin_object();
    write_delta(out);
    out.end_object();
    write_reason(out, "finish_reason", finish);
    out.end_object().end_array();
    if (facts.usage_in_stream) out.key("usage").null();
    write_padding(out, "obfuscation", facts);
    out.end_object();
    return {{}, json};
  }
};

}  // namespace

std::unique_ptr<answer_shape> chat_answers(answer_facts facts) {
  return std::make_unique<chat_shape>(std::move(facts));
}

std::string model_list() {
  std::string json;
  wire::json_writer out{json};
  out.begin_object().member("object", "list").key("data").begin_array();
  for (const auto* id : {"loopback", "loopback-mini"}) {
    out.begin_object().member("id", id).member("object", "model").member("created", created);
    out.member("owned_by", "cohedge").end_object();
  }
  out.end_array().end_object();
  return json;
}

}  // namespace cohedge::testing
