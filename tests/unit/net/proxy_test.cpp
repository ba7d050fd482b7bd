#include <cohedge/net/proxy_settings.hpp>

#include "catch.hpp"

#include <map>

namespace cohedge::tests {
namespace {

using net::proxy;
using net::proxy_settings;

TEST_CASE("a proxy's URL", "[net][proxy]") {
  struct row {
    const char* text;
    const char* host;
    int port;
    const char* credentials;
  };
  const auto good = GENERATE(
      row{"http://proxy.test:3128", "proxy.test", 3128, ""}, row{"HTTP://Proxy.Test:3128/", "proxy.test", 3128, ""},
      row{"http://proxy.test", "proxy.test", 80, ""}, row{"proxy.test:8080", "proxy.test", 8080, ""},
      row{"proxy.test", "proxy.test", 1080, ""}, row{"10.0.0.1:80", "10.0.0.1", 80, ""},
      row{"http://[::1]:3128", "::1", 3128, ""}, row{"[::1]", "::1", 1080, ""},
      row{"http://me:secret@proxy.test:3128", "proxy.test", 3128, "me:secret"},
      row{"me:secret@proxy.test", "proxy.test", 1080, "me:secret"}, row{"http://me@proxy.test", "proxy.test", 80, "me:"},
      row{"http://m%40e:a%3Ab%2Fc:d@proxy.test", "proxy.test", 80, "m@e:a:b/c:d"},
      row{"http://me:p@ss@proxy.test", "proxy.test", 80, "me:p@ss"},
      row{"http://me:%C3%A4@proxy.test", "proxy.test", 80, "me:\xc3\xa4"});
  CAPTURE(good.text);
  const auto read = proxy::parse(good.text);
  REQUIRE(read);
  CHECK(read->host() == good.host);
  CHECK(read->port() == good.port);
  CHECK(read->credentials().expose() == good.credentials);
}

TEST_CASE("what is no proxy's URL is refused, and the credentials in it are not shown", "[net][proxy]") {
  struct row {
    const char* text;
    const char* said;
  };
  const auto bad = GENERATE(
      row{"https://me:hunter2@proxy.test", "https://) is not supported"}, row{"socks5://me:hunter2@p", "SOCKS"},
      row{"SOCKS5H://p", "SOCKS"}, row{"socks4a://p", "SOCKS"}, row{"ftp://me:hunter2@p", "http://host:port"},
      row{"http://me:hunter2@p/path", "follows"}, row{"http://me:hunter2/@p", "%2F"}, row{"http://me:hunter2?@p", "%3F"},
      row{"http://me:hunter2@p:0", "port"}, row{"http://me:hunter2@p:99999", "port"}, row{"http://me:hunter2@", "host"},
      row{"http://me:hunter2%4@p", "%XX"}, row{"http://me:hunter2%0d%0a@p", "%XX"}, row{"http://m%3Ae:hunter2@p", "colon"},
      row{"http://::1:3128", "brackets"}, row{"", "host"}, row{"http://", "host"}, row{"a b", "host"});
  CAPTURE(bad.text);
  const auto read = proxy::parse(bad.text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code() == errc::invalid_config);
  CHECK(read.error().detail().find(bad.said) != std::string_view::npos);
  CHECK(read.error().message().find("hunter2") == std::string::npos);
}

/// The host of the proxy, "" for none, "!" and the text for an error.
std::string towards(const std::map<std::string, std::string>& variables, const net::origin& to) {
  const auto settings = proxy_settings::from_environment([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
  const auto chosen = settings.towards(to);
  if (!chosen) return "!" + std::string{chosen.error().detail()};
  return chosen.value() ? chosen.value()->host() : "";
}

const net::origin https{true, "api.test", 443};
const net::origin http{false, "api.test", 80};

TEST_CASE("which variable names the proxy", "[net][proxy]") {
  using variables = std::map<std::string, std::string>;
  struct row {
    variables set;
    const char *for_https, *for_http;
  };
  const auto expected = GENERATE(
      row{variables{}, "", ""}, row{variables{{"HTTPS_PROXY", "a"}}, "a", ""}, row{variables{{"https_proxy", "a"}}, "a", ""},
      row{variables{{"https_proxy", "a"}, {"HTTPS_PROXY", "b"}}, "a", ""},
      row{variables{{"https_proxy", ""}, {"HTTPS_PROXY", "b"}}, "b", ""}, row{variables{{"HTTP_PROXY", "a"}}, "", "a"},
      row{variables{{"http_proxy", "a"}}, "", "a"}, row{variables{{"ALL_PROXY", "a"}}, "a", "a"},
      row{variables{{"all_proxy", "a"}, {"https_proxy", "b"}}, "b", "a"},
      row{variables{{"ALL_PROXY", "a"}, {"HTTP_PROXY", "b"}}, "a", "b"},
      row{variables{{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "GET"}}, "", ""},
      row{variables{{"http_proxy", "a"}, {"REQUEST_METHOD", "GET"}}, "", "a"},
      row{variables{{"HTTP_PROXY", "evil"}, {"ALL_PROXY", "a"}, {"REQUEST_METHOD", ""}}, "a", "a"});
  CHECK(towards(expected.set, https) == expected.for_https);
  CHECK(towards(expected.set, http) == expected.for_http);
}

TEST_CASE("a variable that names no proxy is an error for those it is for", "[net][proxy]") {
  const std::map<std::string, std::string> set{{"HTTPS_PROXY", "socks5://me:hunter2@p"}, {"http_proxy", "a"}};
  const auto said = towards(set, https);
  CHECK(said.starts_with("!HTTPS_PROXY: "));
  CHECK(said.find("hunter2") == std::string::npos);
  CHECK(towards(set, http) == "a");
  CHECK(towards(set, {true, "localhost", 443}).empty());
}

TEST_CASE("the rules of NO_PROXY", "[net][proxy]") {
  struct row {
    const char *list, *host;
    int port;
    bool direct;
  };
  const auto rule = GENERATE(
      row{"*", "api.test", 443, true}, row{"", "api.test", 443, false}, row{",, ,", "api.test", 443, false},
      row{"api.test", "api.test", 443, true}, row{"API.Test", "api.test", 443, true},
      row{"api.test.", "api.test", 443, true}, row{"api.test", "api.test.", 443, true},
      row{"test", "api.test", 443, true}, row{".test", "api.test", 443, true}, row{"*.test", "api.test", 443, true},
      row{".api.test", "api.test", 443, true}, row{"pi.test", "api.test", 443, false},
      row{"v1.api.test", "api.test", 443, false}, row{"api.test.com", "api.test", 443, false},
      row{"api.test:443", "api.test", 443, true}, row{"api.test:8443", "api.test", 443, false},
      row{".test:443", "api.test", 443, true}, row{"a.b,api.test", "api.test", 443, true},
      row{"a.b api.test", "api.test", 443, true}, row{" a.b , api.test ", "api.test", 443, true},
      row{"10.0.0.1", "10.0.0.1", 443, true}, row{"10.0.0.1:80", "10.0.0.1", 443, false},
      row{"0.0.1", "10.0.0.1", 443, false}, row{"10.0.0.0/8", "10.1.2.3", 443, true},
      row{"10.0.0.0/8", "11.1.2.3", 443, false}, row{"10.1.2.4/31", "10.1.2.5", 443, true},
      row{"10.1.2.4/31", "10.1.2.6", 443, false}, row{"0.0.0.0/0", "10.1.2.6", 443, true},
      row{"10.0.0.0/33", "10.0.0.0", 443, false}, row{"10.0.0.0/", "10.0.0.0", 443, false},
      row{"10.0.0.0/8", "api.test", 443, false}, row{"fd00::/8", "fd00::1", 443, true},
      row{"fd00::/8", "fe00::1", 443, false}, row{"fd00::/8", "10.0.0.1", 443, false},
      row{"::2", "::2", 443, true}, row{"[::2]", "::2", 443, true}, row{"[::2]:443", "::2", 443, true},
      row{"[::2]:80", "::2", 443, false}, row{"0:0:0:0:0:0:0:2", "::2", 443, true}, row{".", "api.test", 443, false},
      row{":443", "api.test", 443, false}, row{"/", "api.test", 443, false});
  CAPTURE(rule.list, rule.host);
  const net::origin to{true, rule.host, static_cast<std::uint16_t>(rule.port)};
  const std::string chosen = rule.direct ? "" : "p";
  CHECK(towards({{"ALL_PROXY", "p"}, {"NO_PROXY", rule.list}}, to) == chosen);
  CHECK(towards({{"ALL_PROXY", "p"}, {"no_proxy", rule.list}, {"NO_PROXY", "x"}}, to) == chosen);
}

TEST_CASE("a loopback host never goes through a proxy", "[net][proxy]") {
  const auto host = GENERATE(as<std::string>{}, "localhost", "LOCALHOST", "localhost.", "llm.localhost", "127.0.0.1",
                             "127.9.9.9", "::1");
  CAPTURE(host);
  CHECK(towards({{"ALL_PROXY", "p"}}, {true, host, 443}).empty());
  CHECK(towards({{"ALL_PROXY", "p"}}, {false, host, 80}).empty());
  const auto other = GENERATE(as<std::string>{}, "mylocalhost", "localhost.test", "128.0.0.1", "::2");
  CHECK(towards({{"ALL_PROXY", "p"}}, {true, other, 443}) == "p");
}

TEST_CASE("proxies may be set by hand", "[net][proxy]") {
  proxy_settings rules;
  CHECK_FALSE(rules.towards(https).value());
  rules.https(proxy{"a", 1}).http(proxy{"b", 2}).except("x.test");
  CHECK(rules.towards(https).value()->host() == "a");
  CHECK(rules.towards(http).value()->host() == "b");
  CHECK_FALSE(rules.towards({true, "x.test", 443}).value());
}

}  // namespace
}  // namespace cohedge::tests
