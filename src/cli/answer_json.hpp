#pragma once

#include <cohedge/chat/completion.hpp>
#include <cohedge/core/error.hpp>

#include <string>

namespace cohedge::cli {

/// The whole answer and its report as one JSON object.
std::string answer_json(const completion& answer);
/// The same for a call that has failed: `error` and its report.
std::string failure_json(const error& why);

}  // namespace cohedge::cli
