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
  finish_ = "stop";
  if (asked_.max_tokens && words_.size() > *asked_.max_tokens) {
    words_.resize(*asked_.max_tokens);
    finish_ = "length";
  }
  if (how_.finish_) finish_ = *how_.finish_;
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
  const bool chat = path.ends_with("/chat/completions");
  if (!chat && !path.ends_with("/completions"))
    return refuse(404, "Invalid URL (" + asked_.method + " " + std::string{path} + ")");
  if (asked_.method != "POST") return refuse(405, "Use POST.");
  if (asked_.model.empty()) return refuse(400, "We could not parse the JSON body, or it has no model.");
  return completion(chat);
}

scripted_response llm_answer::completion(bool chat) {
  choose_words();
  answer_facts facts;
  facts.id = (chat ? "chatcmpl-" : "cmpl-") + std::to_string(asked_.number);
  facts.model = asked_.model;
  facts.prompt_tokens = words_of(asked_.prompt).size();
  facts.completion_tokens = words_.size();
  facts.usage_in_stream = asked_.include_usage;
  facts.padding = asked_.stream ? how_.padding_ : 0;
  const auto shape = chat ? chat_answers(std::move(facts)) : legacy_answers(std::move(facts));
  auto out = asked_.stream ? stream(*shape) : whole(*shape);
  out.header("x-request-id", "req_" + std::to_string(asked_.number));
  return out;
}

scripted_response llm_answer::whole(const answer_shape& shape) const {
  std::string text;
  for (const auto& word : words_) text += word;
  auto body = std::string(how_.padding_, ' ') +
              shape.whole(text, how_.finish_events_ ? finish_ : std::string{}, how_.usage_);
  const auto middle = body.size() / 2;
  if (how_.fault_ == fault::error) body = openai_error("server_error", "", "The server had an error.");
  if (how_.fault_ == fault::malformed) body.resize(middle);

  scripted_response out{200, std::move(body)};
  const auto more_tokens = words_.empty() ? 0 : words_.size() - 1;
  out.latency(how_.first_token_ + how_.between_ * static_cast<duration::rep>(more_tokens));
  if (how_.fault_ == fault::cut) out.cut_after(middle);
  if (how_.fault_ == fault::reset) out.reset_after(middle);
  if (how_.fault_ == fault::stall) out.stall_after(middle);
  return out;
}

scripted_response llm_answer::stream(const answer_shape& shape) const {
  scripted_response out;
  if (const auto first = shape.first_event(); !first.empty()) out.event(first);
  for (std::size_t i = 0; i < how_.keep_alives_; ++i) out.wait(how_.between_).event_lines(": keep-alive\n\n");
  out.wait(how_.first_token_);
  for (std::size_t i = 0; i <= words_.size(); ++i) {
    const bool here = how_.fault_ != fault::none && i == std::min(how_.fault_after_, words_.size());
    if (here && stream_fault(out, shape)) return out;
    if (i == words_.size()) break;
    out.wait(i > 0 ? how_.between_ : duration{});
    out.event(shape.token_event(words_[i]));
  }
  if (how_.finish_events_) out.event(shape.finish_event(finish_));
  if (how_.usage_ && asked_.include_usage) out.event(shape.usage_event());
  if (how_.done_) out.event("[DONE]");
  return out;
}

/// True: the stream ends with it.
bool llm_answer::stream_fault(scripted_response& out, const answer_shape& shape) const {
  switch (how_.fault_) {
    case fault::none: return false;
    case fault::cut: out.then(script_end::closes).no_last_chunk(); break;
    case fault::reset: out.then(script_end::resets).no_last_chunk(); break;
    case fault::stall: out.then(script_end::hangs).no_last_chunk(); break;
    case fault::error: {
      auto open = shape.token_event("");
      open.pop_back();
      add_stream_error(out, how_.error_shape_, open);
      if (how_.error_shape_ == stream_error::finish_reason) out.event(shape.finish_event("error")).event("[DONE]");
      break;
    }
    case fault::malformed: {
      const auto event = shape.token_event(" broken");
      out.event(std::string_view{event}.substr(0, event.size() / 2));
      return false;
    }
  }
  return true;
}

}  // namespace cohedge::testing
