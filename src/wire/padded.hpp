#pragma once

#include <cstddef>
#include <string>

namespace cohedge::wire {

/// What simdjson may read past the end of a text.
constexpr std::size_t json_padding = 64;

/// Makes as many bytes readable after the text. Grows it by half at least, so that it comes to rest.
inline void pad(std::string& text) {
  if (text.capacity() < text.size() + json_padding) text.reserve(text.size() + text.size() / 2 + json_padding);
}

}  // namespace cohedge::wire
