// nginx between client and origin, HTTP/1.1 in the clear: answers, streams, connections that end, errors of its own.

#include "absent.hpp"
#include "nginx.hpp"
#include "stage.hpp"
#include "talk.hpp"

#include <cohedge/async/sleep.hpp>

#include <fstream>
#include <map>

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;
constexpr auto http1 = net::http_version::http1;
using testing::behaviour;
using testing::server_counters;
using testing::server_options;
using testing::server_request;

}  // namespace

TEST_CASE("nginx, HTTP/1.1: whole and streamed answers are those of the origin", "[servers][nginx]") {
  if (absent("nginx")) return;
  const std::string buffering = GENERATE(as<std::string>{}, "on", "off");
  CAPTURE(buffering);
  stage on{always(behaviour{}.text("one two three four"))};
  nginx between{on.origin.port()};
  REQUIRE(between.with("proxy_buffering " + buffering + ";").start());
  client us{on.io.get_executor()};
  const auto through = openai_compatible(us, between.base_url(), "m");

  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(whole_text(through, "hello")).value() == "one two three four");
    CHECK(on.run(streamed_text(through, "hello")).value() == "one two three four");
  }
  CHECK(us.open_connections() <= 2);  // a stream's end may still be on its way when the next request goes out
  CHECK(on.origin.counters().requests == 6);
}

TEST_CASE("nginx, HTTP/1.1: a stream arrives word by word, and dropping it reaches the origin", "[servers][nginx]") {
  if (absent("nginx")) return;
  stage on{always(behaviour{}.tokens(100).between_tokens(1h))};
  nginx between{on.origin.port()};
  REQUIRE(between.with("proxy_buffering off;").start());
  client us{on.io.get_executor()};

  REQUIRE(on.run(first_word(openai_compatible(us, between.base_url(), "m"))));
  CHECK(on.run(on.origin.until([](const server_counters& seen) { return seen.aborted == 1 && seen.open == 0; })));
}

TEST_CASE("nginx, HTTP/1.1: every keepalive_requests requests there is a new connection", "[servers][nginx]") {
  if (absent("nginx")) return;
  stage on;
  nginx between{on.origin.port()};
  REQUIRE(between.with("keepalive_requests 5;").start());

  int opened = 0;
  for (int i = 0; i < 40; ++i) {
    const auto got = on.run(on.send(between.at(http1), "POST", "/v1/chat/completions", chat_body("hello")));
    REQUIRE(got);
    CHECK(got.value().status == 200);
    CHECK_FALSE(got.value().replayed);
    opened += got.value().new_connection;
  }
  CHECK(opened == 8);
  CHECK(on.origin.counters().requests == 40);
}

namespace {

/// Requests that meet nginx just as it closes their connection for having been idle.
class idle_race {
 public:
  explicit idle_race(std::string method) : method_{std::move(method)} {}

  int answered = 0;
  int failed = 0;
  std::map<std::string, int> seen;  // at the origin

  void run() {
    server_options options;
    options.script([this](const server_request& asked) {
      ++seen[asked.target];
      return behaviour{};
    });
    stage on{std::move(options)};
    on.bounds.idle_per_origin = racers;
    nginx between{on.origin.port()};
    REQUIRE(between.with("keepalive_timeout 50ms;").start());
    int ended = 0;
    for (int i = 0; i < racers; ++i)
      spawn(on.io, race(on, between.at(http1), i), [&](result<void>) { ++ended; });
    while (ended < racers) on.io.run_one();
  }

  static constexpr int racers = 20;
  static constexpr int rounds = 25;

 private:
  /// The same time after every answer, a little later for each racer: from well before the close to well after it.
  task<void> race(stage& on, net::destination to, int number) {
    for (int round = 0; round < rounds; ++round) {
      const auto target = "/v1/models?" + std::to_string(number * rounds + round);
      auto sending = on.send(to, method_, target);
      const auto got = co_await std::move(sending);
      note(got);
      auto waiting = sleep_for(45ms + 500us * number);
      co_await std::move(waiting);
    }
    co_return success();
  }

  void note(const result<answer>& got) {
    if (got) {
      CHECK(got.value().status / 100 != 5);
      ++answered;
      return;
    }
    ++failed;
    CHECK(got.error().kind() == error_class::transport);
    const bool gone = got.error().code() == errc::connection_reset || got.error().code() == errc::connection_closed;
    CHECK(gone);
  }

  std::string method_;
};

}  // namespace

TEST_CASE("nginx, HTTP/1.1: requests race with the close of idle connections: none is doubled", "[servers][nginx]") {
  if (absent("nginx")) return;
  const std::string method = GENERATE(as<std::string>{}, "GET", "POST");
  CAPTURE(method);
  idle_race race{method};
  race.run();
  CHECK(race.answered + race.failed == idle_race::racers * idle_race::rounds);
  for (const auto& [target, times] : race.seen) CHECK(times == 1);
  CHECK(static_cast<int>(race.seen.size()) >= race.answered);
  if (method == "GET") CHECK(race.failed == 0);  // may be sent twice, so it is
}

TEST_CASE("nginx, HTTP/1.1: a refusal before all of the request is sent is what the caller sees", "[servers][nginx]") {
  if (absent("nginx")) return;
  const std::string lingering = GENERATE(as<std::string>{}, "off", "on", "always");
  const std::size_t size = GENERATE(as<std::size_t>{}, 200'000, 8'000'000);
  CAPTURE(lingering, size);
  stage on;
  nginx between{on.origin.port()};
  REQUIRE(between.with("client_max_body_size 100k; lingering_close " + lingering + ";").start());
  client us{on.io.get_executor()};
  const auto through = openai_compatible(us, between.base_url(), "m");

  for (int i = 0; i < 5; ++i) {
    const auto got = on.run(whole_text(through, std::string(size, 'x')));
    REQUIRE(!got);
    CHECK(got.error().status() == 413);
    CHECK(got.error().kind() == error_class::caller_fault);
  }
  CHECK(on.origin.counters().requests == 0);
}

TEST_CASE("nginx, HTTP/1.1: its own error pages are typed errors", "[servers][nginx]") {
  if (absent("nginx")) return;
  stage on{always(behaviour{}.after(1h))};
  nginx between{on.origin.port()};
  int status = 0;
  SECTION("502: the origin is down") {
    status = 502;
    REQUIRE(between.start());
    on.origin.stop();
  }
  SECTION("503: out of service") {
    status = 503;
    REQUIRE(between.with("if ($request_method = POST) { return 503; }").start());
  }
  SECTION("504: the origin is silent") {
    status = 504;
    REQUIRE(between.with("proxy_read_timeout 50ms;").start());
  }
  client us{on.io.get_executor()};
  const auto got = on.run(whole_text(openai_compatible(us, between.base_url(), "m"), "hello"));
  REQUIRE(!got);
  CHECK(got.error().status() == status);
  CHECK(got.error().code() == errc::http_status);
  CHECK(got.error().kind() == error_class::transient);
  CHECK(got.error().detail().find('<') == std::string_view::npos);  // what the page says, without its HTML
}

TEST_CASE("nginx, HTTP/1.1: an answer whose rest is lost is truncated", "[servers][nginx]") {
  if (absent("nginx")) return;
  SECTION("the origin closes") {
    stage on{always(behaviour{}.tokens(10).cut_after_tokens(3))};
    nginx between{on.origin.port()};
    REQUIRE(between.with("proxy_buffering off;").start());
    client us{on.io.get_executor()};
    const auto got = on.run(streamed_text(openai_compatible(us, between.base_url(), "m"), "hello"));
    REQUIRE(!got);
    CHECK(got.error().kind() == error_class::truncated);
  }
  SECTION("nginx ends") {
    stage on{always(behaviour{}.tokens(100).between_tokens(1h))};
    nginx between{on.origin.port()};
    REQUIRE(between.with("proxy_buffering off;").start());
    client us{on.io.get_executor()};
    auto outcome = on.run([&]() -> task<std::string> {
      auto opening = openai_compatible(us, between.base_url(), "m").stream(chat_request{"hello"});
      auto stream = co_await std::move(opening);
      if (!stream) co_return std::move(stream).error();
      between.stop();
      auto collecting = collect(stream.value());
      auto got = co_await std::move(collecting);
      if (!got) co_return std::move(got).error();
      co_return got.value().text();
    }());
    REQUIRE(!outcome);
    CHECK(outcome.error().kind() == error_class::truncated);
  }
}

TEST_CASE("nginx, HTTP/1.1: two connections serve a hundred requests at once", "[servers][nginx]") {
  if (absent("nginx")) return;
  stage on;
  on.bounds.connections_per_origin = 2;
  nginx between{on.origin.port()};
  REQUIRE(between.start());
  for (const auto& got : on.send_at_once(100, between.at(http1), "POST", "/v1/chat/completions", chat_body("hello"))) {
    REQUIRE(got);
    CHECK(got.value().status == 200);
  }
  CHECK(on.transport().open_connections() == 2);
  CHECK(on.origin.counters().requests == 100);
}

TEST_CASE("nginx, HTTP/1.1: answers that it compresses are read", "[servers][nginx]") {
  if (absent("nginx")) return;
  const std::size_t size = GENERATE(as<std::size_t>{}, 10, 1'000'000);
  CAPTURE(size);
  const std::string text(size, 'x');
  stage on{always(behaviour{}.text(text))};
  nginx between{on.origin.port()};
  const auto codings = between.folder().path() / "codings";
  REQUIRE(between.with("gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;")
              .with("access_log " + codings.string() + " coding;")
              .start());
  client us{on.io.get_executor()};
  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(whole_text(openai_compatible(us, between.base_url(), "m"), "hello")).value() == text);
    CHECK(on.run(streamed_text(openai_compatible(us, between.base_url(), "m"), "hello")).value() == text);
  }
  CHECK(us.open_connections() <= 2);
  between.stop();
  std::ifstream file{codings};
  std::map<std::string, int> seen;
  for (std::string line; std::getline(file, line);) ++seen[line];
  CHECK(seen == std::map<std::string, int>{{"200 gzip", 3}, {"200 -", 3}});  // streams are not to be compressed
}

}  // namespace cohedge::tests
