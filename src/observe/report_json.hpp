#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/core/report.hpp>
#include <cohedge/wire/json_writer.hpp>

namespace cohedge {

// The members that lines of the log consist of; the caller opens and closes the object.
void write_attempt(wire::json_writer& json, const report& call, const attempt& row);
void write_call(wire::json_writer& json, const report& call, const error* failure);

}  // namespace cohedge
