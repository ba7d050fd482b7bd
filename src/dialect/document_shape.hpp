#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framing.hpp"
#include "said_counts.hpp"

namespace cohedge::dialect {

/// Nearly every event of a stream is the one before it with another piece of text inside. Remembers one such event and
/// recognizes the next by comparing bytes, which costs a tenth of parsing it.
/// What it recognizes is the remembered JSON with one string exchanged for another, and counts for other counts, so
/// parsing it could only give the same with that other text and those counts. So are whole answers to like questions,
/// which have an id of their own as well. Values that no reader looks at may differ
/// too: padding (`obfuscation`, `p`), times and running numbers (`created`, `created_at`, `sequence_number`,
/// `token_id`, `tokenCount`), and spaces before the last brace.
class document_shape {
 public:
  /// The strings that matter, with their quotes.
  struct strings {
    std::string_view text;
    std::string_view id;  // empty: there is none, or it must be the remembered one's
    bool plain = false;   // the text has no escapes
  };

  /// `document` is one whose strings that matter are these, and whose counts are at the places of `counts`. False: it
  /// is not remembered, and nothing else is.
  bool learn(const frame& document, const strings& in, const said_counts& counts);
  void forget() noexcept { segments_.clear(); }

  /// Whether `document` is the remembered one but for `found`, strings that are not empty and whose escapes have not
  /// been looked at, and for `counts`. Gives its size, with the end that its frame has; 0: it must be parsed.
  std::size_t match(const frame& document, strings& found, said_counts& counts) noexcept;

 private:
  /// What may be anything behind a segment of the document.
  enum class gap : std::uint8_t { text, id, string, number, count };
  struct segment {
    std::uint16_t size;
    gap behind;
    usage_count what;  // of `count`
  };
  struct hole {
    std::size_t at;
    std::size_t size;
    gap behind;
    usage_count what = {};
  };

  static void find_holes(std::string_view json, std::vector<hole>& holes);
  static bool unread_value(std::string_view json, std::size_t colon, hole& found) noexcept;
  static bool take(const segment& at, std::string_view& rest, strings& found, said_counts& counts) noexcept;

  std::string known_;              // the type of the event, and the document without its holes and its end
  std::vector<segment> segments_;  // empty: nothing is remembered
  std::uint16_t type_size_ = 0;
  bool counted_ = false;   // it has a usage object
  bool one_line_ = false;  // so it is what it is in a framing by lines too
  unsigned in_vain_ = 0;   // documents learned in a row of which none was recognized
};

}  // namespace cohedge::dialect
