#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/testing/byte_script.hpp>

#include <functional>
#include <string_view>

namespace cohedge::testing {

/// Hands a script's bytes to `send` at their times, and completes when its end is due; never where it hangs.
/// Both arguments must stay alive until completion. Errors: those of `send`; the reason of a cancellation.
task<void> play_script(const byte_script& script, const std::function<task<void>(std::string_view)>& send);

}  // namespace cohedge::testing
