#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// A header field as every version of HTTP sends it.
struct header_field {
  std::string name;
  std::string value;
  bool changes = false;  ///< from answer to answer, with a real provider: HTTP/2 then cannot send an index for it

  /// In the answer of this number: one that changes has other digits.
  std::string value_in(std::size_t answer) const;
};

/// What the server says to a request, made once at the start: the bodies, and the headers that OpenAI sends.
struct answers {
  answers();

  std::vector<std::string> wholes;  ///< completions of 672 bytes: each with its own id, text and counts
  std::vector<std::string> burst;   ///< role, 254 texts, finish and usage of 260 bytes each; and [DONE]
  std::vector<header_field> whole_fields;
  std::vector<header_field> stream_fields;

  /// A paced stream, in events of `burst`: how it begins, what is repeated, and how it ends.
  std::span<const std::string> paced_start() const { return std::span{burst}.first(2); }
  std::span<const std::string> paced_event() const { return std::span{burst}.subspan(1, 1); }
  std::span<const std::string> paced_end() const { return std::span{burst}.last(3); }
};

}  // namespace bench
