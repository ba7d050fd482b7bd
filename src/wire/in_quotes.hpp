#pragma once

#include <string>
#include <string_view>

namespace cohedge::wire {

/// What a peer sent, as it may stand in an error's detail: short, printable, in quotes.
inline std::string in_quotes(std::string_view text) {
  std::string out{"'"};
  for (char c : text.substr(0, 40)) out.push_back(c >= ' ' && c < 0x7f ? c : '?');
  if (text.size() > 40) out.append("…");
  return out.append("'");
}

}  // namespace cohedge::wire
