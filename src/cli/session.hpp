#pragma once

#include <cohedge/async/spawn.hpp>
#include <cohedge/config/config.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cohedge::cli {

/// Runs `work` to its end; the first Ctrl-C cancels it, a second one ends the program.
template <class T>
result<T> run_until_done(asio::io_context& io, task<T> work) {
  asio::cancellation_signal cancel;
  asio::signal_set interrupts{io, SIGINT, SIGTERM};
  auto on_interrupt = [&](asio::error_code failed, int) {
    if (failed) return;
    std::error_code ignored;
    interrupts.clear(ignored);
    cancel.emit(asio::cancellation_type::terminal);
  };
  interrupts.async_wait(on_interrupt);

  std::optional<result<T>> outcome;
  auto on_end = [&](result<T> ended) { outcome.emplace(std::move(ended)); };
  spawn(io, std::move(work), asio::bind_cancellation_slot(cancel.slot(), on_end));
  io.restart();
  while (!outcome && io.run_one() > 0) {  // not run(): an idle connection or a timer is no reason to wait
  }
  std::error_code ignored;
  interrupts.cancel(ignored);
  io.poll();
  if (!outcome) return error{errc::cancelled};
  return std::move(*outcome);
}

/// Providers and routes, out of a file or the environment, with a client to ask them.
class session {
 public:
  /// `file` empty: ./cohedge.toml where there is one, otherwise the environment.
  static result<std::unique_ptr<session>> open(const std::string& file);

  /// A client alone, without providers and routes: `setup` must not be asked for.
  static std::unique_ptr<session> without_setup();

  /// Runs `work`, then closes the client in order.
  template <class T>
  result<T> run(task<T> work) {
    auto outcome = run_until_done(io_, std::move(work));
    auto closing = client_->close();
    static_cast<void>(run_until_done(io_, std::move(closing)));
    return outcome;
  }

  asio::io_context& io() noexcept { return io_; }
  cohedge::client& client() noexcept { return *client_; }
  const cohedge::setup& setup() const noexcept { return *setup_; }
  /// For people: "cohedge.toml", "the environment".
  const std::string& source() const noexcept { return source_; }

 private:
  session() = default;

  asio::io_context io_{1};
  std::unique_ptr<cohedge::client> client_;
  std::optional<cohedge::setup> setup_;
  std::string source_;
};

/// Prints the error and what to do about it to standard error; gives the exit code that belongs to it.
int fail_with(const error& why);

}  // namespace cohedge::cli
