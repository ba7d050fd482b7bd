#pragma once

#include <cohedge/core/secret.hpp>
#include <cohedge/dialect/deviations.hpp>
#include <cohedge/dialect/surface.hpp>
#include <cohedge/plan/attempt_clocks.hpp>
#include <cohedge/provider/client.hpp>
#include <cohedge/provider/provider.hpp>
#include <cohedge/wire/sigv4.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge {

/// Where a model is served and how to speak to it. Setters chain.
///
///     cohedge::endpoint local{"http://127.0.0.1:8080/v1", "qwen3"};
///     local.name("llama").key(cohedge::secret{"…"});
///     auto provider = cohedge::make_provider(client, cohedge::dialect::openai_chat(), local);
class endpoint {
 public:
  endpoint(std::string base_url, std::string model) : base_url_{std::move(base_url)}, model_{std::move(model)} {}

  /// How reports and logs call it; the host's name by default.
  endpoint& name(std::string text) { return name_ = std::move(text), *this; }
  /// Sent to this endpoint's origin only, in the header that the API wants it in: `Authorization: Bearer …` for most.
  endpoint& key(secret text) { return key_ = std::move(text), *this; }
  /// Another header for the key than the API's own: `key_in("api-key")`.
  endpoint& key_in(std::string header, std::string prefix = {}) {
    return key_header_ = std::move(header), key_prefix_ = std::move(prefix), *this;
  }
  /// Every request is signed instead of carrying a key: AWS.
  endpoint& sign(wire::sigv4_signer with) {
    return signer_ = std::make_shared<const wire::sigv4_signer>(std::move(with)), *this;
  }
  /// A further text that errors never show, such as what a signer signs with. Keys and headers are hidden anyway.
  endpoint& hide(secret text) { return hidden_.push_back(std::move(text)), *this; }
  /// Put behind every target, beside a query of the base URL: "api-version=2024-10-21". No place for a key.
  endpoint& query(std::string text) { return query_ = std::move(text), *this; }
  /// What to tell somebody who has no key: every call fails with `errc::missing_credential` and this text.
  endpoint& key_missing(std::string advice) { return key_missing_ = std::move(advice), *this; }
  /// Every call fails with this, and nothing is sent: for settings that are found to be wrong before anything is asked.
  endpoint& unusable(error why) { return unusable_ = std::move(why), *this; }
  /// A further request header, or instead of the API's or ours of that name. CR, LF and NUL are refused when the first call is made. Its value is kept like a key: it
  /// may be one.
  endpoint& header(std::string field, std::string_view value) {
    return headers_.emplace_back(std::move(field), secret{value}), *this;
  }
  endpoint& deviations(const dialect::deviations& of_the_server) { return deviations_ = of_the_server, *this; }
  /// Instead of the client's: further authorities, a client certificate, pinned keys.
  endpoint& tls(net::tls_options how) { return tls_ = std::move(how), *this; }
  endpoint& version(net::http_version wanted) { return version_ = wanted, *this; }
  /// Through this proxy.
  endpoint& via(net::proxy between) { return proxy_ = std::move(between), *this; }
  /// Over a Unix-domain socket: local servers.
  endpoint& unix_socket(std::string path) { return unix_socket_ = std::move(path), *this; }
  /// Instead of the client's.
  endpoint& clocks(const plan::clock_limits& limits) { return clocks_ = limits, *this; }

  const std::string& base_url() const noexcept { return base_url_; }
  const std::string& model() const noexcept { return model_; }
  const std::string& name() const noexcept { return name_; }
  const secret& key() const noexcept { return key_; }
  /// Empty: the API's own.
  const std::string& key_header() const noexcept { return key_header_; }
  const std::string& key_prefix() const noexcept { return key_prefix_; }
  const std::shared_ptr<const wire::sigv4_signer>& signer() const noexcept { return signer_; }
  const std::string& query() const noexcept { return query_; }
  const std::vector<secret>& hidden() const noexcept { return hidden_; }
  const std::string& key_missing() const noexcept { return key_missing_; }
  const std::optional<error>& unusable() const noexcept { return unusable_; }
  const std::vector<std::pair<std::string, secret>>& headers() const noexcept { return headers_; }
  const dialect::deviations& deviations() const noexcept { return deviations_; }
  const std::optional<net::tls_options>& tls() const noexcept { return tls_; }
  net::http_version version() const noexcept { return version_; }
  const std::optional<net::proxy>& via() const noexcept { return proxy_; }
  const std::string& unix_socket() const noexcept { return unix_socket_; }
  const std::optional<plan::clock_limits>& clocks() const noexcept { return clocks_; }

 private:
  std::string base_url_;
  std::string model_;
  std::string name_;
  secret key_;
  std::string key_header_;
  std::string key_prefix_;
  std::shared_ptr<const wire::sigv4_signer> signer_;
  std::string query_;
  std::vector<secret> hidden_;
  std::string key_missing_;
  std::optional<error> unusable_;
  std::vector<std::pair<std::string, secret>> headers_;
  dialect::deviations deviations_;
  std::optional<net::tls_options> tls_;
  net::http_version version_ = net::http_version::negotiated;
  std::optional<net::proxy> proxy_;
  std::string unix_socket_;
  std::optional<plan::clock_limits> clocks_;
};

/// A provider out of a dialect and an endpoint. Never fails here: what is wrong with the endpoint (URL, header) is the
/// error of every call, with a text that says what would be right. `speaks` must live for the whole program.
provider make_provider(client& client, const dialect::surface& speaks, endpoint where);

/// Any server with OpenAI's chat completions: `base_url` ends where "/chat/completions" is appended.
provider openai_compatible(client& client, std::string base_url, std::string model, secret key = {});
/// A server with the completions API before chat: POST {base}/completions, GET {base}/health.
provider legacy(client& client, std::string base_url, std::string model, secret key = {});

}  // namespace cohedge
