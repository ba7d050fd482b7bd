#pragma once

#include <cohedge/core/units.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cohedge::testing {

/// An answer whose bytes are made once and sent to every request as they are: for benchmarks, where the server must not
/// be the bottleneck. The default sizes are those of docs/performance.md.
class prepared_answer {
 public:
  /// A whole HTTP message.
  explicit prepared_answer(std::string message) { pieces_.push_back(std::move(message)); }

  /// A chat completion: a JSON body of exactly `body_bytes` (300 at least), behind a head with 13 fields as OpenAI
  /// sends them.
  static prepared_answer json(std::size_t body_bytes = 672);
  /// A streamed chat completion: `events` chunks of JSON of `event_bytes` each (220 at least), one HTTP chunk an event,
  /// the first with the role and the last with the finish reason, then `[DONE]`. Sent in one write.
  static prepared_answer stream(std::size_t events = 257, std::size_t event_bytes = 260);

  /// One event at a time instead, the first at once and then one every `every`.
  prepared_answer& paced(duration every) noexcept { return every_ = every, *this; }

  bool is_paced() const noexcept { return every_ > duration{}; }
  duration every() const noexcept { return every_; }
  /// What is sent, one event or message each; head and first event are one piece, last event and end as well.
  const std::vector<std::string>& pieces() const noexcept { return pieces_; }
  std::string text() const;

 private:
  prepared_answer() = default;

  std::vector<std::string> pieces_;
  duration every_{};
};

}  // namespace cohedge::testing
