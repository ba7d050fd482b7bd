#pragma once

#include <cstddef>
#include <filesystem>

namespace cohedge::tests {

/// Descriptors of this process: sockets, epoll, the lot.
inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) ++count;
  return count;
}

}  // namespace cohedge::tests
