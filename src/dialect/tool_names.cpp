#include "tool_names.hpp"

#include <algorithm>

namespace cohedge::dialect {

std::string_view answering_tool(std::span<const message> before, const message& answer) {
  for (auto turn = before.rbegin(); turn != before.rend(); ++turn) {
    const auto call = std::ranges::find(turn->tool_calls, answer.tool_call_id, &tool_call::id);
    if (call != turn->tool_calls.end()) return call->name;
  }
  return answer.name;
}

}  // namespace cohedge::dialect
