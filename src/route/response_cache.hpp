#pragma once

#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/request.hpp>
#include <cohedge/plan/lru.hpp>

#include <optional>
#include <string>

namespace cohedge {

/// Complete answers by request: bounded in entries, bytes and age. Holds prompts and answers in memory, nowhere else.
class response_cache {
 public:
  response_cache(std::size_t entries, std::size_t bytes, duration time_to_live)
      : answers_{entries, bytes, time_to_live} {}

  /// Everything of a request that decides the answer, as one text.
  static std::string key_of(const chat_request& ask);

  std::optional<completion> find(const std::string& key, time_point now);
  /// Keeps an answer that is complete; others are ignored.
  void keep(const std::string& key, const completion& answer, time_point now);

 private:
  plan::lru<completion> answers_;
};

}  // namespace cohedge
