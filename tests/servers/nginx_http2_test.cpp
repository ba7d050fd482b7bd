// nginx between client and origin, HTTP/2 in the clear: many streams, few streams, GOAWAY, flow control, refusals.

#include "absent.hpp"
#include "nginx.hpp"
#include "stage.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <map>

namespace cohedge::tests {
namespace {

using namespace std::chrono_literals;
using testing::behaviour;
using testing::server_counters;
using testing::server_options;
using testing::server_request;

net::destination http2(const nginx& at) {
  net::destination to{net::origin{false, "127.0.0.1", at.port()}};
  to.version(net::http_version::http2);
  return to;
}

provider through(client& us, const nginx& at) {
  endpoint where{at.base_url(), "m"};
  where.version(net::http_version::http2);
  return make_provider(us, dialect::openai_chat(), where);
}

/// An origin that says what was asked of nginx, and counts how often it has been asked for each target.
class counting_origin {
 public:
  server_options options() {
    server_options how;
    how.script([this](const server_request& asked) {
      ++seen[asked.target];
      others += asked.header("x-protocol") != "HTTP/2.0";
      return shape;
    });
    return how;
  }
  /// No target was seen twice.
  bool none_doubled() const {
    return std::ranges::all_of(seen, [](const auto& target) { return target.second == 1; });
  }

  behaviour shape;
  std::map<std::string, int> seen;
  int others = 0;  // requests that were not HTTP/2
};

task<std::string> text_of(provider from, std::string prompt, bool streamed) {
  if (!streamed) {
    auto asking = from.complete(chat_request{std::move(prompt)});
    auto got = co_await std::move(asking);
    if (!got) co_return std::move(got).error();
    co_return got.value().text();
  }
  auto opening = from.stream(chat_request{std::move(prompt)});
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  auto collecting = collect(stream.value());
  auto got = co_await std::move(collecting);
  if (!got) co_return std::move(got).error();
  co_return got.value().text();
}

/// `count` requests with a target each, `at_once` of them on their way at any time; with the text of every failure.
class crowd {
 public:
  crowd(stage& on, net::destination to) : on_{on}, to_{std::move(to)} {}

  std::vector<std::string> failures;
  int answered = 0;
  int replayed = 0;
  int connections = 0;

  void send(int count, int at_once, std::string body) {
    int running = 0;
    for (int i = 0; i < at_once; ++i) {
      ++running;
      spawn(on_.io, one_after_the_other(count, body), [&](result<void>) { --running; });
    }
    while (running > 0) on_.io.run_one();
  }

 private:
  task<void> one_after_the_other(int count, std::string body) {
    while (next_ < count) {
      const auto target = "/v1/chat/completions?" + std::to_string(next_++);
      auto sending = with_deadline<answer>(1min, on_.send(to_, "POST", target, body));
      note(co_await std::move(sending));
    }
    co_return success();
  }

  void note(const result<answer>& got) {
    if (!got) {
      failures.push_back(got.error().message());
    } else if (got.value().status != 200) {
      failures.push_back("status " + std::to_string(got.value().status));
    } else {
      ++answered;
      replayed += got.value().replayed;
      connections += got.value().new_connection;
    }
  }

  stage& on_;
  net::destination to_;
  int next_ = 0;
};

}  // namespace

TEST_CASE("nginx, HTTP/2: whole and streamed answers are those of the origin", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::string buffering = GENERATE(as<std::string>{}, "on", "off");
  CAPTURE(buffering);
  counting_origin origin;
  origin.shape.text("one two three four");
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("proxy_buffering " + buffering + ";").start());
  client us{on.io.get_executor()};

  for (int i = 0; i < 3; ++i) {
    CHECK(on.run(text_of(through(us, between), "hello", false)).value() == "one two three four");
    CHECK(on.run(text_of(through(us, between), "hello", true)).value() == "one two three four");
  }
  CHECK(us.open_connections() == 1);
  CHECK(on.origin.counters().requests == 6);
  CHECK(origin.others == 0);
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
  REQUIRE(between.listens("http2").with("proxy_buffering off;").start());
  client us{on.io.get_executor()};

  REQUIRE(on.run([&]() -> task<void> {
    auto opening = through(us, between).stream(chat_request{"long"});
    auto stream = co_await std::move(opening);
    if (!stream) co_return std::move(stream).error();
    auto event = co_await stream.value().next();
    if (!event) co_return event.error();
    auto beside = text_of(through(us, between), "hello", false);
    const auto text = co_await std::move(beside);
    if (!text) co_return text.error();
    CHECK(text.value() == "short");
    co_return success();
  }()));
  CHECK(on.run(on.origin.until([](const server_counters& seen) { return seen.aborted == 1 && seen.open == 0; })));
  CHECK(on.run(text_of(through(us, between), "hello", false)).value() == "short");
  CHECK(us.open_connections() == 1);
}

TEST_CASE("nginx, HTTP/2: hundreds of streams share a connection", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("http2_max_concurrent_streams 1000; keepalive_requests 2000;").start());
  crowd many{on, http2(between)};
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
  REQUIRE(between.listens("http2").with("http2_max_concurrent_streams 4;").start());
  crowd many{on, http2(between)};
  many.send(500, 90, chat_body("hello"));
  CHECK(many.connections <= static_cast<int>(connections));
  CHECK(many.answered == 500);
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(origin.seen.size() == 500);
  CHECK(origin.none_doubled());
}

TEST_CASE("nginx, HTTP/2: GOAWAY amid the traffic loses and doubles nothing", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::string body = GENERATE(chat_body("hello"), chat_body(std::string(100'000, 'x')));
  CAPTURE(body.size());
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("keepalive_requests 50;").start());
  crowd many{on, http2(between)};
  many.send(1000, 32, body);
  CHECK(many.answered == 1000);
  CHECK(many.failures == std::vector<std::string>{});
  CHECK(many.connections >= 10);
  CHECK(origin.seen.size() == 1000);
  CHECK(origin.none_doubled());
}

TEST_CASE("nginx, HTTP/2: large requests and answers pass its windows", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  const std::string large(5'000'000, 'x');
  counting_origin origin;
  origin.shape.text(large);
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("client_max_body_size 10m;").start());
  for (const auto& got : on.send_at_once(4, http2(between), "POST", "/v1/chat/completions", chat_body(large))) {
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
  REQUIRE(between.listens("http2").with("client_max_body_size 100k;").start());
  client us{on.io.get_executor()};

  for (int i = 0; i < 5; ++i) {
    const auto got = on.run(text_of(through(us, between), std::string(size, 'x'), false));
    REQUIRE(!got);
    CHECK(got.error().status() == 413);
    CHECK(got.error().kind() == error_class::caller_fault);
  }
  CHECK(us.open_connections() == 1);
  CHECK(on.run(text_of(through(us, between), "hello", false)));
}

TEST_CASE("nginx, HTTP/2: an answer whose rest is lost is truncated", "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  origin.shape.tokens(10).cut_after_tokens(3);
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("proxy_buffering off;").start());
  client us{on.io.get_executor()};
  const auto got = on.run(text_of(through(us, between), "hello", true));
  REQUIRE(!got);
  CHECK(got.error().kind() == error_class::truncated);
}

TEST_CASE("nginx, HTTP/2: a request that is given up before it has left leaves nothing behind",
          "[servers][nginx][http2]") {
  if (absent("nginx")) return;
  counting_origin origin;
  stage on{origin.options()};
  nginx between{on.origin.port()};
  REQUIRE(between.listens("http2").with("client_max_body_size 100m; keepalive_requests 100000;").start());
  const auto to = http2(between);
  REQUIRE(on.run(on.send(to, "POST", "/v1/chat/completions?first", chat_body("hello"))));

  // While a large body fills the connection the others cannot leave at once.
  std::optional<result<answer>> large;
  spawn(on.io, on.send(to, "POST", "/v1/chat/completions?large", chat_body(std::string(20'000'000, 'x'))),
        [&](result<answer> got) { large.emplace(std::move(got)); });
  for (int i = 0; !large; ++i) {
    asio::cancellation_signal stop;
    std::optional<error> why;
    spawn(on.io, on.send(to, "POST", "/v1/chat/completions?given-up-" + std::to_string(i), chat_body("hello")),
          asio::bind_cancellation_slot(stop.slot(), [&](result<answer> got) { why = got.error(); }));
    asio::post(on.io, [&] { stop.emit(asio::cancellation_type::terminal); });
    while (!why) on.io.run_one();
    CHECK(why->code() == errc::cancelled);
  }
  REQUIRE(*large);
  CHECK(large->value().status == 200);
  CHECK(origin.none_doubled());
  CHECK(on.transport().open_connections() == 1);
}

}  // namespace cohedge::tests
