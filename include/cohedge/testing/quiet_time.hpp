#pragma once

#include <cohedge/core/units.hpp>

#include <asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace cohedge::testing {

class virtual_clock;

/// Virtual time for an `io_context` with real sockets whose both ends are in it: client, proxy and server. The clock
/// stands still as long as anything happens there, and jumps to the next alarm once all has been quiet for a while of
/// real time. So a stall that a clock of minutes ends costs milliseconds, whatever is due ends exactly when it is due,
/// and a slow machine lets no clock run out. What comes from outside of the context (a name lookup, another process)
/// must not take longer than the quiet.
///
///     asio::io_context io;
///     quiet_time time{io};
///     …
///     time.run_until([&] { return calls == 0; });
///
/// Make it before anything that asks the context for its time. It must outlive the context's work. Thread-safety: one
/// thread.
class quiet_time {
 public:
  /// The seed decides every random number that the library draws.
  explicit quiet_time(asio::io_context& io, std::uint64_t seed = 1);
  quiet_time(const quiet_time&) = delete;
  quiet_time& operator=(const quiet_time&) = delete;
  ~quiet_time();

  /// How long nothing must have happened. Default 20 ms.
  quiet_time& patience(std::chrono::milliseconds quiet) noexcept { return quiet_ = quiet, *this; }

  /// Runs the context until `holds`, asked after every piece of work. False: all is quiet, and no alarm is set that
  /// could change it.
  bool run_until(const std::function<bool()>& holds);
  time_point now() const noexcept;

 private:
  asio::io_context& io_;
  std::shared_ptr<virtual_clock> clock_;
  std::chrono::milliseconds quiet_{20};
};

}  // namespace cohedge::testing
