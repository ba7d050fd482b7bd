#include "catch.hpp"

#include <cohedge/wire/url.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("parse_url: the parts") {
  struct row {
    std::string text, origin, host, host_header, path, target;
    std::uint16_t port;
  };
  const std::vector<row> rows{
      {"https://api.openai.com/v1", "https://api.openai.com", "api.openai.com", "api.openai.com", "/v1", "/v1", 443},
      {"https://api.openai.com/v1/", "https://api.openai.com", "api.openai.com", "api.openai.com", "/v1", "/v1/", 443},
      {"HTTPS://API.OpenAI.com", "https://api.openai.com", "api.openai.com", "api.openai.com", "", "/", 443},
      {"http://localhost:8080/", "http://localhost:8080", "localhost", "localhost:8080", "", "/", 8080},
      {"http://h:80/a//b///?c/", "http://h", "h", "h", "/a//b", "/a//b///?c/", 80},
      {"https://h:80", "https://h:80", "h", "h:80", "", "/", 80},
      {"http://h:443/x", "http://h:443", "h", "h:443", "/x", "/x", 443},
      {"http://127.0.0.1:00011434/v1", "http://127.0.0.1:11434", "127.0.0.1", "127.0.0.1:11434", "/v1", "/v1", 11434},
      {"http://[::1]:8080/v1", "http://[::1]:8080", "::1", "[::1]:8080", "/v1", "/v1", 8080},
      {"https://[2001:DB8::7:0]", "https://[2001:db8::7:0]", "2001:db8::7:0", "[2001:db8::7:0]", "", "/", 443},
      {"https://[::ffff:192.0.2.1]/", "https://[::ffff:192.0.2.1]", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]", "", "/",
       443},
      {"https://r.azure.com/openai?api-version=2024-10-21", "https://r.azure.com", "r.azure.com", "r.azure.com",
       "/openai", "/openai?api-version=2024-10-21", 443},
      {"https://h?q=/?", "https://h", "h", "h", "", "/?q=/?", 443},
      {"https://h/a%2Fb%3a/model:x;y@1/~", "https://h", "h", "h", "/a%2Fb%3a/model:x;y@1/~", "/a%2Fb%3a/model:x;y@1/~",
       443},
      {"http://my_service.svc-1.local", "http://my_service.svc-1.local", "my_service.svc-1.local",
       "my_service.svc-1.local", "", "/", 80},
  };
  for (const row& r : rows) {
    INFO(r.text);
    const auto got = parse_url(r.text);
    REQUIRE(got);
    CHECK(got.value().origin() == r.origin);
    CHECK(got.value().host == r.host);
    CHECK(got.value().host_header() == r.host_header);
    CHECK(got.value().path == r.path);
    CHECK(got.value().target() == r.target);
    CHECK(got.value().port == r.port);
    CHECK(got.value().secure() == r.origin.starts_with("https"));
  }
}

TEST_CASE("parse_url: what is refused, with what would be right") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "https://api.openai.com"},
      {"api.openai.com/v1", "no scheme"},
      {"//h", "no scheme"},
      {"/v1", "no scheme"},
      {"ftp://h", "https or http"},
      {"ws://h", "https or http"},
      {" https://h", "https or http"},
      {"https:///v1", "no host"},
      {"https://:80", "no host"},
      {"https://h:", "1 to 65535"},
      {"https://h:0", "1 to 65535"},
      {"https://h:65536", "1 to 65535"},
      {"https://h:80x", "1 to 65535"},
      {"https://h:-1", "1 to 65535"},
      {"https://h..x", "letters, digits"},
      {"https://.h", "letters, digits"},
      {"https://h.", "letters, digits"},
      {"https://a b", "letters, digits"},
      {"https://b\xC3\xBC"
       "cher.de",
       "xn--"},
      {"https://a%62", "letters, digits"},
      {"https://a\r\nb/", "letters, digits"},
      {"https://" + std::string(64, 'a'), "letters, digits"},
      {"https://::1/", "brackets"},
      {"https://[::1/", "ends with ]"},
      {"https://[::1]8080", ":port"},
      {"https://[::1%25eth0]", "not an IPv6"},
      {"https://[]", "not an IPv6"},
      {"https://[1:2:3]", "not an IPv6"},
      {"https://[::1::]", "not an IPv6"},
      {"https://[1:2:3:4:5:6:7:8:9]", "not an IPv6"},
      {"https://[:::1]", "not an IPv6"},
      {"https://[1:2:3:4:5:6:7:]", "not an IPv6"},
      {"https://[12345::]", "not an IPv6"},
      {"https://[::256.1.1.1]", "not an IPv6"},
      {"https://[1:2:3:4:5:6:7:1.2.3.4]", "not an IPv6"},
      {"https://h/a b", "%20"},
      {"https://h/a\n", "control"},
      {"https://h/\xC3\xA4", "%XX"},
      {"https://h/<x>", "%XX"},
      {"https://h/%", "two hexadecimal digits"},
      {"https://h/%4", "two hexadecimal digits"},
      {"https://h/%zz", "two hexadecimal digits"},
      {"https://h/#top", "fragment"},
      {"https://h#top", "fragment"},
  };
  for (const auto& [text, hint] : rows) {
    INFO(text);
    const auto got = parse_url(text);
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::invalid_argument);
    CHECK(contains(std::string{got.error().detail()}, hint));
  }
}

TEST_CASE("parse_url: never repeats what may be a secret") {
  for (std::string_view text : {"https://user:sk-secret@h/v1", "https://sk-secret@h", "https://h/?key=sk-secret x",
                                "sk-secret", "https://h:sk-secret", "https://[sk-secret]/"}) {
    const auto got = parse_url(text);
    REQUIRE(got.has_error());
    CHECK(got.error().message().find("secret") == std::string::npos);
  }
}

TEST_CASE("append_path_segment: only what has no meaning in a path stays") {
  std::string path{"/models/"};
  append_path_segment(path, "claude-3-7-sonnet@20250219");
  CHECK(path == "/models/claude-3-7-sonnet@20250219");
  path.clear();
  append_path_segment(path, "a/b:c?d=e&f#g %\xC3\xA9~_.");
  CHECK(path == "a%2Fb%3Ac%3Fd%3De%26f%23g%20%25%C3%A9~_.");
}
