#pragma once

#include "demo_run.hpp"

#include <string>
#include <vector>

namespace cohedge::cli {

/// The strategies side by side. `with_servers`: the servers have counted what was given up.
std::string demo_table(const std::vector<strategy_outcome>& outcomes, bool with_servers);

/// "3.0 %", "0": a share of a count, short.
std::string shown_share(std::size_t part, std::size_t whole);

}  // namespace cohedge::cli
