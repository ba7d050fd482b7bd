#include "answer_shape.hpp"
#include "error_bodies.hpp"
#include "usage_json.hpp"

#include <string>

namespace cohedge::testing {

namespace {

/// Anthropic's Messages API: every event names its type twice.
class messages_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string_view finish_word(bool cut_off) const override { return cut_off ? "max_tokens" : "end_turn"; }

  std::string whole(std::string_view text, std::string_view finish) const override {
    std::string json;
    wire::json_writer out{json};
    begin_message(out).begin_object().member("type", "text").member("text", text).end_object().end_array();
    write_reason(out, "stop_reason", finish);
    if (facts.usage) write_counts(out);
    out.end_object();
    return json;
  }

  stream_events first_events() const override {
    const auto message = event("message_start", [&](wire::json_writer& out) {
      begin_message(out.key("message")).end_array();
      write_reason(out, "stop_reason", "");
      if (facts.usage) write_counts(out);
      out.end_object();
    });
    const auto block = event("content_block_start", [](wire::json_writer& out) {
      out.member("index", 0).key("content_block").begin_object().member("type", "text").member("text", "");
      out.end_object();
    });
    return {message, block};
  }

  stream_event token_event(std::string_view token) const override {
    return event("content_block_delta", [&](wire::json_writer& out) {
      out.member("index", 0).key("delta").begin_object().member("type", "text_delta").member("text", token);
      out.end_object();
    });
  }

  stream_events finish_events(std::string_view reason) const override {
    const auto stop = event("content_block_stop", [](wire::json_writer& out) { out.member("index", 0); });
    const auto end = event("message_delta", [&](wire::json_writer& out) {
      write_reason(out.key("delta").begin_object(), "stop_reason", reason);
      out.end_object();
      if (facts.usage) write_counts(out);
    });
    return {stop, end};
  }

  stream_events last_events() const override { return {event("message_stop", [](wire::json_writer&) {})}; }

  void add_keep_alive(scripted_response& out) const override { add(out, event("ping", [](wire::json_writer&) {})); }
  void add_error(scripted_response& out) const override { add(out, {"error", anthropic_error_for(529)}); }
  scripted_response refusal(int status) const override {
    return scripted_response{status, anthropic_error_for(status)};
  }

 private:
  /// Padding is space behind the members, as Anthropic sends it.
  template <class Write>
  stream_event event(std::string_view type, Write write) const {
    stream_event one{std::string{type}, {}};
    wire::json_writer out{one.json};
    out.begin_object().member("type", type);
    write(out);
    out.end_object();
    one.json.insert(one.json.size() - 1, facts.padding, ' ');
    return one;
  }

  /// Up to the list of its blocks, which is open.
  wire::json_writer& begin_message(wire::json_writer& out) const {
    out.begin_object().member("id", facts.id).member("type", "message").member("role", "assistant");
    return out.member("model", facts.model).key("content").begin_array();
  }

  void write_counts(wire::json_writer& out) const {
    out.key("usage").begin_object().member("input_tokens", facts.prompt_tokens);
    out.member("output_tokens", facts.completion_tokens).end_object();
  }
};

}  // namespace

std::unique_ptr<answer_shape> messages_answers(answer_facts facts) {
  return std::make_unique<messages_shape>(std::move(facts));
}

}  // namespace cohedge::testing
