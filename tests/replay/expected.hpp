#pragma once

#include "replay/recording.hpp"

#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/embedding.hpp>
#include <cohedge/chat/model_info.hpp>
#include <cohedge/core/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a recorded exchange must come to, read without any code of cohedge's: the readers here know only the DOM and
// string splitting, so that a mistake in ours is not repeated in what it is held to.
namespace cohedge::tests {

struct expected_choice {
  std::string text;
  std::string reasoning;
  std::string refusal;
  std::vector<tool_call> calls;        ///< an empty id: the wire has none, and ours is made
  std::vector<reasoning_item> closed;  ///< reasoning that must go back: `id`, `signature`, `encrypted`
  std::string finish;                  ///< the provider's word, where it is one
  finish_reason why = finish_reason::none;

  bool content() const { return !text.empty() || !reasoning.empty() || !refusal.empty() || !calls.empty(); }
  /// Content, or reasoning that must go back though nobody can read it: from then on nobody else can take over.
  bool commits() const;
};

/// What an exchange must come to.
struct expected {
  std::vector<expected_choice> choices;
  cohedge::usage usage;
  bool arguments_are_objects = false;  ///< on the wire; so only their value counts, not their spaces

  std::vector<std::vector<float>> vectors;
  std::vector<model_info> models;
  std::uint64_t count = 0;

  bool failed = false;                       ///< the exchange ends with an error; `choices` hold what came before
  error_class kind{};                        ///< of that error
  std::string why;                           ///< a piece of the provider's text that must be in its message
  std::optional<std::chrono::seconds> wait;  ///< that the provider asked for

  bool content() const;
  bool commits() const;
};

/// What became of an exchange at our hands: a value, an error, or (a stream that broke) both.
struct outcome {
  std::optional<completion> answer;
  std::optional<cohedge::embeddings> vectors;
  std::optional<model_list> models;
  std::optional<std::uint64_t> count;
  std::optional<error> failure;
};

/// Reads an exchange that is ours (`place_of`).
expected read_independently(const recording& exchange);

/// The first difference, or an empty text.
std::string compare(const expected& want, const outcome& got);
/// The same, of choices and token counts only.
std::string compare(const expected& want, const completion& got);

}  // namespace cohedge::tests
