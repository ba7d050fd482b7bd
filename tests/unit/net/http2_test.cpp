// HTTP/2 over real sockets: the client's transport against the loopback server.

#include "loopback.hpp"

#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/testing/failing_network.hpp>
#include <cohedge/testing/llm_server.hpp>

namespace cohedge::tests {
namespace {

using testing::behaviour;
using testing::llm_server;
using testing::scripted_response;
using testing::server_options;
using testing::server_request;

class http2_world {
 public:
  explicit http2_world(server_options how = {}) : server{on.executor(), std::move(how)} {
    CHECK(server.start());
    to = net::destination{net::origin{false, "127.0.0.1", server.port()}};
    to.version(net::http_version::http2);
  }

  /// Runs the client to its end, then everything is closed and nothing may be left.
  template <class T>
  result<T> run(task<T> client) {
    auto whole = [&]() -> task<T> {
      auto outcome = co_await std::move(client);
      transport.close();
      const auto emptied = co_await server.until([](const auto& now) { return now.open_connections == 0; });
      CHECK(emptied);
      server.stop();
      co_return outcome;
    };
    const auto asking = on.start(whole());
    on.run();
    REQUIRE(asking->outcome);
    CHECK(transport.open_connections() == 0);
    return std::move(*asking->outcome);
  }

  task<std::string> post(std::string body, std::string path = "/x") {
    const auto head = net::request_head::make(to, "POST", path, {});
    const auto pool = transport.pool(to);
    auto sending = transport.send(*pool, head.value(), body, watch);
    auto answer = co_await std::move(sending);
    if (!answer) co_return answer.error();
    auto reading = answer.value().read_all(1 << 24);
    const auto text = co_await std::move(reading);
    if (!text) co_return text.error();
    co_return std::to_string(answer.value().status()) + ' ' + std::string{text.value()};
  }

  loop on;
  limits bounds;
  llm_server server;
  net::destination to{net::origin{false, {}, 0}};
  noting_watch watch;
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), bounds};
};

server_options echoing() {
  server_options how;
  how.script([](const server_request& asked) { return behaviour::respond(scripted_response{200, asked.method + asked.target + asked.body}); });
  return how;
}

TEST_CASE("an exchange over HTTP/2", "[net][http2]") {
  http2_world w{echoing()};
  CHECK(w.run(w.post("hello")).value() == "200 POST/xhello");
  CHECK(w.watch.told == "connecting sending ");
  CHECK(w.server.requests().at(0).header("host") == "127.0.0.1:" + std::to_string(w.server.port()));
  CHECK(w.server.requests().at(0).header("content-length") == "5");
}

TEST_CASE("many exchanges share one connection", "[net][http2]") {
  http2_world w{echoing()};
  std::size_t good = 0;
  auto one = [&](int which) -> task<void> {
    const auto text = std::to_string(which);
    const auto got = co_await w.post(text);
    CHECK(got);
    if (got && got.value() == "200 POST/x" + text) ++good;
    co_return success();
  };
  auto all = [&]() -> task<void> {
    chain& here = co_await this_chain;
    scope asking;
    for (int i = 0; i < 50; ++i) asking.start(here.executor(), one(i));
    auto done = asking.join();
    co_await std::move(done);
    CHECK(w.transport.open_connections() == 1);
    CHECK(w.transport.idle_connections() == 1);
    co_return success();
  };
  CHECK(w.run(all()));
  CHECK(good == 50);
  CHECK(w.server.counters().connections == 1);
}

TEST_CASE("requests that are ready together leave in one write", "[net][http2]") {
  http2_world w{echoing()};
  testing::failing_network counting{net::make_tcp_connector(w.on.executor())};  // fails nothing
  net::transport transport{w.on.executor(), counting.connector(), w.bounds};
  auto one = [&]() -> task<void> {
    noting_watch watch;
    auto got = fetch(transport, w.to, watch);
    const auto text = co_await std::move(got);
    CHECK(text);
    co_return success();
  };
  auto all = [&]() -> task<std::size_t> {
    chain& here = co_await this_chain;
    auto first = one();
    co_await std::move(first);  // the server's settings are known
    const auto before = counting.calls().writes;
    scope asking;
    for (int i = 0; i < 32; ++i) asking.start(here.executor(), one());
    auto done = asking.join();
    co_await std::move(done);
    transport.close();
    co_return counting.calls().writes - before;
  };
  CHECK(w.run(all()).value() == 1);
  CHECK(w.server.requests().size() == 33);
}

TEST_CASE("bodies larger than every window, both ways", "[net][http2]") {
  http2_world w{echoing()};
  const std::string large(5'000'000, 'x');
  const auto got = w.run(w.post(large));
  REQUIRE(got);
  CHECK(got.value() == "200 POST/x" + large);
}

TEST_CASE("a server's limit on streams makes further requests wait", "[net][http2]") {
  auto how = echoing();
  how.http2_streams(3);
  http2_world w{std::move(how)};
  w.bounds.connections_per_origin = 1;
  net::transport transport{w.on.executor(), net::make_tcp_connector(w.on.executor()), w.bounds};
  std::size_t good = 0;
  auto one = [&]() -> task<void> {
    const auto head = net::request_head::make(w.to, "POST", "/x", {});
    const auto pool = transport.pool(w.to);
    noting_watch watch;
    auto answer = co_await transport.send(*pool, head.value(), "y", watch);
    CHECK(answer);
    if (!answer) co_return answer.error();
    const auto text = co_await answer.value().read_all(100);
    if (text) ++good;
    co_return success();
  };
  auto all = [&]() -> task<void> {
    chain& here = co_await this_chain;
    auto first = one();
    co_await std::move(first);  // the server's settings are known
    scope asking;
    for (int i = 0; i < 20; ++i) asking.start(here.executor(), one());
    auto done = asking.join();
    co_await std::move(done);
    CHECK(transport.open_connections() == 1);
    transport.close();
    co_return success();
  };
  CHECK(w.run(all()));
  CHECK(good == 21);
}

TEST_CASE("an exchange that is dropped resets its stream and nothing else", "[net][http2]") {
  server_options how;
  how.script([](const server_request& asked) {
    scripted_response says;
    says.event("first").wait(std::chrono::hours{asked.target == "/slow" ? 1 : 0}).event("last");
    return behaviour::respond(says);
  });
  http2_world w{std::move(how)};
  auto all = [&]() -> task<std::string> {
    const auto head = net::request_head::make(w.to, "POST", "/slow", {});
    const auto pool = w.transport.pool(w.to);
    {
      auto answer = co_await w.transport.send(*pool, head.value(), "y", w.watch);
      CHECK(answer);
      CHECK(answer.value().status() == 200);
    }
    const auto seen = co_await w.server.until([](const auto& now) { return now.aborted == 1; });
    CHECK(seen);
    CHECK(w.transport.open_connections() == 1);
    co_return co_await w.post("y", "/fast");
  };
  CHECK(w.run(all()).value() == "200 data: first\n\ndata: last\n\n");
  CHECK(w.server.counters().connections == 1);
}

TEST_CASE("a stream that is reset before its end is an error after what came", "[net][http2]") {
  server_options how;
  how.script([](const server_request&) { return behaviour::respond(scripted_response{200, "0123456789"}.cut_after(4)); });
  http2_world w{std::move(how)};
  auto all = [&]() -> task<std::string> {
    const auto head = net::request_head::make(w.to, "POST", "/x", {});
    const auto pool = w.transport.pool(w.to);
    auto answer = co_await w.transport.send(*pool, head.value(), "y", w.watch);
    CHECK(answer);
    std::string text;
    for (;;) {
      std::string_view piece;
      const auto got = answer.value().try_body(piece);
      if (!got) co_return text + " then " + std::string{to_string(got.error().code())};
      if (got.value())
        text += piece;
      else if (answer.value().ended())
        co_return text;
      else
        co_await answer.value().more();
    }
  };
  CHECK(w.run(all()).value() == "0123 then " + std::string{to_string(errc::connection_reset)});
}

TEST_CASE("a connection that dies fails every stream on it, and the next request gets another", "[net][http2]") {
  server_options how;
  how.script([](const server_request& asked) {
    if (asked.body == "hang") return behaviour::respond(scripted_response{}.nothing(testing::script_end::hangs));
    return behaviour::respond(scripted_response{200, "ok"});
  });
  http2_world w{std::move(how)};
  auto all = [&]() -> task<std::string> {
    const auto first = w.on.start(w.post("hang"));
    const auto second = w.on.start(w.post("hang"));
    const auto both = co_await w.server.until([](const auto& now) { return now.open == 2; });
    CHECK(both);
    w.server.stop();
    CHECK(w.server.start());
    while (!first->outcome || !second->outcome) co_await sleep_for(std::chrono::milliseconds{1});
    auto third = co_await w.post("y");
    CHECK(first->outcome->error().kind() == error_class::transport);
    CHECK(second->outcome->error().kind() == error_class::transport);
    co_return third;
  };
  CHECK(w.run(all()).value() == "200 ok");
}

TEST_CASE("interim responses are skipped over HTTP/2", "[net][http2]") {
  server_options how;
  how.script([](const server_request&) {
    return behaviour::respond(scripted_response{}.raw(
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  http2_world w{std::move(how)};
  CHECK(w.run(w.post("y")).value() == "200 ok");
}

TEST_CASE("cancelling while the response is awaited resets the stream", "[net][http2]") {
  server_options how;
  how.script([](const server_request&) { return behaviour::respond(scripted_response{}.nothing(testing::script_end::hangs)); });
  http2_world w{std::move(how)};
  auto all = [&]() -> task<void> {
    const auto asking = w.on.start(w.post("y"));
    const auto there = co_await w.server.until([](const auto& now) { return now.open == 1; });
    CHECK(there);
    asking->cancel();
    const auto gone = co_await w.server.until([](const auto& now) { return now.aborted == 1; });
    CHECK(gone);
    CHECK(asking->outcome->error().code() == errc::cancelled);
    CHECK(w.transport.open_connections() == 1);
    CHECK(w.transport.idle_connections() == 1);
    co_return success();
  };
  CHECK(w.run(all()));
}

}  // namespace
}  // namespace cohedge::tests
