#pragma once

#include <cohedge/testing/server_request.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cohedge::testing {

/// What every part of one answer repeats.
struct answer_facts {
  std::string id;
  std::string model;
  std::size_t prompt_tokens = 0;
  std::size_t completion_tokens = 0;
  bool usage_in_stream = false;
  std::size_t padding = 0;
};

/// One API's JSON for answers and their pieces.
class answer_shape {
 public:
  explicit answer_shape(answer_facts of_it) : facts{std::move(of_it)} {}
  virtual ~answer_shape() = default;

  /// An empty reason is null.
  virtual std::string whole(std::string_view text, std::string_view finish, bool with_usage) const = 0;
  /// The event before the first token; empty where the API has none.
  virtual std::string first_event() const = 0;
  virtual std::string token_event(std::string_view token) const = 0;
  virtual std::string finish_event(std::string_view reason) const = 0;
  virtual std::string usage_event() const = 0;

  const answer_facts facts;
};

/// POST …/chat/completions
std::unique_ptr<answer_shape> chat_answers(answer_facts facts);
/// POST …/completions, the API before chat
std::unique_ptr<answer_shape> legacy_answers(answer_facts facts);
/// GET …/models
std::string model_list();

}  // namespace cohedge::testing
