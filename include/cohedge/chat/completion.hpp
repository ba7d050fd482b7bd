#pragma once

#include <cohedge/chat/request.hpp>
#include <cohedge/core/report.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge {

/// Why a model stopped. Every provider's spelling maps to one of these; `other` keeps the provider's text.
enum class finish_reason : std::uint8_t { none, stop, length, tool_calls, content_filter, error, pause, other };

std::string_view to_string(finish_reason) noexcept;
/// The mapping of provider spellings (docs/providers).  An empty text is `none`.
finish_reason finish_reason_from(std::string_view provider_text) noexcept;

/// Tokens as the provider counted them; 0 where it said nothing. `reported` says whether it said anything.
struct usage {
  std::uint64_t input = 0;         ///< prompt tokens, cached ones included
  std::uint64_t output = 0;        ///< completion tokens, reasoning included
  std::uint64_t total = 0;
  std::uint64_t cached = 0;        ///< part of input read from a cache
  std::uint64_t cache_written = 0;
  std::uint64_t reasoning = 0;     ///< part of output spent on reasoning
  bool reported = false;

  bool operator==(const usage&) const = default;
};

/// One candidate answer. Most requests have exactly one.
struct choice {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<tool_call> tool_calls;
  finish_reason finish = finish_reason::none;
  std::string finish_text;  ///< the provider's own word

  bool has_content() const noexcept {
    return !text.empty() || !reasoning.empty() || !refusal.empty() || !tool_calls.empty();
  }
};

/// A model's whole answer. Cheap to move, through however many layers; a copy copies the texts.
class completion {
 public:
  completion() = default;
  completion(const completion& other);
  completion(completion&&) noexcept = default;
  completion& operator=(const completion& other);
  completion& operator=(completion&&) noexcept = default;

  const std::string& text() const noexcept { return first().text; }
  const std::string& reasoning() const noexcept { return first().reasoning; }
  const std::string& refusal() const noexcept { return first().refusal; }
  const std::vector<tool_call>& tool_calls() const noexcept { return first().tool_calls; }
  finish_reason finish() const noexcept { return first().finish; }

  /// All candidate answers; more than one only where the request asked for it.
  const std::vector<choice>& choices() const noexcept { return read().choices; }
  const cohedge::usage& usage() const noexcept { return read().usage; }
  /// The model as the provider named it; may differ from what was asked for.
  const std::string& model() const noexcept { return read().model; }
  const std::string& id() const noexcept { return read().id; }
  /// Who ran, who won, what it cost.
  const cohedge::report& report() const noexcept;

  // For dialects and routes, which build it.
  choice& at(std::size_t index);
  cohedge::usage& usage() { return own().usage; }
  void model(std::string name) { own().model = std::move(name); }
  void id(std::string text) { own().id = std::move(text); }
  void report(std::shared_ptr<const cohedge::report> of_the_call) { own().report = std::move(of_the_call); }
  bool has_content() const noexcept;

 private:
  struct content {
    std::vector<choice> choices;
    cohedge::usage usage;
    std::string model;
    std::string id;
    std::shared_ptr<const cohedge::report> report;
  };

  const choice& first() const noexcept;
  const content& read() const noexcept;
  content& own() { return content_ ? *content_ : *(content_ = std::make_unique<content>()); }

  std::unique_ptr<content> content_;  // null: nothing has come yet
};

}  // namespace cohedge
