#include "chunk_reader.hpp"

#include <algorithm>
#include <iterator>
namespace cohedge::dialect {

using simdjson::SUCCESS;
using simdjson::ondemand::array;

bool chunk_reader::read_tool_calls(value& list) {
  array calls;
  if (list.get_array().get(calls) != SUCCESS) return true;
  for (auto each : calls) {
    object one;
    if (each.get_object().get(one) != SUCCESS || !read_tool_call(one)) return false;
  }
  return true;
}

bool chunk_reader::read_tool_call(object& from) {
  piece call;
  call.kind = delta_kind::tool_call;
  call.tool_index = no_index;
  for (auto each : from) {
    if (each.error() != SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    auto& what = member.value();
    const auto token = what.raw_json_token();
    if (is_key(key, "index")) {
      std::uint64_t index = 0;
      if (token.starts_with("null")) continue;
      if (what.get_uint64().get(index) != SUCCESS) return false;
      too_many_ = too_many_ || index >= max_tool_calls;
      if (too_many_) return false;
      call.tool_index = static_cast<std::uint32_t>(index);
    } else if (is_key(key, "id")) {
      if (token.starts_with('"') && !add_text(token, call.id)) return false;
    } else if (is_key(key, "function")) {
      if (!read_function(what, call)) return false;
    } else if (is_key(key, "extra_content")) {
      if (!read_extra_content(what, call)) return false;
    }
  }
  pieces_.push_back(call);
  return true;
}

// The one call of the API before tools. Snowflake sends it empty beside every answer.
bool chunk_reader::read_function_call(value& what) {
  piece call;
  call.kind = delta_kind::tool_call;
  call.tool_index = no_index;
  if (!read_function(what, call)) return false;
  if (call.name.size + call.text.size > 0) pieces_.push_back(call);
  return true;
}

bool chunk_reader::read_function(value& what, piece& into) {
  object function;
  if (what.get_object().get(function) != SUCCESS) return true;
  for (auto each : function) {
    if (each.error() != SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    auto& part = member.value();
    const auto token = part.raw_json_token();
    if (is_key(key, "name")) {
      if (token.starts_with('"') && !add_text(token, into.name)) return false;
    } else if (is_key(key, "arguments")) {
      if (token.starts_with('"') && !add_text(token, into.text)) return false;
      object arguments;  // as an object, where a server forgot that they are text
      std::string_view json;
      if (!token.starts_with('{')) continue;
      if (part.get_object().get(arguments) != SUCCESS || arguments.raw_json().get(json) != SUCCESS) return false;
      into.text = {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(json.size())};
      text_.append(json);
    }
  }
  return true;
}

// Finds out which call a piece belongs to and gives it the call's own index, counted from 0 in the order calls came. A
// piece continues a known call unless its id and name begin another: servers send whole calls without an index, or all
// calls with index 0. A call that has no id when its name comes is given one, as other APIs' calls are.
bool chunk_reader::place_call(piece& into) {
  const auto id = text(into.id);
  const auto wire_index = into.tool_index;
  const auto known = std::find_if(calls_.rbegin(), calls_.rend(), [&](const known_call& call) {
    return call.choice == into.choice && (wire_index == no_index || call.wire_index == wire_index);
  });
  const bool another = known != calls_.rend() && into.name.size > 0 && known->named &&
                       (id != known->id || (id.empty() && wire_index == no_index));
  if (known == calls_.rend() || another) {
    too_many_ = calls_.size() >= max_tool_calls;
    if (too_many_) return false;
    const auto siblings = std::ranges::count(calls_, into.choice, &known_call::choice);
    into.tool_index = static_cast<std::uint32_t>(siblings);
    calls_.push_back({into.choice, wire_index, into.tool_index, into.name.size > 0, std::string{id}});
    if (into.name.size > 0 && id.empty()) into.id = add_plain("call_" + std::to_string(calls_.size() - 1));
    return true;
  }
  into.tool_index = known->index;
  if (into.name.size == 0 || known->named) {
    into.kind = delta_kind::tool_arguments;
    return true;
  }
  // The name comes late: the call begins once more, now with all that is known.
  known->named = true;
  if (!id.empty()) return true;
  const auto number = calls_.rend() - known - 1;
  into.id = add_plain(known->id.empty() ? "call_" + std::to_string(number) : known->id);
  return true;
}

}  // namespace cohedge::dialect
