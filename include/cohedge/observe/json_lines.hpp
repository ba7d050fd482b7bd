#pragma once

#include <cohedge/core/result.hpp>
#include <cohedge/provider/call.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace cohedge {

/// Writes one JSON object per line for every attempt and every call: to a file, or to a function. Nothing is written
/// unless a program makes one of these and hands it to `client_options::observer`. Holds what the ledger holds, and so
/// no prompts, answers or keys; a provider's text is cut at 2 kB.
///
///     auto log = cohedge::json_lines::open("attempts.jsonl");
///     if (log) options.observer(std::move(log).value());
///
/// Logging never breaks a call: a line that cannot be written is dropped and counted, and the next line that can be
/// says so ("dropped_lines"). A file is written with one blocking write per line, opened for appending, so that several
/// processes may share it. Thread-safety: any number of clients may share one.
class json_lines final : public call_observer {
 public:
  /// Milliseconds since 1970, UTC. The library reads no clock of its own here.
  using wall_clock = std::function<std::int64_t()>;

  /// Opens `file` for appending, and makes it (mode 0600) where there is none. Errors: `errc::invalid_config` with the
  /// file's name and the system's reason.
  static result<std::shared_ptr<json_lines>> open(const std::filesystem::path& file, wall_clock clock = {});
  /// Every line goes to `sink`, without its line end; calls of `sink` never overlap. With a clock each line has its
  /// time ("time_ms"), without one it has none.
  explicit json_lines(std::function<void(std::string_view line)> sink, wall_clock clock = {});
  json_lines(const json_lines&) = delete;
  json_lines& operator=(const json_lines&) = delete;
  ~json_lines() override;

  void attempt_ended(const report& call, const attempt& row) override;
  void call_ended(const report& call, const error* failure) override;

  /// Lines lost so far.
  std::uint64_t dropped() const;

 private:
  json_lines(int file, wall_clock clock) : clock_{std::move(clock)}, file_{file} {}
  template <class Body>
  void write(std::string_view event, const Body& body);
  bool append(std::string_view line);

  std::function<void(std::string_view)> sink_;
  wall_clock clock_;
  int file_ = -1;
  mutable std::mutex mutex_;
  std::string line_;
  std::uint64_t dropped_ = 0;     // in all
  std::uint64_t unreported_ = 0;  // since the last line that was written
  bool torn_ = false;             // the file ends in half a line
};

}  // namespace cohedge
