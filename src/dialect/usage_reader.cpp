#include "openai_reader.hpp"

namespace cohedge::dialect {
namespace {

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// The details of prompt_tokens and completion_tokens, or of input_tokens and output_tokens (Responses): no member of one
// has a name of the other's that we read.
bool read_details(value& what, said_counts& into) {
  auto details = what.get_object();
  if (details.error() != simdjson::SUCCESS) return true;
  for (auto each : held_by(details)) {
    if (each.error() != simdjson::SUCCESS) return false;
    auto& member = held_by(each);
    const char* key = member.key().raw();
    if (is_key(key, "cached_tokens"))
      into.read(usage_count::cached, member.value());
    else if (is_key(key, "cache_write_tokens"))
      into.read(usage_count::cache_written, member.value());
    else if (is_key(key, "reasoning_tokens"))
      into.read(usage_count::reasoning, member.value());
  }
  return true;
}

bool read_member(const char* key, value& what, said_counts& into) {
  switch (*key) {
    case 'p':
      if (is_key(key, "prompt_tokens"))
        into.read(usage_count::input, what);
      else if (is_key(key, "prompt_cache_hit_tokens"))
        into.read(usage_count::cached, what);
      else if (is_key(key, "prompt_tokens_details"))
        return read_details(what, into);
      return true;
    case 'c':
      if (is_key(key, "completion_tokens"))
        into.read(usage_count::output, what);
      else if (is_key(key, "completion_tokens_details"))
        return read_details(what, into);
      else if (is_key(key, "cached_tokens") || is_key(key, "cache_read_input_tokens"))
        into.read(usage_count::cached, what);
      else if (is_key(key, "cache_creation_input_tokens"))
        into.read(usage_count::cache_written, what);
      return true;
    case 'i':
      if (is_key(key, "input_tokens"))
        into.read(usage_count::input, what);
      else if (is_key(key, "input_tokens_details"))
        return read_details(what, into);
      return true;
    case 'o':
      if (is_key(key, "output_tokens"))
        into.read(usage_count::output, what);
      else if (is_key(key, "output_tokens_details"))
        return read_details(what, into);
      return true;
    case 't':
      if (is_key(key, "total_tokens")) into.read(usage_count::total, what);
      return true;
    case 'r':
      if (is_key(key, "reasoning_tokens")) into.read(usage_count::reasoning, what);
      return true;
    default: return true;
  }
}

}  // namespace

bool read_usage_object(object& from, said_counts& into) {
  into.begin();
  for (auto each : from) {
    if (each.error() != simdjson::SUCCESS) return false;
    auto& member = held_by(each);
    if (!read_member(member.key().raw(), member.value(), into)) return false;
  }
  return true;
}

usage openai_usage(const said_counts& said) noexcept {
  usage all{said[usage_count::input],  said[usage_count::output],        said[usage_count::total],
            said[usage_count::cached], said[usage_count::cache_written], said[usage_count::reasoning], true};
  // xAI leaves the reasoning out of completion_tokens; the total shows it.
  if (all.total == all.input + all.output + all.reasoning) all.output += all.reasoning;
  if (all.total == 0) all.total = all.input + all.output;
  return all;
}

}  // namespace cohedge::dialect
