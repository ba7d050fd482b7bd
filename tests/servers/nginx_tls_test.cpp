// nginx between client and origin, over TLS with an authority of the test's own.

#include "absent.hpp"
#include "crowd.hpp"
#include "nginx.hpp"
#include "talk.hpp"

namespace cohedge::tests {
namespace {

using testing::behaviour;

}  // namespace

TEST_CASE("nginx, TLS: whole and streamed answers are those of the origin", "[servers][nginx][tls]") {
  if (absent("nginx")) return;
  const std::string versions = GENERATE(as<std::string>{}, "TLSv1.2", "TLSv1.3");
  CAPTURE(versions);
  stage on{always(behaviour{}.text("one two three four"))};
  nginx between{on.origin.port()};
  REQUIRE(between.secure().with("ssl_protocols " + versions + ";").start());
  client us{on.io.get_executor()};
  const auto through = provider_at(us, between.where(net::http_version::http1));
  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(whole_text(through, "hello")).value() == "one two three four");
    CHECK(on.run(streamed_text(through, "hello")).value() == "one two three four");
  }
  CHECK(us.open_connections() <= 2);
}

TEST_CASE("nginx, TLS: who does not know the authority does not connect", "[servers][nginx][tls]") {
  if (absent("nginx")) return;
  stage on;
  nginx between{on.origin.port()};
  REQUIRE(between.secure().start());
  client us{on.io.get_executor()};
  const auto got = on.run(whole_text(openai_compatible(us, between.base_url(), "m"), "hello"));
  REQUIRE(!got);
  CHECK(got.error().code() == errc::tls_untrusted);
  CHECK(on.origin.counters().requests == 0);
}

TEST_CASE("nginx, TLS: a refusal before all of the request is sent is what the caller sees", "[servers][nginx][tls]") {
  if (absent("nginx")) return;
  const std::string lingering = GENERATE(as<std::string>{}, "off", "on", "always");
  const std::size_t size = GENERATE(as<std::size_t>{}, 200'000, 8'000'000);
  CAPTURE(lingering, size);
  stage on;
  nginx between{on.origin.port()};
  REQUIRE(between.secure().with("client_max_body_size 100k; lingering_close " + lingering + ";").start());
  client us{on.io.get_executor()};
  const auto through = provider_at(us, between.where(net::http_version::http1));
  for (int i = 0; i < 5; ++i) {
    const auto got = on.run(whole_text(through, std::string(size, 'x')));
    REQUIRE(!got);
    CHECK(got.error().message().find("413") != std::string::npos);
    CHECK(got.error().status() == 413);
    CHECK(got.error().kind() == error_class::caller_fault);
  }
  CHECK(on.origin.counters().requests == 0);
}

TEST_CASE("nginx, TLS: ALPN chooses the version", "[servers][nginx][tls][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  stage on{origin.options()};
  const auto asks = [&](const nginx& between, net::http_version version) {
    return on.run(on.send(between.at(version), "POST", "/v1/chat/completions", chat_body("hello")));
  };
  SECTION("the server speaks both") {
    nginx between{on.origin.port()};
    REQUIRE(between.secure().listens("http2").start());
    CHECK(asks(between, net::http_version::negotiated).value().status == 200);
    CHECK(origin.protocols == std::map<std::string, int>{{"HTTP/2.0", 1}});
    CHECK(asks(between, net::http_version::http1).value().status == 200);
    CHECK(origin.protocols == std::map<std::string, int>{{"HTTP/2.0", 1}, {"HTTP/1.1", 1}});
    CHECK(asks(between, net::http_version::http2).value().status == 200);
    CHECK(origin.protocols == std::map<std::string, int>{{"HTTP/2.0", 2}, {"HTTP/1.1", 1}});
  }
  SECTION("the server speaks HTTP/1.1") {
    nginx between{on.origin.port()};
    REQUIRE(between.secure().start());
    CHECK(asks(between, net::http_version::negotiated).value().status == 200);
    CHECK(origin.protocols == std::map<std::string, int>{{"HTTP/1.1", 1}});
    const auto refused = asks(between, net::http_version::http2);
    REQUIRE(!refused);
    CHECK(refused.error().code() == errc::tls_failed);
  }
}

}  // namespace cohedge::tests
