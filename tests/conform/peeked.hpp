#pragma once

#include <cohedge/wire/sse.hpp>

#include <string_view>

namespace cohedge::tests {

/// Takes the next event off the input as one does who knows its data and so where it ends. False: it cannot be peeked
/// at.
inline bool take_peeked(const wire::sse_parser& parser, std::string_view& input, wire::sse_event& out) {
  std::string_view type, data;
  if (!parser.peek(input, type, data)) return false;
  const auto size = data.find_first_of("\r\n");
  if (size == data.npos || !data.substr(size).starts_with(parser.block_end())) return false;
  out = {type, data.substr(0, size), parser.last_id()};
  const auto* const behind = data.data() + size + parser.block_end().size();
  input.remove_prefix(static_cast<std::size_t>(behind - input.data()));
  return true;
}

}  // namespace cohedge::tests
