// haproxy between client and origin, HTTP/1.1 and HTTP/2 in the clear: its own error pages, its clocks, its soft end.

#include "absent.hpp"
#include "crowd.hpp"
#include "server_process.hpp"
#include "talk.hpp"

#include <cohedge/async/sleep.hpp>

#include <signal.h>

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;
using net::http_version;
using testing::behaviour;

/// A haproxy that passes everything on to an origin.
class haproxy {
 public:
  haproxy(std::uint16_t origin_port, http_version version) : origin_port_{origin_port}, version_{version} {}

  /// Lines of the section `defaults`: clocks, options.
  haproxy& with(std::string_view line) { return defaults_.append("  ").append(line).append("\n"), *this; }
  haproxy& with_global(std::string_view line) { return global_.append("  ").append(line).append("\n"), *this; }

  result<void> start() {
    const auto file = process_.folder().write("haproxy.cfg", configuration());
    return process_.start({"haproxy", "-db", "-f", file});  // -db: in the foreground
  }
  /// Takes no further connection, and ends when the last one has ended.
  void end_softly() const noexcept { process_.signal(SIGUSR1); }

  net::destination at() const { return plain(process_.port(), version_); }
  endpoint where() const {
    return endpoint{"http://127.0.0.1:" + std::to_string(process_.port()) + "/v1", "m"}.version(version_);
  }

 private:
  std::string configuration() const {
    const std::string address = "127.0.0.1:";
    return "global\n" + global_ + "defaults\n  mode http\n  timeout connect 5s\n  timeout client 1m\n" +
           "  timeout server 1m\n" + defaults_ + "frontend clients\n  bind " + address + std::to_string(process_.port()) +
           (version_ == http_version::http2 ? " proto h2" : "") +
           "\n  default_backend origin\nbackend origin\n  server origin " + address + std::to_string(origin_port_) + "\n";
  }

  server_process process_;
  std::uint16_t origin_port_;
  http_version version_;
  std::string global_;
  std::string defaults_;
};

http_version each_version() { return GENERATE(http_version::http1, http_version::http2); }

}  // namespace

TEST_CASE("haproxy: whole and streamed answers are those of the origin", "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  stage on{always(behaviour{}.text("one two three four"))};
  haproxy between{on.origin.port(), version};
  REQUIRE(between.start());
  client us{on.io.get_executor()};
  const auto through = provider_at(us, between.where());
  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(whole_text(through, "hello")).value() == "one two three four");
    CHECK(on.run(streamed_text(through, "hello")).value() == "one two three four");
  }
  CHECK(us.open_connections() <= 2);
}

TEST_CASE("haproxy: its own error pages are typed errors", "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  stage on{always(behaviour{}.after(1h))};
  haproxy between{on.origin.port(), version};
  int status = 0;
  SECTION("503: the origin is down") {
    status = 503;
    on.origin.stop();
    REQUIRE(between.with("retries 0").start());
  }
  SECTION("504: the origin is silent") {
    status = 504;
    REQUIRE(between.with("timeout server 50ms").start());
  }
  client us{on.io.get_executor()};
  const auto got = on.run(whole_text(provider_at(us, between.where()), "hello"));
  REQUIRE(!got);
  CHECK(got.error().status() == status);
  CHECK(got.error().kind() == error_class::transient);
  CHECK(got.error().detail().find('<') == std::string_view::npos);
}

TEST_CASE("haproxy: a stream that it cuts is truncated", "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  stage on{always(behaviour{}.tokens(10).stall_after_tokens(3))};
  haproxy between{on.origin.port(), version};
  REQUIRE(between.with("timeout server 100ms").start());
  client us{on.io.get_executor()};
  const auto got = on.run(streamed_text(provider_at(us, between.where()), "hello"));
  REQUIRE(!got);
  CHECK(got.error().kind() == error_class::truncated);
}

TEST_CASE("haproxy: a 408 that nobody asked for is not taken for the answer to the next request",
          "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  stage on;
  haproxy between{on.origin.port(), version};
  REQUIRE(between.with("timeout client 50ms").with("timeout http-request 50ms").start());
  const auto pool = on.transport().pool(between.at());
  REQUIRE(on.run(on.transport().warm_up(*pool)));
  CHECK(on.transport().idle_connections() == 1);
  REQUIRE(on.run(sleep_for(200ms)));
  const auto got = on.run(on.send(between.at(), "POST", "/v1/chat/completions", chat_body("hello")));
  REQUIRE(got);
  CHECK(got.value().status == 200);
  CHECK(got.value().new_connection);
}

TEST_CASE("haproxy: hundreds of requests at once, each answered once", "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  counting_origin origin;
  stage on{origin.options()};
  haproxy between{on.origin.port(), version};
  REQUIRE(between.with_global("tune.h2.max-concurrent-streams 10").start());
  crowd many{on, between.at()};
  many.send(600, 100, chat_body("hello"));
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(many.answered == 600);
  CHECK(origin.seen.size() == 600);
  CHECK(origin.none_doubled());
}

TEST_CASE("haproxy: its soft end amid the traffic loses and doubles nothing", "[servers][haproxy]") {
  if (absent("haproxy")) return;
  const auto version = each_version();
  CAPTURE(version);
  counting_origin origin;
  stage on{origin.options()};
  haproxy between{on.origin.port(), version};
  REQUIRE(between.start());
  crowd many{on, between.at()};
  many.start(400, 16, chat_body("hello"));
  while (many.answered < 100) on.io.run_one();
  between.end_softly();
  many.finish();
  CHECK(many.answered >= 100);
  CHECK(many.answered + static_cast<int>(many.failures.size()) == 400);
  CHECK(origin.none_doubled());
  for (const auto& why : many.errors) {
    CAPTURE(why.message());
    const bool expected = why.kind() == error_class::connect || why.kind() == error_class::transport;
    CHECK(expected);
  }
}

}  // namespace cohedge::tests
