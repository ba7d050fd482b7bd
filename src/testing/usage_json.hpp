#pragma once

#include "answer_shape.hpp"

#include <cohedge/wire/json_writer.hpp>

#include <cstdint>

namespace cohedge::testing {

/// Every answer is of the same second: answers are the same in every run.
inline constexpr std::int64_t created = 1736164800;

inline void write_usage(wire::json_writer& out, const answer_facts& facts) {
  out.key("usage").begin_object().member("prompt_tokens", facts.prompt_tokens);
  out.member("completion_tokens", facts.completion_tokens);
  out.member("total_tokens", facts.prompt_tokens + facts.completion_tokens).end_object();
}

inline void write_finish(wire::json_writer& out, std::string_view reason) {
  out.key("finish_reason");
  if (reason.empty())
    out.null();
  else
    out.string(reason);
}

}  // namespace cohedge::testing
