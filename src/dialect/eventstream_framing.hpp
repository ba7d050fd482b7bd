#pragma once

#include <memory>

#include "framing.hpp"

namespace cohedge::dialect {

/// The messages of application/vnd.amazon.eventstream. An exception or error message is a failure whose `type` is AWS's
/// name for it. The documents of InvokeModelWithResponseStream come in base64 within another (`chunk`): they are
/// unwrapped.
std::unique_ptr<framing> make_eventstream_framing(const limits& bounds);

}  // namespace cohedge::dialect
