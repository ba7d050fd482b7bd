#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/core/report.hpp>
#include <cohedge/wire/json_writer.hpp>

namespace cohedge {

/// Appends the members of one attempt to an object that the caller has begun and will end. Times are milliseconds from
/// the start of the call; texts from a provider are cut at 2 kB. No prompts, answers or keys.
void write_attempt_json(wire::json_writer& json, const report& call, const attempt& row);

/// Appends the members of a call; `failure` is null where it has a value. The attempts are a number only.
void write_call_json(wire::json_writer& json, const report& call, const error* failure);

}  // namespace cohedge
