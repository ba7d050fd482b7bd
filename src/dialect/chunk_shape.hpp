#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cohedge::dialect {

/// Nearly every event of a stream is the one before it with another piece of text inside. Remembers one such event and
/// recognizes the next by comparing bytes, which costs a tenth of parsing it.
/// What it recognizes is the remembered JSON with one string exchanged for another without escapes, so parsing it could
/// only give the same with that other text. `obfuscation`, which OpenAI pads events with, may differ too.
class chunk_shape {
 public:
  /// `json` is a document whose one string that varies is at `token`, its text with the quotes.
  void learn(std::string_view json, std::string_view token);
  void forget() noexcept { known_.clear(); }

  /// The text, where `json` is the remembered document but for it, and not empty; nothing: it must be parsed.
  std::optional<std::string_view> match(std::string_view json) const noexcept;

 private:
  std::string_view before() const noexcept { return std::string_view{known_}.substr(0, middle_); }
  std::string_view middle() const noexcept { return std::string_view{known_}.substr(middle_, after_ - middle_); }
  std::string_view after() const noexcept { return std::string_view{known_}.substr(after_); }

  std::string known_;      // the document without its text and padding; empty: nothing is remembered
  std::size_t middle_ = 0; // from the text's closing quote on
  std::size_t after_ = 0;  // from the padding's closing quote on
  bool padded_ = false;
};

}  // namespace cohedge::dialect
