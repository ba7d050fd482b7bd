#pragma once

#include "answer_shape.hpp"

#include <cohedge/testing/behaviour.hpp>

namespace cohedge::testing {

/// Makes the answer to one request: which words, in which shape, with which fault inside.
class llm_answer {
 public:
  llm_answer(const behaviour& how, const server_request& asked) : how_{how}, asked_{asked} {}

  /// By the request's path; 404, 405 or 400 where it is not one of ours.
  scripted_response response();
  /// The error status of the behaviour, as the API of the request's path says it.
  scripted_response refusal() const;

 private:
  using fault = behaviour::fault;

  std::unique_ptr<answer_shape> shape() const;
  scripted_response completion();
  void choose_words();
  scripted_response whole(const answer_shape& shape) const;
  scripted_response stream(const answer_shape& shape) const;
  std::string finish_of(const answer_shape& shape) const;
  void add_error(scripted_response& out, const answer_shape& shape) const;
  bool stream_fault(scripted_response& out, const answer_shape& shape) const;

  const behaviour& how_;
  const server_request& asked_;
  std::vector<std::string> words_;
  bool cut_off_ = false;  // by the request's limit
};

}  // namespace cohedge::testing
