#pragma once

#include "reserved_port.hpp"
#include "temporary_folder.hpp"

#include <cohedge/core/result.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {

/// A server program that a test runs for itself: with a port, a folder and a configuration of its own, as whoever runs
/// the test. It ends with this object, and also where the test itself is killed.
class server_process {
 public:
  /// Where the program is; nothing where it is not installed.
  static std::optional<std::string> find(std::string_view program);

  server_process() = default;
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process();

  std::uint16_t port() const { return port_.number(); }
  const temporary_folder& folder() const noexcept { return folder_; }

  /// Runs a program, which must stay in the foreground, inside the folder, and waits until its port answers.
  /// Errors: invalid_config with what the program has written.
  result<void> start(const std::vector<std::string>& command);
  /// Sends it a signal.
  void signal(int number) const noexcept;
  /// Ends it and everything that it has started. Idempotent; `start` may follow.
  void stop() noexcept;

  /// What it has written to its standard outputs.
  std::string log() const;

 private:
  bool answers() const;
  bool ended() noexcept;
  bool ended_within(std::chrono::milliseconds patience) noexcept;

  reserved_port port_;
  temporary_folder folder_;
  pid_t process_ = 0;
};

/// What the servers have written that have ended since the last call: to be shown where a test has failed.
std::string take_logs_of_ended();

}  // namespace cohedge::tests
