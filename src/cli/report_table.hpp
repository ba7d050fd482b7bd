#pragma once

#include <cohedge/core/report.hpp>

#include <string>

namespace cohedge::cli {

/// A call's ledger for people: a summary line, then one line for each attempt.
std::string report_table(const report& call);

}  // namespace cohedge::cli
