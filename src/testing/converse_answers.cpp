#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

#include <cohedge/wire/eventstream.hpp>

#include <vector>

namespace cohedge::testing {

namespace {

/// Bedrock's Converse: streams are binary messages with checksums.
class converse_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string_view finish_word(bool cut_off) const override { return cut_off ? "max_tokens" : "end_turn"; }

  std::string whole(std::string_view text, std::string_view finish) const override {
    std::string json;
    wire::json_writer out{json};
    out.begin_object().key("output").begin_object().key("message").begin_object().member("role", "assistant");
    out.key("content").begin_array().begin_object().member("text", text).end_object().end_array();
    out.end_object().end_object();
    write_reason(out, "stopReason", finish);
    if (facts.usage) write_counts(out);
    out.end_object();
    return json;
  }

  stream_events first_events() const override {
    return {event("messageStart", [](wire::json_writer& out) { out.member("role", "assistant"); })};
  }
  stream_event token_event(std::string_view token) const override {
    return event("contentBlockDelta", [&](wire::json_writer& out) {
      out.member("contentBlockIndex", 0).key("delta").begin_object().member("text", token).end_object();
    });
  }
  stream_events finish_events(std::string_view reason) const override {
    const auto block = event("contentBlockStop", [](wire::json_writer& out) { out.member("contentBlockIndex", 0); });
    const auto end = event("messageStop", [&](wire::json_writer& out) { write_reason(out, "stopReason", reason); });
    return {block, end};
  }
  stream_events usage_events() const override {
    return {event("metadata", [&](wire::json_writer& out) { write_counts(out); })};
  }

  void add(scripted_response& out, const stream_event& event) const override {
    add_eventstream(out, {{":event-type", event.type}, {":message-type", "event"}}, event.json);
  }
  /// It has no word for it.
  void add_keep_alive(scripted_response&) const override {}
  void add_error(scripted_response& out) const override { add_aws_exception(out); }
  scripted_response refusal(int status) const override { return aws_refusal(status); }

 private:
  template <class Write>
  stream_event event(std::string_view type, Write write) const {
    stream_event one{std::string{type}, {}};
    wire::json_writer out{one.json};
    out.begin_object();
    write(out);
    write_padding(out, "p", facts);
    out.end_object();
    return one;
  }

  void write_counts(wire::json_writer& out) const {
    out.key("usage").begin_object().member("inputTokens", facts.prompt_tokens);
    out.member("outputTokens", facts.completion_tokens);
    out.member("totalTokens", facts.prompt_tokens + facts.completion_tokens).end_object();
  }
};

}  // namespace

std::unique_ptr<answer_shape> converse_answers(answer_facts facts) {
  return std::make_unique<converse_shape>(std::move(facts));
}

}  // namespace cohedge::testing
