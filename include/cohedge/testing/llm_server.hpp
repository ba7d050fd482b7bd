#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/testing/server_counters.hpp>
#include <cohedge/testing/server_options.hpp>

#include <asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cohedge::testing {

/// An LLM server on the loopback interface, with real sockets and faults on demand. Answers in the API that a request's
/// path belongs to, whole and streamed: OpenAI's chat completions (`POST /v1/chat/completions`), the completions API
/// before it (`/v1/completions`), Anthropic's Messages (`/v1/messages`), Gemini's generateContent
/// (`/v1/models/{model}:generateContent`), Bedrock's Converse (`/model/{model}/converse`) and Ollama's chat
/// (`/api/chat`); also `GET /v1/models`, `GET /health` and `GET /v1/health`; HTTP/1.1 with keep-alive, with or without
/// TLS. Answers are made from the prompt and the same in every run, unless a script says otherwise.
///
///     asio::io_context io;
///     server_options how;
///     how.script([](const server_request& asked) { return behaviour{}.status(asked.number == 0 ? 503 : 200); });
///     llm_server server{io.get_executor(), how};
///     server.start();                                        // then: server.base_url()
///
/// Destroyed, it closes everything at once; destroy it before its context. Thread-safety: `counters` from anywhere,
/// everything else on the executor, which must be an `io_context`'s; not from inside the script.
class llm_server {
 public:
  explicit llm_server(asio::any_io_executor executor, server_options options = {});
  llm_server(llm_server&&) noexcept;
  llm_server& operator=(llm_server&&) noexcept;
  ~llm_server();

  /// Listens. Errors: `errc::invalid_config` where the port is taken or the certificate cannot be read.
  result<void> start();
  /// Closes the listener and every connection. `start` begins anew, on the same port.
  void stop() noexcept;
  /// Closes the listener and keeps the connections: new ones are refused until `start`.
  void refuse() noexcept;

  /// Valid after the first `start`.
  std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:8080", or https.
  std::string origin() const;
  /// The origin and "/v1".
  std::string base_url() const;
  /// The authority that a client is to trust, PEM; empty without TLS or with a certificate from outside.
  const std::string& ca_pem() const noexcept;

  server_counters counters() const;
  /// The first requests, as they came.
  const std::vector<server_request>& requests() const noexcept;

  /// Completes when the counters satisfy `holds`; `errc::deadline_exceeded` after `longest` of real time. Never sleep
  /// in a test: wait for what the test is about.
  task<void> until(std::function<bool(const server_counters&)> holds,
                   duration longest = std::chrono::seconds{10}) const;

 private:
  std::unique_ptr<class server_core> core_;
};

}  // namespace cohedge::testing
