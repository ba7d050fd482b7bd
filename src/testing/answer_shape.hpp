#pragma once

#include <cohedge/testing/scripted_response.hpp>
#include <cohedge/testing/server_request.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// What every part of one answer repeats.
struct answer_facts {
  std::string id;
  std::string model;
  std::size_t prompt_tokens = 0;
  std::size_t completion_tokens = 0;
  bool usage = true;            ///< the answer has its counts
  bool usage_in_stream = false; ///< the request asked for them in streams
  std::size_t padding = 0;
};

/// One event of a streamed answer; not every API gives events a type.
struct stream_event {
  std::string type;
  std::string json;
};
using stream_events = std::vector<stream_event>;

/// One API's bytes for answers, their pieces and errors.
class answer_shape {
 public:
  explicit answer_shape(answer_facts of_it) : facts{std::move(of_it)} {}
  virtual ~answer_shape() = default;

  /// The API's word for an answer that is complete, or cut off by the request's limit.
  virtual std::string_view finish_word(bool cut_off) const { return cut_off ? "length" : "stop"; }
  /// An empty reason is null.
  virtual std::string whole(std::string_view text, std::string_view finish) const = 0;

  /// The events before the first token, of a token, with the finish reason, with the counts, and at the very end; empty
  /// where the API has none.
  virtual stream_events first_events() const { return {}; }
  virtual stream_event token_event(std::string_view token) const = 0;
  virtual stream_events finish_events(std::string_view reason) const = 0;
  virtual stream_events usage_events() const { return {}; }
  virtual stream_events last_events() const { return {}; }

  /// Server-sent events, unless the API frames them otherwise.
  virtual void add(scripted_response& out, const stream_event& event) const;
  /// What keeps a stream alive before its first token: a comment.
  virtual void add_keep_alive(scripted_response& out) const;
  /// The error that a stream breaks off with.
  virtual void add_error(scripted_response& out) const = 0;
  /// What the API would say with this status.
  virtual scripted_response refusal(int status) const = 0;

  const answer_facts facts;
};

/// POST …/chat/completions
std::unique_ptr<answer_shape> chat_answers(answer_facts facts);
/// POST …/completions, the API before chat
std::unique_ptr<answer_shape> legacy_answers(answer_facts facts);
/// POST …/messages: Anthropic
std::unique_ptr<answer_shape> messages_answers(answer_facts facts);
/// POST …/models/{model}:generateContent and :streamGenerateContent: Gemini
std::unique_ptr<answer_shape> gemini_answers(answer_facts facts);
/// POST …/model/{model}/converse and /converse-stream: Bedrock
std::unique_ptr<answer_shape> converse_answers(answer_facts facts);
/// POST …/api/chat: Ollama
std::unique_ptr<answer_shape> ollama_answers(answer_facts facts);

/// The API that a path belongs to; null where it is none of these.
std::unique_ptr<answer_shape> answers_at(std::string_view path, answer_facts facts);

/// GET …/models
std::string model_list();

}  // namespace cohedge::testing
