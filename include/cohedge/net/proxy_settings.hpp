#pragma once

#include <cohedge/core/result.hpp>
#include <cohedge/net/destination.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::net {

/// Which proxy leads to which origin; docs/proxies.md has the rules. Setters chain. Thread-safety: a value.
class proxy_settings {
 public:
  /// Gives a variable's text, or nothing where it is not set.
  using variables = std::function<std::optional<std::string>(const std::string& name)>;

  /// No proxy for anybody.
  proxy_settings() = default;
  /// HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, and their forms in lower case, which count more. Never fails here:
  /// a variable that cannot be read is the error of every origin that it is for.
  static proxy_settings from_environment(const variables& of);
  /// Those of this process.
  static proxy_settings from_environment();

  /// For origins with TLS, through a tunnel.
  proxy_settings& https(proxy through) { return https_ = std::optional{std::move(through)}, *this; }
  /// For origins without TLS.
  proxy_settings& http(proxy through) { return http_ = std::optional{std::move(through)}, *this; }
  /// For none of these: a list as in NO_PROXY.
  proxy_settings& except(std::string_view list);

  /// The proxy for an origin, or none. A loopback host never has one.
  /// Errors: invalid_config, naming the variable.
  result<std::optional<proxy>> towards(const origin& to) const;

 private:
  using choice = result<std::optional<proxy>>;

  choice https_{std::nullopt};
  choice http_{std::nullopt};
  std::vector<std::string> exceptions_;
};

}  // namespace cohedge::net
