#pragma once

#include <string_view>

namespace cohedge::wire {

/// Whether this is one complete JSON document (RFC 8259), nested at most 1024 deep. Reads all of it. Uses one parser
/// per thread, which keeps the memory of the largest text it was given.
bool is_json(std::string_view text);

}  // namespace cohedge::wire
