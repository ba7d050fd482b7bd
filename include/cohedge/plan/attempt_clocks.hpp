#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/core/units.hpp>
#include <cohedge/plan/time_math.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cohedge::plan {

/// The five limits of one attempt. Setters chain; `never` switches a limit off, a negative one counts as zero.
class clock_limits {
 public:
  clock_limits() noexcept = default;

  /// Name, TCP, TLS. Default 10 s.
  clock_limits& connect(duration longest) noexcept { return connect_ = longest, *this; }
  /// From the request's sending to the response headers. Default 15 s. An answer that is not streamed has its headers
  /// only when it is complete: give `never` there and let the others hold.
  clock_limits& headers(duration longest) noexcept { return headers_ = longest, *this; }
  /// From the request's sending to the first content, plus a share for each million tokens of prompt. Default 120 s and
  /// 240 s; a limit given alone is not scaled.
  clock_limits& first_content(duration longest, duration per_million_tokens = duration::zero()) noexcept {
    return first_content_ = longest, per_million_tokens_ = per_million_tokens, *this;
  }
  /// Between one content and the next. Default 30 s.
  clock_limits& between_content(duration longest) noexcept { return between_content_ = longest, *this; }
  /// The whole attempt. Default `never`.
  clock_limits& total(duration longest) noexcept { return total_ = longest, *this; }

  duration connect() const noexcept { return connect_; }
  duration headers() const noexcept { return headers_; }
  duration between_content() const noexcept { return between_content_; }
  duration total() const noexcept { return total_; }
  /// Without the share for the prompt.
  duration first_content() const noexcept { return first_content_; }
  /// With the share for a prompt of that many bytes, four bytes taken for a token.
  duration first_content_for(std::size_t prompt_bytes) const noexcept;

 private:
  duration connect_ = std::chrono::seconds{10};
  duration headers_ = std::chrono::seconds{15};
  duration first_content_ = std::chrono::seconds{120};
  duration per_million_tokens_ = std::chrono::seconds{240};
  duration between_content_ = std::chrono::seconds{30};
  duration total_ = never;
};

/// When an attempt has run too long, and by which limit. Only content resets the between-content clock: bytes,
/// keep-alives and events without content do not. Every limit is clipped to the call's deadline. Pure.
class attempt_clocks {
 public:
  enum class phase : std::uint8_t {
    waiting,          ///< in line for a connection: only the total and the deadline run
    connecting,       ///< name, TCP, TLS
    headers,          ///< the request is being sent, no response headers yet
    first_content,    ///< headers are there, no content yet
    between_content,  ///< content came, the end did not
    done,             ///< nothing expires any more
  };

  /// Starts in `connecting`; on a kept-alive connection enter `headers` at once.
  attempt_clocks(clock_limits limits, time_point started, time_point call_deadline, std::size_t prompt_bytes) noexcept;

  /// Entering the phase one is in changes nothing. Before content a replay on a fresh connection may go back to
  /// `connecting`, and its clocks start anew (the total does not); after content only `done` is left to enter.
  void enter(phase next, time_point now) noexcept;
  /// Content arrived.
  void content(time_point now) noexcept;

  phase current() const noexcept { return phase_; }
  /// When the first limit of this phase is reached; `time_point::max()`: never.
  time_point expires() const noexcept { return earliest().at; }
  /// What ran out by `now`: connect_, header_, first_content_, between_content_ or total_timeout, or deadline_exceeded
  /// where the call's deadline is what came first (or together with a limit). Nothing: go on.
  std::optional<errc> expired(time_point now) const noexcept;

 private:
  struct limit {
    time_point at;
    errc code;
  };
  limit earliest() const noexcept;

  clock_limits limits_;
  duration first_content_;
  time_point started_;
  time_point deadline_;
  time_point connecting_;  // when connecting began
  time_point sent_;        // when the request went out
  time_point last_content_;
  phase phase_ = phase::connecting;
};

}  // namespace cohedge::plan
