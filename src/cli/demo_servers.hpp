#pragma once

#include <cohedge/provider/client.hpp>
#include <cohedge/provider/provider.hpp>
#include <cohedge/testing/certificates.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::cli {

/// One of the demonstration's providers: how quick it is, and how often it fails.
struct demo_provider {
  std::string_view name;
  duration p50;
  duration p90;
  duration p95;
  duration p99;
  double fails;  ///< share of the requests: 503, connection reset, silence
};

const std::vector<demo_provider>& demo_providers();

/// Three LLM servers on threads of their own, behind TLS with an authority made for the run. What a server does with a
/// prompt depends on the seed, the prompt and how often it was asked it: every strategy meets the same days.
class demo_servers {
 public:
  explicit demo_servers(std::uint64_t seed);
  ~demo_servers();
  demo_servers(const demo_servers&) = delete;
  demo_servers& operator=(const demo_servers&) = delete;

  /// Why they do not run, if they do not.
  result<void> started() const;
  const std::string& ca_file() const noexcept { return ca_file_; }
  std::vector<provider> providers(client& with) const;

  /// Requests whose connection the client closed before the answer was complete, over all servers.
  std::size_t aborted() const;
  /// Blocks until no request is open any more, or two seconds.
  void settle() const;

 private:
  testing::certificate_authority authority_;
  std::string ca_file_;
  std::vector<std::unique_ptr<testing::server_thread>> servers_;
};

/// The prompt number `index` of a strategy's run, as the servers read it again.
std::string demo_prompt(std::string_view strategy, std::size_t index);

}  // namespace cohedge::cli
