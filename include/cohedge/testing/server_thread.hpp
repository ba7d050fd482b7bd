#pragma once

#include <cohedge/testing/llm_server.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cohedge::testing {

/// An LLM server on a thread of its own: for benchmarks, for programs that are not built on Asio, and for the command
/// line. Runs from construction to `stop` or destruction. The options' functions are called on that thread.
class server_thread {
 public:
  explicit server_thread(server_options options = {});
  ~server_thread();
  server_thread(const server_thread&) = delete;
  server_thread& operator=(const server_thread&) = delete;

  /// Why it does not listen, if it does not.
  const result<void>& started() const noexcept;
  std::uint16_t port() const noexcept;
  std::string base_url() const;
  const std::string& ca_pem() const noexcept;
  server_counters counters() const;
  /// Blocks until the counters satisfy `holds`; false after `longest`.
  bool wait_for(const std::function<bool(const server_counters&)>& holds,
                duration longest = std::chrono::seconds{10}) const;
  /// Closes everything and joins the thread. Idempotent.
  void stop() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace cohedge::testing
