#pragma once

#include <cohedge/provider/presets.hpp>

#include <string>

namespace cohedge::cli {

/// docs/providers.md, out of the table of presets and what the surfaces say they can.
std::string providers_markdown();

/// "AWS_REGION or AWS_DEFAULT_REGION": the variables that may hold a preset's key.
std::string key_variables(const preset_row& row);

}  // namespace cohedge::cli
