#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::dialect {

/// Nearly every event of a stream is the one before it with another piece of text inside. Remembers one such event and
/// recognizes the next by comparing bytes, which costs a tenth of parsing it.
/// What it recognizes is the remembered JSON with one string exchanged for another without escapes, so parsing it could
/// only give the same with that other text. Values that no reader looks at may differ too: padding (`obfuscation`, `p`),
/// times and running numbers (`created`, `created_at`, `sequence_number`, `token_id`), and spaces before the last brace.
class document_shape {
 public:
  /// `json` is a document whose one string that matters is at `token`, its text with the quotes.
  void learn(std::string_view json, std::string_view token);
  void forget() noexcept { segments_.clear(); }

  /// The text, where `json` is the remembered document but for it, and not empty; nothing: it must be parsed.
  std::optional<std::string_view> match(std::string_view json) noexcept;

 private:
  /// What may be anything behind a segment of the document.
  enum class gap : std::uint8_t { text, string, number, spaces };
  struct segment {
    std::size_t end;  // in known_
    gap behind;
  };
  struct hole {
    std::size_t at;
    std::size_t size;
    gap what;
  };

  static void find_holes(std::string_view json, std::vector<hole>& holes);
  static std::optional<hole> unread_value(std::string_view json, std::size_t colon) noexcept;

  std::string known_;              // the document without its holes
  std::vector<segment> segments_;  // empty: nothing is remembered
  unsigned in_vain_ = 0;           // documents learned in a row of which none was recognized
};

}  // namespace cohedge::dialect
