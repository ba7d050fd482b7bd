#pragma once

#include "answer_shape.hpp"

#include <cohedge/wire/json_writer.hpp>

#include <cstdint>
#include <string>

namespace cohedge::testing {

/// Every answer is of the same second: answers are the same in every run.
inline constexpr std::int64_t created = 1736164800;

inline void write_usage(wire::json_writer& out, const answer_facts& facts) {
  out.key("usage").begin_object().member("prompt_tokens", facts.prompt_tokens);
  out.member("completion_tokens", facts.completion_tokens);
  out.member("total_tokens", facts.prompt_tokens + facts.completion_tokens).end_object();
}

/// Null where the reason is empty.
inline void write_reason(wire::json_writer& out, std::string_view member, std::string_view reason) {
  out.key(member);
  if (reason.empty())
    out.null();
  else
    out.string(reason);
}

/// A member that says nothing, as long as the answer's padding.
inline void write_padding(wire::json_writer& out, std::string_view member, const answer_facts& facts) {
  if (facts.padding > 0) out.member(member, std::string(facts.padding, 'x'));
}

}  // namespace cohedge::testing
