#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <simdjson.h>

namespace cohedge::dialect {

/// The one on-demand parser of this thread, for a document of this size. It keeps its tables between documents, but
/// not those that a single huge one needed.
simdjson::ondemand::parser& shared_parser(std::size_t document_size);

/// Whether a key, as the parser points at it behind its opening quote, is exactly this name. Reads up to the name's
/// length, which the padding allows.
template <std::size_t Size>
bool is_key(const char* key, const char (&name)[Size]) noexcept {
  return std::memcmp(key, name, Size - 1) == 0 && key[Size - 1] == '"';
}

/// What a result without an error holds, in place. Copying it out of the result by `get` stalls the processor: parts
/// just stored one by one are loaded again as a whole. It was a quarter of the time of a chunk.
template <class Result>
auto& held_by(Result& good) noexcept {
  auto&& held = std::move(good).value_unsafe();
  return held;
}

/// Appends the text of a JSON string, given as its token with the quotes (white space may follow). False when it is no
/// string. A lone surrogate, as cut off by servers that escape and then split, becomes U+FFFD.
bool append_text(std::string_view token, std::string& out);

/// The text without white space on either side.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace cohedge::dialect
