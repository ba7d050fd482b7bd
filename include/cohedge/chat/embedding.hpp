#pragma once

#include <cohedge/chat/completion.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cohedge {

/// What the vectors are for; some models embed questions and documents differently.
enum class embedding_purpose : std::uint8_t { unsaid, document, query, classification, clustering, similarity };

/// Texts to be turned into vectors. Setters chain. Ask one model for all that you compare: vectors of different models
/// have nothing to do with each other, so there is no fallback between them.
class embedding_request {
 public:
  explicit embedding_request(std::string text) { inputs_.push_back(std::move(text)); }
  explicit embedding_request(std::vector<std::string> texts) : inputs_{std::move(texts)} {}

  /// Shorter vectors than the model's own, where it can.
  embedding_request& dimensions(std::uint32_t n) { return dimensions_ = n, *this; }
  embedding_request& purpose(embedding_purpose what_for) { return purpose_ = what_for, *this; }
  embedding_request& end_user(std::string id) { return user_ = std::move(id), *this; }
  /// A member that only some provider knows, as raw JSON.
  embedding_request& extra(std::string member, std::string raw_json) {
    return extra_.emplace_back(std::move(member), std::move(raw_json)), *this;
  }

  const std::vector<std::string>& inputs() const noexcept { return inputs_; }
  const std::optional<std::uint32_t>& dimensions() const noexcept { return dimensions_; }
  embedding_purpose purpose() const noexcept { return purpose_; }
  const std::string& end_user() const noexcept { return user_; }
  const std::vector<std::pair<std::string, std::string>>& extra() const noexcept { return extra_; }

 private:
  std::vector<std::string> inputs_;
  std::optional<std::uint32_t> dimensions_;
  embedding_purpose purpose_ = embedding_purpose::unsaid;
  std::string user_;
  std::vector<std::pair<std::string, std::string>> extra_;
};

/// One vector for each text, in their order.
struct embeddings {
  std::vector<std::vector<float>> vectors;
  cohedge::usage usage;
  std::string model;
};

}  // namespace cohedge
