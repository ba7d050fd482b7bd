// A request over HTTP/2 that its server says it has not processed goes out again, also a POST, and only then.

#include "http2_conversation.hpp"
#include "loopback.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cohedge::tests {
namespace {

using namespace http2_bytes;

/// The server's end of a connection: frames are read here and written by the test.
class http2_peer {
 public:
  explicit http2_peer(peer client) : client_{std::move(client)} {}

  /// The stream of the next request; 0: the client has closed.
  task<std::uint32_t> request() {
    constexpr std::string_view preface{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
    char bytes[4096];
    for (;;) {
      if (!begun_ && seen_.size() >= preface.size()) {
        CHECK(seen_.starts_with(preface));
        seen_.erase(0, preface.size());
        begun_ = true;
      }
      while (begun_ && seen_.size() >= 9 && seen_.size() >= 9 + number(0, 3)) {
        const bool begins = seen_[3] == headers;
        const auto stream = number(5, 4);
        seen_.erase(0, 9 + number(0, 3));
        if (begins) co_return stream;
      }
      const auto got = co_await net::read_some{client_.stream(), bytes};
      if (!got || got.value() == 0) co_return std::uint32_t{0};
      seen_.append(bytes, got.value());
    }
  }
  task<void> say(std::string bytes) {
    const auto all = std::move(bytes);
    auto sending = client_.send(all);
    co_return co_await std::move(sending);
  }
  /// Answers the next request with 200 and waits until the client has closed.
  task<void> answer_and_wait() {
    const auto stream = co_await request();
    CHECK(stream.value() != 0);
    co_await say(frame(headers, end_headers | end_stream, stream.value(), status_200));
    const auto next = co_await request();
    CHECK(next.value() == 0);
    co_return success();
  }
  void close() { client_.close(); }

 private:
  std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (; size > 0; --size) value = value << 8 | static_cast<unsigned char>(seen_[at++]);
    return value;
  }

  peer client_;
  std::string seen_;
  bool begun_ = false;
};

struct fixture {
  fixture() { to.version(net::http_version::http2); }

  task<http2_peer> accept() {
    auto client = co_await server.accept();
    REQUIRE(client);
    http2_peer next{std::move(client).value()};
    const auto greeted = co_await next.say(greeting);
    CHECK(greeted);
    co_return next;
  }
  /// One POST; its status.
  task<int> post() {
    auto asking = ask_for(transport, to, watch, "POST", "hello");
    auto answer = co_await std::move(asking);
    auto outcome = answer ? result<int>{answer.value().status()} : result<int>{answer.error()};
    if (answer) replayed = answer.value().replayed();
    { const auto done_with = std::move(answer); }
    transport.close();
    co_return outcome;
  }

  loop on;
  listener server{on};
  net::destination to = server.destination();
  net::transport transport{on.executor(), net::make_tcp_connector(on.executor()), {}};
  noting_watch watch;
  bool replayed = false;
};

TEST_CASE("a stream that was refused goes out again, on the same connection", "[net][http2][replay]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.accept()).value();
    const auto stream = co_await client.request();
    co_await client.say(frame(rst_stream, none, stream.value(), number32(7)));
    co_return co_await client.answer_and_wait();
  };
  CHECK(f.on.run(serve(), f.post()).value() == 200);
  CHECK(f.replayed);
  CHECK(f.watch.told == "connecting sending replaying sending ");
}

TEST_CASE("a stream above GOAWAY's last one goes out again, on another connection", "[net][http2][replay]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto first = (co_await f.accept()).value();
    co_await first.request();
    co_await first.say(frame(goaway, none, 0, number32(0) + number32(0)));
    auto second = (co_await f.accept()).value();
    co_return co_await second.answer_and_wait();
  };
  CHECK(f.on.run(serve(), f.post()).value() == 200);
  CHECK(f.replayed);
  CHECK(f.watch.told == "connecting sending replaying connecting sending ");
}

TEST_CASE("a stream that GOAWAY counts in does not go out again", "[net][http2][replay]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.accept()).value();
    const auto stream = co_await client.request();
    co_await client.say(frame(goaway, none, 0, number32(stream.value()) + number32(0)));
    client.close();
    co_return success();
  };
  CHECK(f.on.run(serve(), f.post()).error().kind() == error_class::transport);
  CHECK(f.watch.told == "connecting sending ");
}

TEST_CASE("a server that refuses on and on is believed", "[net][http2][replay]") {
  fixture f;
  auto serve = [&]() -> task<void> {
    auto client = (co_await f.accept()).value();
    for (;;) {
      const auto stream = co_await client.request();
      if (stream.value() == 0) co_return success();
      co_await client.say(frame(rst_stream, none, stream.value(), number32(7)));
    }
  };
  CHECK(f.on.run(serve(), f.post()).error().kind() == error_class::transport);
  CHECK(f.watch.told == "connecting sending replaying sending replaying sending ");
}

}  // namespace
}  // namespace cohedge::tests
