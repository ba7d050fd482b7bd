#pragma once

#include <cohedge/chat/message.hpp>

#include <span>
#include <string_view>

namespace cohedge::dialect {

/// The name of the tool whose answer this is: of the last call with its id in the turns before it (ids that we made are
/// unique within one answer only), or the turn's own `name`. "" where there is neither.
std::string_view answering_tool(std::span<const message> before, const message& answer);

}  // namespace cohedge::dialect
