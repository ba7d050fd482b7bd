#pragma once

#include <cohedge/async/task.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/net/proxy_settings.hpp>
#include <cohedge/plan/attempt_clocks.hpp>
#include <cohedge/provider/call.hpp>

#include <memory>
#include <optional>
#include <string>

namespace cohedge {

/// How a client behaves, beyond the defaults. Setters chain.
class client_options {
 public:
  /// PEM file of authorities to trust beside the system's. Verification itself cannot be switched off.
  client_options& extra_ca_file(std::string path) { return tls_.extra_ca_file(std::move(path)), *this; }
  /// Everything about TLS, for the endpoints that have nothing of their own.
  client_options& tls(net::tls_options how) { return tls_ = std::move(how), *this; }
  /// Lets the clients of several threads resume each other's TLS sessions: `net::make_tls_session_cache()`.
  client_options& tls_sessions(std::shared_ptr<net::tls_session_cache> shared) {
    return tls_sessions_ = std::move(shared), *this;
  }
  /// Which proxy leads where, for the endpoints that name none; the environment's by default (HTTPS_PROXY, …). Without
  /// any: `net::proxy_settings{}`.
  client_options& proxies(net::proxy_settings rules) { return proxies_ = std::move(rules), *this; }
  client_options& bounds(const limits& on_everything) { return limits_ = on_everything, *this; }
  /// The five clocks of every attempt; a provider may have its own.
  client_options& clocks(const plan::clock_limits& limits) { return clocks_ = limits, *this; }
  /// Told of every attempt and call.
  client_options& observer(std::shared_ptr<call_observer> told) { return observer_ = std::move(told), *this; }
  /// Another network than the real one: a script, in tests.
  client_options& network(std::unique_ptr<net::connector> opener) { return network_ = std::move(opener), *this; }

  const net::tls_options& tls() const noexcept { return tls_; }
  const std::shared_ptr<net::tls_session_cache>& tls_sessions() const noexcept { return tls_sessions_; }
  const std::optional<net::proxy_settings>& proxies() const noexcept { return proxies_; }
  const limits& bounds() const noexcept { return limits_; }
  const plan::clock_limits& clocks() const noexcept { return clocks_; }
  const std::shared_ptr<call_observer>& observer() const noexcept { return observer_; }
  std::unique_ptr<net::connector> take_network() noexcept { return std::move(network_); }

 private:
  net::tls_options tls_;
  std::shared_ptr<net::tls_session_cache> tls_sessions_;
  std::optional<net::proxy_settings> proxies_;
  limits limits_;
  plan::clock_limits clocks_;
  std::shared_ptr<call_observer> observer_;
  std::unique_ptr<net::connector> network_;
};

class client_core;
class provider;

/// The connections, the TLS trust and the losers of all providers made with it. Lives on one executor, and all calls
/// of its providers run there; use a client per thread to use all cores.
/// Destroyed, it closes every connection at once; `close` waits for losers first.
class client {
 public:
  explicit client(asio::any_io_executor executor, client_options options = {});
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();

  const asio::any_io_executor& executor() const noexcept;
  /// Refuses new calls (`errc::closed`), cancels losers, closes connections; completes when nothing of the client is
  /// left but what callers still hold.
  task<void> close();

  /// Connects to everything that `asked`, a provider or a route, may ask: its first request then finds an open
  /// connection. Errors: the last one's, of connect.
  task<void> warm_up(const provider& asked) const;

  std::size_t open_connections() const noexcept;
  std::size_t idle_connections() const noexcept;
  /// Losers that have not wound down yet.
  std::size_t running_losers() const noexcept;

  const std::shared_ptr<client_core>& core() const noexcept { return core_; }

 private:
  std::shared_ptr<client_core> core_;
};

}  // namespace cohedge
