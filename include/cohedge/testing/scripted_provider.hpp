#pragma once

#include <cohedge/provider/provider.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace cohedge::testing {

/// A provider that does as it is told, for tests of routes and of programs. No network: only times and outcomes, on the
/// chain's clock. It opens its rows in the call's ledger as a real provider does.
///
///     scripted_provider slow{"a"};
///     slow.answers("from a").after(800ms);
///     scripted_provider flaky{"b"};
///     flaky.fails(errc::connection_reset).after(5ms).answers("from b");   // first call, every later call
///     auto chat = cohedge::route("chat").hedge({slow, flaky});
///
/// `answers`, `fails` and `hangs` each begin the behaviour of one further call; the last one holds for all calls after
/// it. The setters below them shape the behaviour that was begun last. Copies share script and counts.
/// Thread-safety: one executor.
class scripted_provider {
 public:
  explicit scripted_provider(std::string name);

  /// An answer whose tokens are the words of `text`, or given one by one.
  scripted_provider& answers(std::string text);
  scripted_provider& answers_tokens(std::vector<std::string> tokens);
  scripted_provider& fails(error why);
  /// Neither answer nor failure.
  scripted_provider& hangs();

  /// Until the first token, or the failure.
  scripted_provider& after(duration latency);
  /// Between tokens. A whole answer is there when its last token would be.
  scripted_provider& every(duration between_tokens);
  /// The answer breaks off after `n` tokens: with an error, or in silence.
  scripted_provider& breaks_after(std::size_t n, error why);
  scripted_provider& stalls_after(std::size_t n);
  scripted_provider& finishes(finish_reason how);
  scripted_provider& used(std::uint64_t input_tokens, std::uint64_t output_tokens);

  scripted_provider& model(std::string name);
  /// What `check` gives; healthy without it.
  scripted_provider& unhealthy(error why);

  // Calls, whole and streamed.
  std::size_t started() const noexcept;
  std::size_t answered() const noexcept;   ///< to the end
  std::size_t failed() const noexcept;     ///< as scripted
  std::size_t cancelled() const noexcept;  ///< given up by the caller, or its stream destroyed early
  std::size_t running() const noexcept { return started() - answered() - failed() - cancelled(); }
  /// What was asked, in order.
  const std::vector<chat_request>& requests() const noexcept;

  operator provider() const;  // NOLINT(google-explicit-constructor): to stand wherever a provider does

  class scripted_backend;

 private:
  std::shared_ptr<scripted_backend> backend_;
};

}  // namespace cohedge::testing
