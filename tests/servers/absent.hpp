#pragma once

#include "catch.hpp"
#include "server_process.hpp"

#include <string>
#include <string_view>

namespace cohedge::tests {

/// The program is not installed, and the test says so; ctest counts it as skipped.
inline bool absent(std::string_view program) {
  if (server_process::find(program)) return false;
  WARN("skipped: " + std::string{program} + " is not installed");
  return true;
}

}  // namespace cohedge::tests
