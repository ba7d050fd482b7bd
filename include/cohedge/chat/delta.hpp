#pragma once

#include <cohedge/chat/completion.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cohedge {

/// What a piece of a streamed answer carries.
enum class delta_kind : std::uint8_t {  // those from logprobs on are no content
  text,                                 ///< `text`: a piece of the answer
  reasoning,                            ///< `text`: a piece of the model's reasoning
  refusal,                              ///< `text`: a piece of a refusal
  tool_call,       ///< a tool call begins: `tool_index`, `id`, `name`; `text`: the first piece of its arguments, if any
  tool_arguments,  ///< `text`: a further piece of the arguments of call `tool_index`
  tool_call_end,   ///< call `tool_index` has all its arguments
  reasoning_end,  ///< the reasoning since the last one is a closed item: `id`, `signature`; `text`: encrypted reasoning
  citation,       ///< `text`: JSON as the provider sent it; `id`: URL or document; `name`: title
  media,          ///< `text`: a picture or sound in base64; `name`: its media type
  logprobs,       ///< `text`: JSON as the provider sent it, a list of tokens
  finish,         ///< choice `choice` is complete: `finish`; `name`: the provider's own word
  usage,          ///< `usage`: counts so far; the last one counts
  other,          ///< something only this provider has: `name`: its type; `text`: JSON
};

/// One event of a streamed answer. All views are valid until the next call of the stream's `next()`.
struct delta {
  delta_kind kind = delta_kind::text;
  finish_reason finish = finish_reason::none;
  std::uint32_t choice = 0;
  std::string_view text;
  std::string_view id;
  std::string_view name;
  std::string_view signature;  ///< opaque; of a tool call or of reasoning
  std::uint32_t tool_index = 0;
  const cohedge::usage* usage = nullptr;  ///< like the views; null unless `kind` is usage

  /// Content commits an attempt: from then on it cannot be replaced.
  bool is_content() const noexcept { return kind < delta_kind::logprobs; }
};

/// Collects a stream's events into a completion.
class completion_builder {
 public:
  void apply(const delta& event);
  completion& draft() noexcept { return draft_; }
  /// The completion so far; tool calls whose arguments are no JSON are marked truncated by `validate`, a function that
  /// tells whether a text is valid JSON.
  completion take(bool (*is_json)(std::string_view)) &&;

 private:
  void close_reasoning(const delta& event, choice& into);

  completion draft_;
  std::vector<std::size_t> closed_;  // of each choice: how much of its reasoning belongs to closed items
};

}  // namespace cohedge
