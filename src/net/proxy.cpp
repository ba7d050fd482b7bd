#include <cohedge/net/destination.hpp>

#include <cohedge/wire/header.hpp>
#include <cohedge/wire/url.hpp>

#include <cstring>
#include <optional>

namespace cohedge::net {

namespace {

using wire::equals_ignore_case;

error refuse(std::string_view why) { return {errc::invalid_config, std::string{"proxy: "}.append(why)}; }

result<void> check_scheme(std::string_view scheme) {
  if (equals_ignore_case(scheme, "http")) return success();
  if (equals_ignore_case(scheme, "https"))
    return refuse("TLS to the proxy itself (https://) is not supported; http:// is, and what goes through it to an "
                  "https origin is TLS from end to end");
  if (equals_ignore_case(scheme.substr(0, 5), "socks"))
    return refuse("SOCKS is not supported; an HTTP proxy is: http://host:port");
  return refuse("only HTTP proxies are supported: http://host:port");
}

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends `text` with its escapes (%40) resolved. False: one of them is wrong, or a control came out.
bool unescape(std::string_view text, std::string& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return false;
      c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    to.push_back(c);
  }
  return true;
}

/// "user:password" as RFC 7617 wants it.
result<secret> read_credentials(std::string_view text) {
  const auto colon = text.find(':');
  const auto user = text.substr(0, colon);
  const auto password = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  std::string both;
  both.reserve(text.size() + 1);  // a buffer that grew would leave a copy behind
  bool good = unescape(user, both) && both.find(':') == std::string::npos;
  both.push_back(':');
  good = good && unescape(password, both);
  secret made{good ? std::string_view{both} : std::string_view{}};
  explicit_bzero(both.data(), both.size());
  if (!good)
    return refuse("user and password are written with %XX for what is no letter or digit; the user may not have a colon");
  return made;
}

bool has_port(std::string_view host_and_port) {
  const auto bracket = host_and_port.rfind(']');
  return host_and_port.find(':', bracket == std::string_view::npos ? 0 : bracket) != std::string_view::npos;
}

}  // namespace

result<proxy> proxy::parse(std::string_view url) {
  constexpr std::uint16_t port_without_scheme = 1080;
  const auto scheme_end = url.find("://");
  const bool has_scheme = scheme_end != std::string_view::npos;
  if (has_scheme) {
    if (auto checked = check_scheme(url.substr(0, scheme_end)); !checked) return std::move(checked).error();
    url.remove_prefix(scheme_end + 3);
  }
  auto authority = url.substr(0, url.find_first_of("/?#"));
  if (const auto rest = url.substr(authority.size()); !rest.empty() && rest != "/")
    return refuse("nothing follows host and port; / ? # in a password are written %2F %3F %23");
  secret credentials;
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    auto read = read_credentials(authority.substr(0, at));
    if (!read) return std::move(read).error();
    credentials = std::move(read).value();
    authority.remove_prefix(at + 1);
  }
  const auto where = wire::parse_url("http://" + std::string{authority});
  if (!where) return refuse(where.error().detail());
  const auto port = has_scheme || has_port(authority) ? where.value().port : port_without_scheme;
  proxy made{where.value().host, port};
  made.credentials(std::move(credentials));
  return made;
}

}  // namespace cohedge::net
