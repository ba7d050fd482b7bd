// tinyproxy as the way out: CONNECT to an origin with TLS, whole URLs to one without, a password, a policy.

#include "absent.hpp"
#include "crowd.hpp"
#include "server_process.hpp"
#include "talk.hpp"

namespace cohedge::tests {
namespace {

using testing::behaviour;

/// A tinyproxy that lets tunnels through to one port.
class tinyproxy {
 public:
  explicit tinyproxy(std::uint16_t tunnels_to) : tunnels_to_{tunnels_to} {}

  tinyproxy& with(std::string_view line) { return more_.append(line).append("\n"), *this; }
  result<void> start() {
    const auto file = process_.folder().write(
        "tinyproxy.conf", "Port " + std::to_string(process_.port()) +
                              "\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 100\nConnectPort " +
                              std::to_string(tunnels_to_) + "\n" + more_);
    return process_.start({"tinyproxy", "-d", "-c", file});
  }

  net::proxy at() const { return net::proxy{"127.0.0.1", process_.port()}; }

 private:
  server_process process_;
  std::uint16_t tunnels_to_;
  std::string more_;
};

/// An origin with or without TLS, and how it is reached.
class proxied {
 public:
  explicit proxied(bool tls) : on{options(tls)} { folder_.write("ca.pem", on.origin.ca_pem()); }

  net::destination destination(net::proxy through) const {
    net::destination to{net::origin{tls(), "127.0.0.1", on.origin.port()}};
    return to.version(net::http_version::http1).tls(trust()).via(std::move(through));
  }
  endpoint where(net::proxy through) const {
    return endpoint{on.origin.base_url(), "m"}
        .version(net::http_version::http1)
        .tls(trust())
        .via(std::move(through))
        .key(secret{"for-the-origin"});
  }

  counting_origin origin;
  std::vector<std::string> proxy_fields;  // what of the proxy's has reached the origin
  stage on;

 private:
  testing::server_options options(bool tls) {
    auto how = origin.options();
    how.script([this](const testing::server_request& asked) {
      if (const auto field = asked.headers.find("proxy-authorization")) proxy_fields.emplace_back(*field);
      if (asked.header("authorization") != "Bearer for-the-origin") return behaviour{}.status(401);
      return behaviour{}.text("one two three");
    });
    if (tls) how.tls();
    return how;
  }
  bool tls() const { return !on.origin.ca_pem().empty(); }
  net::tls_options trust() const {
    net::tls_options how;
    if (tls()) how.extra_ca_file((folder_.path() / "ca.pem").string());
    return how;
  }

  temporary_folder folder_;
};

net::proxy with_password(net::proxy at, std::string_view user_and_password) {
  return at.credentials(secret{user_and_password});
}

}  // namespace

TEST_CASE("tinyproxy: answers are those of the origin, and its password stays with it", "[servers][tinyproxy]") {
  if (absent("tinyproxy")) return;
  const bool tls = GENERATE(false, true);
  const bool password = GENERATE(false, true);
  CAPTURE(tls, password);
  proxied to{tls};
  tinyproxy between{to.on.origin.port()};
  if (password) between.with("BasicAuth user password");
  REQUIRE(between.start());
  client us{to.on.io.get_executor()};
  const auto through = provider_at(us, to.where(password ? with_password(between.at(), "user:password") : between.at()));
  for (int i = 0; i < 3; ++i) {
    const auto whole = to.on.run(whole_text(through, "hello"));
    INFO((whole ? whole.value() : whole.error().message()));
    REQUIRE(whole);
    CHECK(whole.value() == "one two three");
    CHECK(to.on.run(streamed_text(through, "hello")).value() == "one two three");
  }
  CHECK(to.on.origin.counters().requests == 6);
  CHECK(to.proxy_fields == std::vector<std::string>{});
  if (tls) CHECK(to.on.origin.counters().connections <= 2);  // tunnels are kept
}

TEST_CASE("tinyproxy: without its password there is a credential to put right", "[servers][tinyproxy]") {
  if (absent("tinyproxy")) return;
  const bool tls = GENERATE(false, true);
  const bool wrong = GENERATE(false, true);
  CAPTURE(tls, wrong);
  proxied to{tls};
  tinyproxy between{to.on.origin.port()};
  REQUIRE(between.with("BasicAuth user password").start());
  client us{to.on.io.get_executor()};
  const auto through = provider_at(us, to.where(wrong ? with_password(between.at(), "user:guess") : between.at()));
  const auto got = to.on.run(whole_text(through, "hello"));
  REQUIRE(!got);
  INFO(got.error().message());
  CHECK(got.error().status() == (wrong ? 401 : 407));  // so says tinyproxy
  CHECK(got.error().kind() == error_class::credential);
  CHECK(got.error().message().find("guess") == std::string::npos);
  CHECK(to.on.origin.counters().connections == 0);
}

TEST_CASE("tinyproxy: what its policy refuses does not come about", "[servers][tinyproxy]") {
  if (absent("tinyproxy")) return;
  proxied to{true};
  tinyproxy between{1};
  REQUIRE(between.start());
  client us{to.on.io.get_executor()};
  const auto got = to.on.run(whole_text(provider_at(us, to.where(between.at())), "hello"));
  REQUIRE(!got);
  INFO(got.error().message());
  CHECK(got.error().status() == 403);
  CHECK(got.error().kind() == error_class::connect);
  CHECK(to.on.origin.counters().connections == 0);
}

TEST_CASE("tinyproxy: an origin that is down is a typed error", "[servers][tinyproxy]") {
  if (absent("tinyproxy")) return;
  const bool tls = GENERATE(false, true);
  CAPTURE(tls);
  proxied to{tls};
  tinyproxy between{to.on.origin.port()};
  REQUIRE(between.start());
  to.on.origin.stop();
  client us{to.on.io.get_executor()};
  const auto got = to.on.run(whole_text(provider_at(us, to.where(between.at())), "hello"));
  REQUIRE(!got);
  INFO(got.error().message());
  CHECK(got.error().status() / 100 == 5);
  const bool told_apart = got.error().kind() == (tls ? error_class::connect : error_class::transient);
  CHECK(told_apart);
}

TEST_CASE("tinyproxy: many tunnels at once", "[servers][tinyproxy]") {
  if (absent("tinyproxy")) return;
  const bool tls = GENERATE(false, true);
  CAPTURE(tls);
  stage on{[&] {
    testing::server_options how;
    if (tls) how.tls();
    return how;
  }()};
  temporary_folder folder;
  net::tls_options trust;
  if (tls) trust.extra_ca_file(folder.write("ca.pem", on.origin.ca_pem()));
  tinyproxy between{on.origin.port()};
  REQUIRE(between.start());
  net::destination to{net::origin{tls, "127.0.0.1", on.origin.port()}};
  to.version(net::http_version::http1).tls(trust).via(between.at());
  crowd many{on, to};
  many.send(200, 20, chat_body("hello"));
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(many.answered == 200);
  CHECK(on.origin.counters().requests == 200);
}

}  // namespace cohedge::tests
