#include <cohedge/net/proxy_settings.hpp>

#include "no_proxy.hpp"

#include <cstdlib>

namespace cohedge::net {

namespace {

using variables = proxy_settings::variables;

/// A variable that is set to nothing counts as not set.
std::optional<std::string> text_of(const variables& of, const std::string& name) {
  auto text = of(name);
  if (text && text->empty()) text.reset();
  return text;
}

/// The proxy that the first of these variables names, or none.
result<std::optional<proxy>> first_of(const variables& of, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto text = text_of(of, name);
    if (!text) continue;
    auto read = proxy::parse(*text);
    if (read) return std::optional{std::move(read).value()};
    return error{errc::invalid_config, name + ": " + std::string{read.error().detail()}};
  }
  return std::optional<proxy>{};
}

}  // namespace

// A CGI program finds a client's header "Proxy: …" as HTTP_PROXY in its environment (https://httpoxy.org).
proxy_settings proxy_settings::from_environment(const variables& of) {
  proxy_settings made;
  std::vector<std::string> for_http{"http_proxy"};
  if (!of("REQUEST_METHOD")) for_http.emplace_back("HTTP_PROXY");
  for_http.insert(for_http.end(), {"all_proxy", "ALL_PROXY"});
  made.http_ = first_of(of, for_http);
  made.https_ = first_of(of, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  auto list = text_of(of, "no_proxy");
  if (!list) list = text_of(of, "NO_PROXY");
  if (list) made.except(*list);
  return made;
}

proxy_settings proxy_settings::from_environment() {
  return from_environment([](const std::string& name) -> std::optional<std::string> {
    const char* text = std::getenv(name.c_str());
    if (!text) return std::nullopt;
    return text;
  });
}

proxy_settings& proxy_settings::except(std::string_view list) {
  constexpr std::string_view between = ", \t\r\n";
  while (!list.empty()) {
    const auto begin = list.find_first_not_of(between);
    if (begin == std::string_view::npos) break;
    list.remove_prefix(begin);
    const auto rule = list.substr(0, list.find_first_of(between));
    exceptions_.emplace_back(rule);
    list.remove_prefix(rule.size());
  }
  return *this;
}

result<std::optional<proxy>> proxy_settings::towards(const origin& to) const {
  if (is_loopback(to.host)) return std::optional<proxy>{};
  for (const auto& rule : exceptions_)
    if (is_exempt(to, rule)) return std::optional<proxy>{};
  return to.secure ? https_ : http_;
}

}  // namespace cohedge::net
