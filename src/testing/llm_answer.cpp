#include "llm_answer.hpp"

#include "error_bodies.hpp"
#include "words.hpp"

namespace cohedge::testing {

void llm_answer::choose_words() {
  words_ = words_of(how_.text_ ? *how_.text_
                    : asked_.prompt.empty() ? std::string{"Hello from the loopback server."}
                                            : "You said: " + asked_.prompt);
  if (how_.tokens_) {
    const auto given = words_;
    words_.clear();
    for (std::size_t i = 0; i < *how_.tokens_ && !given.empty(); ++i) {
      words_.push_back(given[i % given.size()]);
      if (i > 0 && words_.back().front() != ' ') words_.back().insert(0, " ");
    }
  }
  cut_off_ = asked_.max_tokens && words_.size() > *asked_.max_tokens;
  if (cut_off_) words_.resize(*asked_.max_tokens);
}

std::string llm_answer::finish_of(const answer_shape& shape) const {
  return how_.finish_ ? *how_.finish_ : std::string{shape.finish_word(cut_off_)};
}

std::unique_ptr<answer_shape> llm_answer::shape() const {
  answer_facts facts;
  facts.id = std::to_string(asked_.number);
  facts.model = asked_.model;
  facts.prompt_tokens = words_of(asked_.prompt).size();
  facts.completion_tokens = words_.size();
  facts.usage = how_.usage_;
  facts.usage_in_stream = asked_.include_usage;
  facts.padding = asked_.stream ? how_.padding_ : 0;
  return answers_at(asked_.path(), std::move(facts));
}

scripted_response llm_answer::refusal() const {
  const auto api = shape();
  auto out = api ? api->refusal(how_.status_) : scripted_response{how_.status_, openai_error_for(how_.status_)};
  return out.status(how_.as_200_ ? 200 : how_.status_);
}

scripted_response llm_answer::response() {
  const auto path = asked_.path();
  const bool get = asked_.method == "GET" || asked_.method == "HEAD";
  const auto refuse = [](int status, std::string_view why) {
    return scripted_response{status, openai_error("invalid_request_error", "", why)};
  };
  if (path == "/health" || path == "/v1/health")
    return get ? scripted_response{200, R"({"status":"ok"})"} : refuse(405, "Use GET.");
  if (path.ends_with("/models")) return get ? scripted_response{200, model_list()} : refuse(405, "Use GET.");
  if (!shape()) return refuse(404, "Invalid URL (" + asked_.method + " " + std::string{path} + ")");
  if (asked_.method != "POST") return refuse(405, "Use POST.");
  if (asked_.model.empty()) return refuse(400, "We could not parse the JSON body, or it has no model.");
  return completion();
}

scripted_response llm_answer::completion() {
  choose_words();
  const auto api = shape();
  return asked_.stream ? stream(*api) : whole(*api);
}

scripted_response llm_answer::whole(const answer_shape& shape) const {
  const auto more_tokens = words_.empty() ? 0 : words_.size() - 1;
  const auto takes = how_.first_token_ + how_.between_ * static_cast<duration::rep>(more_tokens);
  if (how_.fault_ == fault::error) return shape.refusal(500).status(200).latency(takes);
  std::string text;
  for (const auto& word : words_) text += word;
  auto body = std::string(how_.padding_, ' ') +
              shape.whole(text, how_.finish_events_ ? finish_of(shape) : std::string{});
  const auto middle = body.size() / 2;
  if (how_.fault_ == fault::malformed) body.resize(middle);

  scripted_response out;
  for (std::size_t i = 0; i < how_.keep_alives_; ++i) out.framed(framing::chunked).wait(how_.between_).body("\n");
  (how_.keep_alives_ == 0 ? out.latency(takes) : out.wait(takes)).body(std::move(body));
  if (how_.fault_ == fault::cut) out.cut_after(middle);
  if (how_.fault_ == fault::reset) out.reset_after(middle);
  if (how_.fault_ == fault::stall) out.stall_after(middle);
  return out;
}

scripted_response llm_answer::stream(const answer_shape& shape) const {
  scripted_response out;
  const auto add = [&](const stream_events& events) {
    for (const auto& each : events) shape.add(out, each);
  };
  add(shape.first_events());
  for (std::size_t i = 0; i < how_.keep_alives_; ++i) shape.add_keep_alive(out.wait(how_.between_));
  out.wait(how_.first_token_);
  for (std::size_t i = 0; i <= words_.size(); ++i) {
    const bool here = how_.fault_ != fault::none && i == std::min(how_.fault_after_, words_.size());
    if (here && stream_fault(out, shape)) return out;
    if (i == words_.size()) break;
    out.wait(i > 0 ? how_.between_ : duration{});
    shape.add(out, shape.token_event(words_[i]));
  }
  if (how_.finish_events_) add(shape.finish_events(finish_of(shape)));
  if (how_.usage_) add(shape.usage_events());
  if (how_.done_) add(shape.last_events());
  return out;
}

void llm_answer::add_error(scripted_response& out, const answer_shape& shape) const {
  if (how_.error_shape_ == stream_error::own) return shape.add_error(out);
  auto open = shape.token_event("").json;
  open.pop_back();
  add_stream_error(out, how_.error_shape_, open);
  if (how_.error_shape_ != stream_error::finish_reason) return;
  for (const auto& each : shape.finish_events("error")) shape.add(out, each);
  for (const auto& each : shape.last_events()) shape.add(out, each);
}

/// True: the stream ends with it.
bool llm_answer::stream_fault(scripted_response& out, const answer_shape& shape) const {
  switch (how_.fault_) {
    case fault::none: return false;
    case fault::cut: out.then(script_end::closes).no_last_chunk(); break;
    case fault::reset: out.then(script_end::resets).no_last_chunk(); break;
    case fault::stall: out.then(script_end::hangs).no_last_chunk(); break;
    case fault::error: add_error(out, shape); break;
    case fault::malformed: {
      auto event = shape.token_event(" broken");
      event.json.resize(event.json.size() / 2);
      shape.add(out, event);
      return false;
    }
  }
  return true;
}

}  // namespace cohedge::testing
