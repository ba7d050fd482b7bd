// nginx between client and origin, HTTP/2 in the clear and over TLS: many streams, few streams, GOAWAY, flow control, refusals.

#include "absent.hpp"
#include "crowd.hpp"
#include "nginx.hpp"
#include "talk.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <map>

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;
using testing::behaviour;
using testing::server_counters;
using testing::server_options;
using testing::server_request;

constexpr auto http2 = net::http_version::http2;

/// In the clear, by prior knowledge, and over TLS, where ALPN must agree on it.
nginx& listening(nginx& server) {
  const bool tls = GENERATE(false, true);
  UNSCOPED_INFO((tls ? "over TLS" : "in the clear"));
  if (tls) server.secure();
  return server.listens("http2");
}

}  // namespace

TEST_CASE("nginx, HTTP/2: whole and streamed answers are those of the origin", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::string buffering = GENERATE(as<std::string>{}, "on", "off");
  CAPTURE(buffering);
  counting_origin origin;
  origin.shape.text("one two three four");
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("proxy_buffering " + buffering + ";").start());
  client us{on.io.get_executor()};

  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(whole_text(provider_at(us, between.where(http2)), "hello")).value() == "one two three four");
    CHECK(on.run(streamed_text(provider_at(us, between.where(http2)), "hello")).value() == "one two three four");
  }
  CHECK(us.open_connections() == 1);
  CHECK(on.origin.counters().requests == 6);
  CHECK(origin.protocols == std::map<std::string, int>{{"HTTP/2.0", 6}});
}

TEST_CASE("nginx, HTTP/2: a dropped stream reaches the origin, its neighbours go on", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  server_options options;
  options.script([](const server_request& asked) {
    if (asked.prompt == "long") return behaviour{}.tokens(100).between_tokens(1h);
    return behaviour{}.text("short");
  });
  stage on{options};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("proxy_buffering off;").start());
  client us{on.io.get_executor()};

  REQUIRE(on.run([&]() -> task<void> {
    auto opening = provider_at(us, between.where(http2)).stream(chat_request{"long"});
    auto stream = co_await std::move(opening);
    if (!stream) co_return std::move(stream).error();
    auto event = co_await stream.value().next();
    if (!event) co_return event.error();
    auto beside = whole_text(provider_at(us, between.where(http2)), "hello");
    const auto text = co_await std::move(beside);
    if (!text) co_return text.error();
    CHECK(text.value() == "short");
    co_return success();
  }()));
  CHECK(on.run(on.origin.until([](const server_counters& seen) { return seen.aborted == 1 && seen.open == 0; })));
  CHECK(on.run(whole_text(provider_at(us, between.where(http2)), "hello")).value() == "short");
  CHECK(us.open_connections() == 1);
}

TEST_CASE("nginx, HTTP/2: hundreds of streams share a connection", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("http2_max_concurrent_streams 1000; keepalive_requests 2000;").start());
  crowd many{on, between.at(http2)};
  many.send(1000, 400, chat_body("hello"));
  CHECK(many.answered == 1000);
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(on.transport().open_connections() == 1);
  CHECK(origin.seen.size() == 1000);
  CHECK(origin.none_doubled());
}

TEST_CASE("nginx, HTTP/2: where it takes few streams the others wait in line", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::size_t connections = GENERATE(as<std::size_t>{}, 1, 2, 256);
  CAPTURE(connections);
  counting_origin origin;
  stage on{origin.options()};
  on.bounds.connections_per_origin = connections;
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("http2_max_concurrent_streams 4;").start());
  crowd many{on, between.at(http2)};
  many.send(500, 90, chat_body("hello"));
  CHECK(many.connections <= static_cast<int>(connections));
  CHECK(many.answered == 500);
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(origin.seen.size() == 500);
  CHECK(origin.none_doubled());
}

TEST_CASE("nginx, HTTP/2: GOAWAY amid the traffic loses and doubles nothing", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const bool large = GENERATE(false, true);
  CAPTURE(large);
  const int count = large ? 250 : 1000;
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("keepalive_requests 50;").start());
  crowd many{on, between.at(http2)};
  many.send(count, 32, chat_body(large ? std::string(100'000, 'x') : "hello"));
  CHECK(many.answered == count);
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(many.connections >= count / 100);
  CHECK(static_cast<int>(origin.seen.size()) == count);
  CHECK(origin.none_doubled());
}

TEST_CASE("nginx, HTTP/2: large requests and answers pass its windows", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::string large(5'000'000, 'x');
  counting_origin origin;
  origin.shape.text(large);
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("client_max_body_size 10m;").start());
  for (const auto& got : on.send_at_once(4, between.at(http2), "POST", "/v1/chat/completions", chat_body(large))) {
    REQUIRE(got);
    CHECK(got.value().status == 200);
    CHECK(got.value().body.find(large) != std::string::npos);
  }
  for (const auto& asked : on.origin.requests()) CHECK(asked.prompt == large);
}

TEST_CASE("nginx, HTTP/2: a refusal before all of the request is sent is what the caller sees",
          "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::size_t size = GENERATE(as<std::size_t>{}, 200'000, 8'000'000);
  CAPTURE(size);
  stage on;
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("client_max_body_size 100k;").start());
  client us{on.io.get_executor()};

  for (int i = 0; i < 5; ++i) {
    const auto got = on.run(whole_text(provider_at(us, between.where(http2)), std::string(size, 'x')));
    REQUIRE(!got);
    CHECK(got.error().status() == 413);
    CHECK(got.error().kind() == error_class::caller_fault);
  }
  CHECK(us.open_connections() == 1);
  CHECK(on.run(whole_text(provider_at(us, between.where(http2)), "hello")));
}

TEST_CASE("nginx, HTTP/2: an answer whose rest is lost is truncated", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  origin.shape.tokens(10).cut_after_tokens(3);
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("proxy_buffering off;").start());
  client us{on.io.get_executor()};
  const auto got = on.run(streamed_text(provider_at(us, between.where(http2)), "hello"));
  REQUIRE(!got);
  CHECK(got.error().kind() == error_class::truncated);
}

TEST_CASE("nginx, HTTP/2: a request that is given up before it has left leaves nothing behind",
          "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(listening(between).with("client_max_body_size 100m; keepalive_requests 100000;").start());
  const auto to = between.at(http2);
  REQUIRE(on.run(on.send(to, "POST", "/v1/chat/completions?first", chat_body("hello"))));

  // While a large body fills the connection the others cannot leave at once.
  std::optional<result<answer>> large;
  spawn(on.io, on.send(to, "POST", "/v1/chat/completions?large", chat_body(std::string(8'000'000, 'x'))),
        [&](result<answer> got) { large.emplace(std::move(got)); });
  // Not too many: nginx takes over 256 new streams in one read for an attack, whether or not they were reset.
  for (int i = 0; i < 200 && !large; ++i) {
    asio::cancellation_signal stop;
    std::optional<error> why;
    spawn(on.io, on.send(to, "POST", "/v1/chat/completions?given-up-" + std::to_string(i), chat_body("hello")),
          asio::bind_cancellation_slot(stop.slot(), [&](result<answer> got) { why = got.error(); }));
    asio::post(on.io, [&] { stop.emit(asio::cancellation_type::terminal); });
    while (!why) on.io.run_one();
    CHECK(why->code() == errc::cancelled);
  }
  while (!large) on.io.run_one();
  INFO((*large ? std::string{} : large->error().message()));
  REQUIRE(*large);
  CHECK(large->value().status == 200);
  CHECK(origin.none_doubled());
  CHECK(on.transport().open_connections() == 1);
}

}  // namespace cohedge::tests
