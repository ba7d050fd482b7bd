#include "answer_shape.hpp"
#include "usage_json.hpp"

namespace cohedge::testing {

namespace {

/// The completions API: the same object, whole or in a stream.
class legacy_shape final : public answer_shape {
 public:
  using answer_shape::answer_shape;

  std::string whole(std::string_view text, std::string_view finish, bool with_usage) const override {
    return object(text, finish, with_usage);
  }
  std::string first_event() const override { return {}; }
  std::string token_event(std::string_view token) const override { return object(token, "", false); }
  std::string finish_event(std::string_view reason) const override { return object("", reason, false); }

  std::string usage_event() const override {
    std::string json;
    wire::json_writer out{json};
    begin(out);
    out.key("choices").begin_array().end_array();
    write_usage(out, facts);
    out.end_object();
    return json;
  }

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
    write_finish(out, finish);
    out.end_object().end_array();
    if (with_usage) write_usage(out, facts);
    if (facts.padding > 0) out.member("padding", std::string(facts.padding, 'x'));
    out.end_object();
    return json;
  }
};

}  // namespace

std::unique_ptr<answer_shape> legacy_answers(answer_facts facts) {
  return std::make_unique<legacy_shape>(std::move(facts));
}

}  // namespace cohedge::testing
