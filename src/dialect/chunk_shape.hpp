#pragma once

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
  void forget() noexcept { before_.clear(); }

  /// The text, where `json` is the remembered document but for it, and not empty; nothing: it must be parsed.
  std::optional<std::string_view> match(std::string_view json) const noexcept;

 private:
  std::string before_;  // up to the text; empty: nothing is remembered
  std::string middle_;  // from its closing quote on
  std::string after_;   // from the padding's closing quote on
  bool padded_ = false;
};

}  // namespace cohedge::dialect
