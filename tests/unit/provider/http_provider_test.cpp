// A whole client over a scripted network under virtual time: providers, streams, clocks, pool, losers, secrets.

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::framing;
using testing::recorded_request;
using testing::scripted_network;
using testing::scripted_response;
using testing::script_end;
using testing::virtual_context;

namespace {

constexpr std::string_view key = "sk-very-secret-key-1234";

std::string answer(std::string_view text) {
  return R"({"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":")" + std::string{text} +
         R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}})";
}

std::string chunk(std::string_view text) {
  return R"({"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":")" + std::string{text} +
         R"("},"finish_reason":null}]})";
}
const std::string role_chunk = R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})";
const std::string finish_chunk = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";

/// A client on a scripted network, with one provider "p" at http://p.test/v1.
struct world {
  explicit world(scripted_network::request_function script, plan::clock_limits clocks = {}, limits bounds = {}) {
    network.on_request(std::move(script));
    client_options options;
    options.network(network.connector());
    options.clocks(clocks).bounds(bounds);
    client.emplace(time.get_executor(), std::move(options));
  }

  provider at(std::string host, std::string name) {
    endpoint where{"http://" + host + "/v1", "m"};
    where.name(std::move(name));
    where.key(secret{key});
    return make_provider(*client, dialect::openai_chat(), std::move(where));
  }
  provider p() { return at("p.test", "p"); }

  template <class T>
  result<T> play(task<T> work) {
    std::optional<result<T>> got;
    const auto began = time.now();
    spawn(time, std::move(work), [&](result<T> outcome) {
      took = time.now() - began;
      got.emplace(std::move(outcome));
    });
    time.run();
    REQUIRE(got);
    return std::move(*got);
  }

  void nothing_is_left() {
    CHECK(client->running_losers() == 0);
    CHECK(client->open_connections() == client->idle_connections());
    CHECK(network.open_now() == client->open_connections());
    CHECK(network.connecting_now() == 0);
    CHECK(network.bad_requests() == 0);
    CHECK(time.idle());
  }

  virtual_context time;
  scripted_network network;
  std::optional<class client> client;
  duration took{};
};

task<std::string> streamed(provider from, chat_request ask, std::optional<error>* how = nullptr) {
  auto opening = from.stream(std::move(ask));
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  std::string text;
  while (auto event = co_await stream.value().next())
    if (event.value().kind == delta_kind::text) text += event.value().text;
  auto end = stream.value().ended();
  if (!end && !how) co_return end.error();
  if (!end) how->emplace(end.error());
  co_return text;
}

/// printf '{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}' | gzip -n9 | xxd -p
constexpr const char* compressed_answer =
    "1f8b08000000000002030dc8b10d80400805d05d7eed04b78a31e6425028848bd01176d757be02892b7160ec858723e6"
    "cd1805724bb6c480287ac3a5a621e7cb33dcfe8df4853efa03b11525e941000000";

chat_request hello() { return chat_request{"hello"}; }

}  // namespace

TEST_CASE("a whole answer: what is sent, what comes back, the ledger, the kept connection", "[provider]") {
  world w{[](const recorded_request&) {
    return scripted_response{200, answer("hi")}.latency(80ms).header("request-id", "r1").header(
        "x-ratelimit-remaining-requests", "7");
  }};
  auto got = w.play(w.p().complete(hello()));
  REQUIRE(got);
  CHECK(got.value().text() == "hi");
  CHECK(got.value().usage().output == 3);
  CHECK(w.took == 80ms);
  const auto& row = got.value().report().attempts.at(0);
  CHECK(row.provider == "p");
  CHECK(row.status == 200);
  CHECK(row.request_id == "r1");
  REQUIRE(row.rate_limits);
  CHECK(row.rate_limits->requests.remaining == 7U);
  CHECK(row.new_connection);
  CHECK(row.tokens.known == certainty::exact);
  CHECK(w.network.requests().at(0).target == "/v1/chat/completions");
  CHECK(w.network.requests().at(0).header("authorization") == "Bearer " + std::string{key});
  CHECK(w.network.requests().at(0).header("host") == "p.test");

  auto again = w.play(w.p().complete(hello()));
  CHECK_FALSE(again.value().report().attempts.at(0).new_connection);
  CHECK(w.network.opened() == 1);
  w.nothing_is_left();
}

TEST_CASE("a stream: events as they come, usage, and the connection goes back to the pool", "[provider][stream]") {
  world w{[](const recorded_request&) {
    return scripted_response{}.latency(50ms).event(role_chunk).wait(10ms).event(chunk("he")).wait(10ms).event(chunk("llo"))
        .event(finish_chunk).event(R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}})").event("[DONE]");
  }};
  auto got = w.play(streamed(w.p(), hello()));
  REQUIRE(got);
  CHECK(got.value() == "hello");
  CHECK(w.client->idle_connections() == 1);
  w.nothing_is_left();
}

TEST_CASE("a stream cut after content is truncated, before it the next candidate takes over", "[provider][stream]") {
  world w{[](const recorded_request& ask) {
    scripted_response response;
    response.event(role_chunk).event(chunk("half")).wait(1ms).event(chunk(" more")).event("[DONE]");
    if (ask.header("host") == "cut.test") response.reset_after(240);
    if (ask.header("host") == "early.test") response.cut_after(60);
    return response;
  }};
  std::optional<error> how;
  auto chat = route("r").fallback({w.at("early.test", "early"), w.at("cut.test", "cut"), w.p()}).retries(0);
  auto got = w.play(streamed(chat, hello(), &how));
  REQUIRE(got);
  CHECK(got.value() == "half");
  REQUIRE(how);
  CHECK(how->kind() == error_class::truncated);
  CHECK(w.network.requests().size() == 2);
  w.nothing_is_left();
}

TEST_CASE("each of the five clocks stops its phase, with its own error", "[provider][clocks]") {
  plan::clock_limits limits;
  limits.connect(1s).headers(2s).first_content(3s).between_content(4s).total(20s);
  const auto after = [&](scripted_network::request_function script, bool hang_connect = false) {
    world w{std::move(script), limits};
    if (hang_connect) w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.hangs(); });
    std::optional<error> how;
    auto got = w.play(streamed(w.p(), hello(), &how));
    const auto why = got ? how->code() : got.error().code();
    w.nothing_is_left();
    CHECK(w.network.open_now() == 0);
    return std::pair{why, w.took};
  };
  using outcome = std::pair<errc, duration>;
  const auto silent = [](const recorded_request&) { return scripted_response{}.nothing(script_end::hangs); };
  CHECK(after(silent, true) == outcome{errc::connect_timeout, 1s});
  CHECK(after(silent) == outcome{errc::header_timeout, 2s});
  CHECK(after([](const recorded_request&) {
          return scripted_response{}.event(role_chunk).wait(1s).event_lines(": alive\n\n").wait(10s).event(chunk("x"));
        }) == outcome{errc::first_content_timeout, 3s});
  CHECK(after([](const recorded_request&) {
          return scripted_response{}.event(chunk("x")).wait(3s).event_lines(": alive\n\n").wait(3s).event(chunk("y"));
        }) == outcome{errc::between_content_timeout, 4s});
  CHECK(after([](const recorded_request&) {
          scripted_response endless;
          for (int i = 0; i < 10; ++i) endless.event(chunk("x")).wait(3s);
          return endless;
        }) == outcome{errc::total_timeout, 20s});
}

TEST_CASE("the clock of the headers begins when the request goes out, however long connecting took", "[provider][clocks]") {
  plan::clock_limits limits;
  limits.connect(1s).headers(2s);
  world w{[](const recorded_request&) { return scripted_response{}.nothing(script_end::hangs); }, limits};
  w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.after(900ms); });
  const auto got = w.play(streamed(w.p(), hello()));
  CHECK(got.error().code() == errc::header_timeout);
  CHECK(w.took == 2900ms);
}

TEST_CASE("losers of a race are cut off at the socket, at once, and nothing of them is left", "[provider][race]") {
  world w{[](const recorded_request& ask) {
    return scripted_response{200, answer("from " + std::string{ask.header("host")})}.latency(
        ask.header("host") == "fast.test" ? 20ms : 5000ms);
  }};
  auto got = w.play(route("r").race({w.at("slow.test", "slow"), w.at("fast.test", "fast")}).complete(hello()));
  REQUIRE(got);
  CHECK(got.value().text() == "from fast.test");
  CHECK(w.took == 20ms);
  REQUIRE(w.network.opened() == 2);
  for (const auto& connection : w.network.connections())
    if (connection.to.host == "slow.test") {
      CHECK_FALSE(connection.open);
      CHECK(connection.closed - virtual_context::epoch() == 20ms);
    }
  w.nothing_is_left();
}

TEST_CASE("a hedge of streams commits on content, not on headers", "[provider][hedge]") {
  world w{[](const recorded_request& ask) {
    if (ask.header("host") == "lifecycle.test")  // headers and a role frame at once, content never in time
      return scripted_response{}.event(role_chunk).wait(10s).event(chunk("late")).event("[DONE]");
    return scripted_response{}.latency(50ms).event(chunk("in time")).event(finish_chunk).event("[DONE]");
  }};
  auto chat = route("r").hedge({w.at("lifecycle.test", "lifecycle"), w.p()}, 200ms);
  auto got = w.play(streamed(chat, hello()));
  REQUIRE(got);
  CHECK(got.value() == "in time");
  CHECK(w.took == 250ms);
  w.nothing_is_left();
}

TEST_CASE("a request that met a closed connection goes out once more, and that is no retry", "[provider][replay]") {
  world w{[](const recorded_request&) { return scripted_response{200, answer("hi")}; }};
  w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.idle_close(300us); });
  for (int i = 0; i < 2; ++i) REQUIRE(w.play(w.p().complete(hello())));
  REQUIRE(w.play(sleep_for(500us)));  // so short that the pool does not look
  auto second = w.play(w.p().complete(hello()));
  REQUIRE(second);
  CHECK(second.value().report().attempts.size() == 1);
  CHECK(second.value().report().attempts[0].replayed);
  CHECK(w.network.requests().size() == 3);  // the dead connection's server has not seen it
  w.nothing_is_left();
}

TEST_CASE("a request that went out once more says so, whatever came of it", "[provider][replay]") {
  int asked = 0;
  world w{[&](const recorded_request&) {
    if (++asked == 3) return scripted_response{}.nothing(script_end::closes);
    return scripted_response{200, answer("hi")};
  }};
  w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.idle_close(300us); });
  for (int i = 0; i < 2; ++i) REQUIRE(w.play(w.p().complete(hello())));
  REQUIRE(w.play(sleep_for(500us)));
  const auto failed = w.play(w.p().complete(hello()));
  REQUIRE_FALSE(failed);
  REQUIRE(failed.error().attempts().size() == 1);
  CHECK(failed.error().attempts()[0].replayed);
  CHECK(w.network.requests().size() == 3);
}

TEST_CASE("a request that the server may have processed is never sent twice by the transport", "[provider][replay]") {
  world w{[](const recorded_request& ask) {
    if (ask.on_connection == 1) return scripted_response{}.nothing(script_end::closes);
    return scripted_response{200, answer("hi")};
  }};
  REQUIRE(w.play(w.p().complete(hello())));
  auto second = w.play(w.p().complete(hello()));
  CHECK(second.error().kind() == error_class::transport);
  CHECK(w.network.requests().size() == 2);
  w.nothing_is_left();

  world dead{[](const recorded_request&) { return scripted_response{}.nothing(script_end::closes); }};
  auto never = dead.play(route("r").fallback({dead.p()}).retries(0).complete(hello()));
  CHECK(never.error().kind() == error_class::transport);  // a fresh connection: it may have been processed
  CHECK(dead.network.requests().size() == 1);
}

TEST_CASE("a cancelled call closes its connection, wherever it is", "[provider][cancellation]") {
  for (const auto limit : {1ms, 30ms, 60ms, 100ms, 130ms}) {  // connect, headers, stream
    world w{[](const recorded_request&) {
      return scripted_response{}.latency(50ms).event(role_chunk).wait(20ms).event(chunk("x")).wait(50ms).event(chunk("y"))
          .wait(50ms).event("[DONE]");
    }};
    w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.after(20ms); });
    auto got = w.play(with_deadline(duration{limit}, streamed(w.p(), hello())));
    CHECK_FALSE(got);
    CHECK(w.took == limit);
    CHECK(w.network.open_now() == 0);
    w.nothing_is_left();
  }
}

TEST_CASE("a client that is destroyed in the middle of it all leaves nothing behind", "[provider]") {
  world w{[](const recorded_request&) { return scripted_response{}.latency(1h); }};
  auto chat = route("r").race({w.p(), w.at("q.test", "q")});
  bool ended = false;
  spawn(w.time, chat.complete(hello()), [&](result<completion>) { ended = true; });
  w.time.run_for(1s);
  CHECK(w.network.open_now() == 2);
  auto closing = w.play([](class client& c) -> task<void> { co_return co_await c.close(); }(*w.client));
  CHECK(closing);
  auto after = w.play(w.p().complete(hello()));
  CHECK(after.error().code() == errc::closed);
}

TEST_CASE("secrets stay out of errors, and a bad endpoint says what would be right", "[provider][secrets]") {
  world w{[](const recorded_request& ask) {
    return scripted_response{401, R"({"error":{"message":"Incorrect API key provided: )" +
                                      std::string{ask.header("authorization").substr(7)} + " " +
                                      std::string{ask.header("x-gateway-key")} + R"(","code":"invalid_api_key"}})"};
  }};
  endpoint keyed{"http://p.test/v1", "m"};
  keyed.key(secret{key});
  keyed.header("X-Gateway-Key", "gateway-secret-99");
  auto got = w.play(make_provider(*w.client, dialect::openai_chat(), keyed).complete(hello()));
  CHECK(got.error().kind() == error_class::credential);
  CHECK(got.error().message().find("gateway-secret") == std::string::npos);
  CHECK(got.error().message().find(key) == std::string::npos);
  CHECK(got.error().message().find("***") != std::string::npos);
  CHECK(got.error().attempts()[0].detail.find(key) == std::string::npos);

  endpoint bad{"ftp://example", "m"};
  auto refused = w.play(make_provider(*w.client, dialect::openai_chat(), bad).complete(hello()));
  CHECK(refused.error().code() == errc::invalid_argument);
  endpoint split_header{"http://p.test", "m"};
  split_header.header("X-Team", "a\r\nX-Evil: b");
  auto smuggled = w.play(make_provider(*w.client, dialect::openai_chat(), split_header).complete(hello()));
  CHECK(smuggled.error().code() == errc::invalid_argument);
  CHECK(w.network.requests().size() == 1);
}

TEST_CASE("check tells healthy, misconfigured, limited and down apart", "[provider][check]") {
  int status = 200;
  world w{[&](const recorded_request& ask) {
    CHECK(ask.target == "/v1/models");
    return scripted_response{status, R"({"data":[]})"};
  }};
  auto healthy = w.play(w.p().check());
  if (!healthy) FAIL(healthy.error().message());
  status = 401;
  CHECK(w.play(w.p().check()).error().kind() == error_class::credential);
  status = 429;
  CHECK(w.play(w.p().check()).error().kind() == error_class::rate_limited);
  status = 503;
  CHECK(w.play(w.p().check()).error().kind() == error_class::transient);
}

TEST_CASE("a redirect within the origin is followed with method, body and key", "[provider][redirect]") {
  world w{[](const recorded_request& ask) {
    if (ask.target == "/v1/chat/completions")
      return scripted_response{308, "moved"}.header("Location", "http://p.test/v2/chat?x=1");
    if (ask.target == "/v2/chat?x=1") return scripted_response{307, "moved"}.header("Location", "/v3/chat");
    return scripted_response{200, answer("hi")};
  }};
  auto got = w.play(w.p().complete(hello()));
  REQUIRE(got);
  CHECK(got.value().text() == "hi");
  REQUIRE(w.network.requests().size() == 3);
  const auto& last = w.network.requests()[2];
  CHECK(last.target == "/v3/chat");
  CHECK(last.method == "POST");
  CHECK(last.body == w.network.requests()[0].body);
  CHECK(last.header("authorization") == "Bearer " + std::string{key});
  w.nothing_is_left();
}

TEST_CASE("a redirect's target is asked for as it was written, but for its fragment", "[provider][redirect]") {
  const auto [location, target] = GENERATE(table<std::string, std::string>({{"http://p.test/v2/?x=1#top", "/v2/?x=1"},
                                                                            {"http://p.test", "/"},
                                                                            {"/v2//", "/v2//"},
                                                                            {"/v2?#top", "/v2?"},
                                                                            {"/v2?f={x}|%", "/v2?f={x}|%"}}));
  world w{[&, to = location](const recorded_request& ask) {
    if (ask.target == "/v1/chat/completions") return scripted_response{307, "moved"}.header("Location", to);
    return scripted_response{200, answer("hi")};
  }};
  CHECK(w.play(w.p().complete(hello())));
  REQUIRE(w.network.requests().size() == 2);
  CHECK(w.network.requests()[1].target == target);
}

TEST_CASE("no other redirect is followed", "[provider][redirect]") {
  const auto [status, location] = GENERATE(table<int, std::string>({{301, "/v2"},
                                                                    {302, "/v2"},
                                                                    {303, "/v2"},
                                                                    {307, "http://other.test/v1"},
                                                                    {307, "https://p.test/v1"},
                                                                    {308, "http://p.test:81/v1"},
                                                                    {308, "//other.test/v1"},
                                                                    {308, "http://p.test@other.test/"},
                                                                    {307, "/a b"},
                                                                    {307, "/\xC3\xA4"},
                                                                    {307, "#top"},
                                                                    {308, ""}}));
  world w{[&, code = status, to = location](const recorded_request&) {
    return scripted_response{code, "moved"}.header("Location", to);
  }};
  auto got = w.play(w.p().complete(hello()));
  CHECK(got.error().kind() == error_class::model_gone);
  CHECK(w.network.requests().size() == 1);
}

TEST_CASE("redirects in a circle end", "[provider][redirect]") {
  world w{[](const recorded_request&) { return scripted_response{307, "moved"}.header("Location", "/v1/chat/completions"); }};
  auto got = w.play(w.p().complete(hello()));
  CHECK(got.error().kind() == error_class::model_gone);
  CHECK(w.network.requests().size() == 4);
}

/// The same with a thousand times "a" for "hi": 1,063 bytes.
constexpr const char* compressed_long_answer =
    "1f8b0800000000000203edd3c10980300c05d05dfed909ba8a8884106d0f26e2cfad74779d43fa76781d5aa3a91165"
    "edb88c94d3503a343ccd1305324dd3ef612c389a37d6fd3161f8779f1937c6365eb21eaccf27040000";

std::string unhex(const char* digits) {
  std::string packed;
  for (const char* at = digits; *at; at += 2)
    packed += static_cast<char>(std::stoi(std::string{at, 2}, nullptr, 16));
  return packed;
}

TEST_CASE("a compressed answer is read; a compressed stream was not asked for", "[provider][coding]") {
  const auto packed = unhex(compressed_answer);
  world w{[&](const recorded_request& ask) {
    CHECK(ask.header("accept-encoding") == (ask.stream ? "identity" : "gzip, deflate"));
    return scripted_response{200, packed}.header("Content-Encoding", "gzip");
  }};
  auto got = w.play(w.p().complete(hello()));
  REQUIRE(got);
  CHECK(got.value().text() == "hi");
  CHECK(w.play(streamed(w.p(), hello())).error().code() == errc::malformed_answer);
}

TEST_CASE("a content coding may come in several fields and in capitals", "[provider][coding]") {
  world w{[packed = unhex(compressed_answer)](const recorded_request& ask) {
    scripted_response plain;
    plain.header("Content-Encoding", "Identity").event(chunk("hi")).event(finish_chunk).event("[DONE]");
    if (ask.stream) return plain;
    return scripted_response{200, packed}.header("Content-Encoding", "identity").header("Content-Encoding", "GZIP");
  }};
  CHECK(w.play(w.p().complete(hello())).value().text() == "hi");
  CHECK(w.play(streamed(w.p(), hello())).value() == "hi");
}

TEST_CASE("a compressed answer has the limit of its text", "[provider][coding]") {
  constexpr std::size_t text_size = 1'063;
  const bool fits = GENERATE(true, false);
  limits bounds;
  bounds.body = fits ? text_size : text_size - 1;
  world w{[packed = unhex(compressed_long_answer)](const recorded_request&) {
            return scripted_response{200, packed}.header("Content-Encoding", "gzip");
          },
          {},
          bounds};
  const auto got = w.play(w.p().complete(hello()));
  CHECK(got.has_value() == fits);
  if (!got) CHECK(got.error().code() == errc::limit_exceeded);
}

TEST_CASE("a deadline holds in line for a connection too", "[provider]") {
  limits bounds;
  bounds.connections_per_origin = 1;
  world w{[](const recorded_request&) { return scripted_response{200, answer("hi")}.latency(1s); }, {}, bounds};
  bool first_got_it = false;
  spawn(w.time, w.p().complete(hello()), [&](result<completion> got) { first_got_it = got.has_value(); });
  const auto late = w.play(route("r").fallback({w.p()}).deadline(100ms).complete(hello()));
  CHECK(late.error().code() == errc::deadline_exceeded);
  CHECK(w.took == 100ms);
  CHECK(first_got_it);
  CHECK(w.network.requests().size() == 1);
  w.nothing_is_left();
}

TEST_CASE("warming up connects ahead of the first request", "[provider]") {
  world w{[](const recorded_request&) { return scripted_response{200, answer("hi")}; }};
  w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.after(50ms); });
  auto both = route("r").fallback({w.at("a.test", "a"), w.at("b.test", "b")});
  CHECK(w.play(w.client->warm_up(both)));
  CHECK(w.client->idle_connections() == 2);
  auto got = w.play(both.complete(hello()));
  REQUIRE(got);
  CHECK(w.took == 0ms);
  CHECK_FALSE(got.value().report().attempts[0].new_connection);

  w.network.on_connect([](const net::origin&, std::size_t) { return testing::connect_script{}.hangs(); });
  CHECK(w.play(w.client->warm_up(w.at("c.test", "c"))).error().code() == errc::connect_timeout);
}

TEST_CASE("what a provider or route does not have is unsupported", "[provider]") {
  world w{[](const recorded_request&) { return scripted_response{}; }};
  endpoint where{"http://old.test/v1", "m"};
  const auto old = make_provider(*w.client, dialect::legacy_completions(), where.name("old"));
  const auto around = route("chat").fallback({old});
  for (const provider& asked : {old, provider{around}}) {
    const auto vectors = w.play(asked.embed(embedding_request{"text"}));
    CHECK(vectors.error().code() == errc::unsupported);
    CHECK(vectors.error().provider() == asked.name());
    CHECK(w.play(asked.models()).error().code() == errc::unsupported);
    CHECK(w.play(asked.count_tokens(chat_request{"hi"})).error().code() == errc::unsupported);
  }
  CHECK(w.network.requests().empty());
}
