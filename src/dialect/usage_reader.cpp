#include "openai_reader.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// The details of prompt_tokens and completion_tokens, or of input_tokens and output_tokens (Responses): no member of one has a name of the other's that we read.
bool read_details(value& what, usage& into) {
  auto details = what.get_object();
  if (details.error() != simdjson::SUCCESS) return true;
  for (auto each : held_by(details)) {
    if (each.error() != simdjson::SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    if (is_key(key, "cached_tokens"))
      read_count(member.value(), into.cached);
    else if (is_key(key, "cache_write_tokens"))
      read_count(member.value(), into.cache_written);
    else if (is_key(key, "reasoning_tokens"))
      read_count(member.value(), into.reasoning);
  }
  return true;
}

bool read_member(const char* key, value& what, usage& into) {
  switch (*key) {
    case 'p':
      if (is_key(key, "prompt_tokens"))
        read_count(what, into.input);
      else if (is_key(key, "prompt_cache_hit_tokens"))
        read_count(what, into.cached);
      else if (is_key(key, "prompt_tokens_details"))
        return read_details(what, into);
      return true;
    case 'c':
      if (is_key(key, "completion_tokens"))
        read_count(what, into.output);
      else if (is_key(key, "completion_tokens_details"))
        return read_details(what, into);
      else if (is_key(key, "cached_tokens") || is_key(key, "cache_read_input_tokens"))
        read_count(what, into.cached);
      else if (is_key(key, "cache_creation_input_tokens"))
        read_count(what, into.cache_written);
      return true;
    case 'i':
      if (is_key(key, "input_tokens"))
        read_count(what, into.input);
      else if (is_key(key, "input_tokens_details"))
        return read_details(what, into);
      return true;
    case 'o':
      if (is_key(key, "output_tokens"))
        read_count(what, into.output);
      else if (is_key(key, "output_tokens_details"))
        return read_details(what, into);
      return true;
    case 't':
      if (is_key(key, "total_tokens")) read_count(what, into.total);
      return true;
    case 'r':
      if (is_key(key, "reasoning_tokens")) read_count(what, into.reasoning);
      return true;
    default: return true;
  }
}

}  // namespace

bool read_usage_object(object& from, usage& into) {
  usage said;
  for (auto each : from) {
    if (each.error() != simdjson::SUCCESS) return false;
    auto& member = held_by(each);
    if (!read_member(member.key().raw(), member.value(), said)) return false;
  }
  // xAI leaves the reasoning out of completion_tokens; the total shows it.
  if (said.total == said.input + said.output + said.reasoning) said.output += said.reasoning;
  if (said.total == 0) said.total = said.input + said.output;
  said.reported = true;
  into = said;
  return true;
}

}  // namespace cohedge::dialect
