#pragma once

#include <cohedge/chat/message.hpp>
#include <cohedge/core/frame.hpp>
#include <cohedge/core/report.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
  std::uint64_t input = 0;   ///< prompt tokens, cached ones included
  std::uint64_t output = 0;  ///< completion tokens, reasoning included
  std::uint64_t total = 0;
  std::uint64_t cached = 0;  ///< part of input read from a cache
  std::uint64_t cache_written = 0;
  std::uint64_t reasoning = 0;  ///< part of output spent on reasoning
  bool reported = false;

  bool operator==(const usage&) const = default;
};

/// Where a piece of an answer comes from.
struct citation {
  std::string url;  ///< or the provider's id of the document
  std::string title;
  std::string text;  ///< the piece of the source, or of the answer, that is meant; may be empty
  std::string raw;   ///< all that the provider said about it, as JSON
};

/// One candidate answer. Most requests have exactly one.
struct choice {
  std::string text;
  std::string reasoning;  ///< all of it that may be read
  std::string refusal;
  std::vector<reasoning_item> reasoning_items;  ///< what must go back with the next request
  std::vector<tool_call> tool_calls;
  std::vector<citation> citations;
  std::vector<part> media;  ///< pictures and sound that the model made
  std::string logprobs;     ///< JSON, in the provider's own form
  finish_reason finish = finish_reason::none;
  std::string finish_text;  ///< the provider's own word

  bool has_content() const noexcept {
    return !text.empty() || !reasoning.empty() || !refusal.empty() || !tool_calls.empty() || !reasoning_items.empty() ||
           !media.empty();
  }
  /// This answer as a turn of the conversation, for the request that goes on with it.
  message as_message() const;
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
  std::span<const choice> choices() const noexcept { return read().choices(); }
  const cohedge::usage& usage() const noexcept { return read().usage; }
  /// The model as the provider named it; may differ from what was asked for.
  const std::string& model() const noexcept { return read().model; }
  const std::string& id() const noexcept { return read().id; }
  /// The tier that served it, in the provider's word; empty where it said none.
  const std::string& service_tier() const noexcept { return read().service_tier; }
  /// Who ran, who won, what it cost.
  const cohedge::report& report() const noexcept;

  // For dialects and routes, which build it.
  choice& at(std::size_t index);
  cohedge::usage& usage() { return own().usage; }
  void model(std::string name) { own().model = std::move(name); }
  void id(std::string text) { own().id = std::move(text); }
  void service_tier(std::string name) { own().service_tier = std::move(name); }
  void report(std::shared_ptr<const cohedge::report> of_the_call) { own().report = std::move(of_the_call); }
  bool has_content() const noexcept;

 private:
  struct content {
    static void* operator new(std::size_t bytes) { return frame_allocator<std::byte>{}.allocate(bytes); }
    static void operator delete(void* block, std::size_t bytes) noexcept { release_frame(block, bytes); }

    std::span<const choice> choices() const noexcept {
      return several.empty() ? std::span{&only, std::size_t{any}} : std::span{several};
    }

    choice only;  // nearly always there is no other: it needs no memory of its own
    bool any = false;
    std::vector<choice> several;  // all, where there are more
    cohedge::usage usage;
    std::string model;
    std::string id;
    std::string service_tier;
    std::shared_ptr<const cohedge::report> report;
  };

  static const content& nothing() noexcept;
  const choice& first() const noexcept;
  const content& read() const noexcept { return content_ ? *content_ : nothing(); }
  content& own() { return content_ ? *content_ : *(content_ = std::make_unique<content>()); }

  std::unique_ptr<content> content_;  // null: nothing has come yet
};

}  // namespace cohedge
