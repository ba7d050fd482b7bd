#pragma once

#include <cohedge/core/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cohedge::tests {

/// What became of every request of a run, each known by its number: what the caller got, and how often the origin has
/// seen it. Thread-safety: `seen` from anywhere while the run lasts, everything else from the caller's thread.
class tally {
 public:
  explicit tally(std::size_t requests) : times_seen_(requests), fates_(requests) {}

  std::size_t requests() const noexcept { return fates_.size(); }

  void seen(std::size_t number) noexcept;
  /// `right`: it is the answer to this request. The transport's replays are no attempts.
  void answered(std::size_t number, bool right, std::size_t attempts);
  void failed(std::size_t number, const error& why, std::size_t attempts);
  void replayed(std::size_t times) noexcept { replays_ += times; }

  /// After the run. Nothing was lost, doubled or mixed up, and no error was one that the table does not allow.
  bool in_order() const;
  std::size_t errors() const noexcept { return errors_; }
  void print() const;

 private:
  enum class fate : std::uint8_t { unknown, answered, failed };
  struct outcome {
    fate what = fate::unknown;
    std::size_t attempts = 0;
  };
  struct faults {
    std::size_t lost = 0, doubled = 0, mixed_up = 0, not_allowed = 0;
  };

  faults count() const;

  std::vector<std::atomic<std::uint8_t>> times_seen_;
  std::vector<outcome> fates_;
  std::map<std::string, std::size_t> kinds_;  // errors by class and code
  std::size_t replays_ = 0;
  std::size_t errors_ = 0;
  std::size_t mixed_up_ = 0;
  std::size_t not_allowed_ = 0;
};

}  // namespace cohedge::tests
