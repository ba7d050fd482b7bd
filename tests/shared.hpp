#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace cohedge::tests {

/// The path of a file under the shared folder beside the project (`COHEDGE_SHARED` overrides where that is), or
/// nothing where the folder is absent: the test then reports itself as skipped.
inline std::optional<std::filesystem::path> shared(std::string_view relative) {
  const char* override_path = std::getenv("COHEDGE_SHARED");
#ifdef COHEDGE_SOURCE_DIR
  const std::filesystem::path beside = std::filesystem::path{COHEDGE_SOURCE_DIR} / ".." / "shared";
#else
  const std::filesystem::path beside = "../shared";
#endif
  const auto path = (override_path ? std::filesystem::path{override_path} : beside) / relative;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return path;
}

}  // namespace cohedge::tests
