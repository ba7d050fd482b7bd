#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <array>

using namespace std::chrono_literals;
using namespace cohedge::testing;
using cohedge::errc;

namespace {

const cohedge::net::destination somewhere{cohedge::net::origin{false, "api.test", 80}};

constexpr std::string_view plain_get = "GET /v1/models?x=1 HTTP/1.1\r\nHost: api.test\r\n\r\n";

/// Connects, writes `request`, and notes every read with its time until the other side ends.
cohedge::task<void> talk(cohedge::net::connector& net, std::string request, trace& log) {
  auto opened = co_await net.connect(somewhere);
  if (!opened) {
    log(cohedge::to_string(opened.error().code()));
    co_return opened.error();
  }
  auto& stream = *opened.value();
  const auto wrote = co_await cohedge::net::write_all(stream, request);
  if (!wrote) {
    log(cohedge::to_string(wrote.error().code()));
    co_return wrote.error();
  }
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = co_await cohedge::net::read_some{stream, buffer};
    if (!got || got.value() == 0) {
      log(got ? "EOF" : cohedge::to_string(got.error().code()));
      co_return got ? cohedge::result<void>{cohedge::success()} : cohedge::result<void>{got.error()};
    }
    std::string text{buffer.data(), got.value()};
    if (const auto end_of_head = text.find("\r\n\r\n"); text.starts_with("HTTP/") && end_of_head != std::string::npos)
      text.erase(0, end_of_head + 4).insert(0, "[head]");
    log(text);
  }
}

/// The trace of one exchange.
std::string spoken(scripted_network& network, std::string_view request = plain_get) {
  virtual_context world;
  trace log{world};
  const auto connector = network.connector();
  auto bounded = cohedge::with_deadline(60s, talk(*connector, std::string{request}, log));
  cohedge::spawn(world, std::move(bounded));
  world.run();
  return log.text();
}

std::string spoken(const scripted_response& with) {
  scripted_network network;
  network.on_request([&](const recorded_request&) { return with; });
  return spoken(network);
}

}  // namespace

TEST_CASE("a scripted network answers on virtual time", "[testing][network]") {
  CHECK(spoken(scripted_response{200, "hello"}.latency(80ms).close()) == "80ms [head]\n80ms hello\n80ms EOF\n");
  CHECK(spoken(scripted_response{}.latency(1s).wait(5ms).body("a").wait(7ms).body("b").wait(9ms).close()) ==
        "1000ms [head]\n1005ms a\n1012ms b\n1021ms EOF\n");
}

TEST_CASE("events are framed as chunks", "[testing][network]") {
  CHECK(spoken(scripted_response{}.event("{}").wait(20ms).event("x", "y").then(script_end::closes)) ==
        "0ms [head]\n0ms a\r\ndata: {}\n\n\r\n\n20ms 12\r\nevent: x\ndata: y\n\n\r\n\n20ms 0\r\n\r\n\n20ms EOF\n");
}

TEST_CASE("cuts, resets and stalls come after so many bytes of the body", "[testing][network]") {
  const scripted_response whole{200, "0123456789"};
  auto cut = whole;
  CHECK(spoken(cut.cut_after(4)) == "0ms [head]\n0ms 0123\n0ms EOF\n");
  auto reset = whole;
  CHECK(spoken(reset.reset_after(4).latency(3ms)) == "3ms [head]\n3ms 0123\n3ms connection reset\n");
  auto stalled = whole;
  CHECK(spoken(stalled.stall_after(0)) == "0ms [head]\n60000ms deadline exceeded\n");
  auto nothing = whole;
  CHECK(spoken(nothing.nothing(script_end::closes).latency(9ms)) == "9ms EOF\n");
  auto half_head = whole;
  CHECK(spoken(half_head.cut_message_after(8, script_end::resets)) == "0ms HTTP/1.1\n0ms connection reset\n");
}

TEST_CASE("bytes come in pieces", "[testing][network]") {
  scripted_response whole;
  whole.raw("abcdefg").then(script_end::closes);
  auto by_three = whole;
  CHECK(spoken(by_three.in_pieces(3, 1ms)) == "0ms abc\n1ms def\n2ms g\n2ms EOF\n");
  auto random = whole;
  random.raw(std::string(500, 'x')).in_random_pieces(7);
  const auto first = spoken(random);
  CHECK(first == spoken(random));
  CHECK(std::count(first.begin(), first.end(), '\n') > 70);
  CHECK(std::count(first.begin(), first.end(), 'x') == 500);
}

TEST_CASE("garbage comes from the seed", "[testing][network]") {
  const auto noise = [](std::uint64_t seed) {
    scripted_network network{seed};
    network.on_request([](const recorded_request&) { return scripted_response{}.garbage(64).then(script_end::closes); });
    return spoken(network);
  };
  CHECK(noise(1) == noise(1));
  CHECK(noise(1) != noise(2));
}

TEST_CASE("connects can be late, fail or hang", "[testing][network]") {
  scripted_network network;
  auto how = connect_script{}.after(30ms);
  network.on_connect([&](const cohedge::net::origin&, std::size_t) { return how; });
  network.on_request([](const recorded_request&) { return scripted_response{204}.close(); });
  CHECK(spoken(network) == "30ms [head]\n30ms EOF\n");
  for (const auto code : {errc::connection_refused, errc::name_not_found, errc::tls_untrusted, errc::connect_failed}) {
    how = connect_script{}.after(2ms).fails(code);
    CHECK(spoken(network) == "2ms " + std::string{cohedge::to_string(code)} + "\n");
  }
  CHECK(network.opened() == 1);
  how = connect_script{}.hangs();
  CHECK(spoken(network) == "60000ms deadline exceeded\n");
  CHECK(network.connecting_now() == 0);
}

TEST_CASE("what the client did is on record", "[testing][network]") {
  scripted_network network;
  const std::string body = R"({"model":"m","stream":true,"stream_options":{"include_usage":true},)"
                           R"("messages":[{"role":"user","content":"Hi"}],"max_tokens":9})";
  const auto fallback = spoken(network, "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                                              std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(fallback.substr(0, 10) == "0ms [head]");
  REQUIRE(network.requests().size() == 1);
  const auto& asked = network.requests()[0];
  CHECK(asked.method == "POST");
  CHECK(asked.path() == "/v1/chat/completions");
  CHECK(asked.header("host") == "h");
  CHECK(asked.model == "m");
  CHECK(asked.prompt == "Hi");
  CHECK(asked.stream);
  CHECK(asked.include_usage);
  CHECK(asked.max_tokens == 9);
  REQUIRE(network.connections().size() == 1);
  CHECK(network.connections()[0].to == somewhere.to());
  CHECK(network.connections()[0].written.ends_with(body));
  CHECK(network.connections()[0].closed - network.connections()[0].opened == 60s);  // the deadline ended it
  CHECK(network.open_now() == 0);
  CHECK(network.closed_by_client() == 1);
}

TEST_CASE("what is not HTTP gets 400 and a closed connection", "[testing][network]") {
  scripted_network network;
  const auto said = spoken(network, "not http\r\n\r\n");
  CHECK(said.substr(0, 10) == "0ms [head]");
  CHECK(said.substr(said.size() - 8) == "0ms EOF\n");
  CHECK(network.bad_requests() == 1);
  CHECK(network.requests().empty());
  CHECK(network.closed_by_client() == 0);
}

TEST_CASE("a kept connection serves many requests until it has been idle for too long", "[testing][network]") {
  scripted_network network;
  network.on_connect([](const cohedge::net::origin&, std::size_t) { return connect_script{}.idle_close(5s); });
  network.on_request([](const recorded_request& asked) {
    return scripted_response{200, std::to_string(asked.on_connection)}.latency(1ms);
  });
  virtual_context world;
  const auto connector = network.connector();
  std::string seen;
  const auto use = [&]() -> cohedge::task<void> {
    auto opened = co_await connector->connect(somewhere);
    auto& stream = *opened.value();
    std::array<char, 4096> buffer{};
    for (int round = 0; round < 2; ++round) {
      co_await cohedge::net::write_all(stream, plain_get);
      co_await cohedge::net::read_some{stream, buffer};
      const auto got = co_await cohedge::net::read_some{stream, buffer};
      seen.append(buffer.data(), got.value());
      co_await cohedge::sleep_for(4s);
      seen += stream.idle_and_open() ? "+" : "-";
    }
    co_await cohedge::sleep_for(1s);
    seen += stream.idle_and_open() ? "+" : "-";
    const auto write = co_await cohedge::net::write_all(stream, plain_get);
    seen += write ? "w" : "!";
    const auto read = co_await cohedge::net::read_some{stream, buffer};
    seen += read && read.value() == 0 ? "0" : "?";
    co_return cohedge::success();
  };
  cohedge::spawn(world, use());
  world.run();
  CHECK(seen == "0+1+-w0");
  CHECK(network.requests().size() == 2);
  CHECK(network.closed_by_client() == 0);
}

TEST_CASE("a cancelled read ends at once and nothing leaks when the context dies", "[testing][network]") {
  scripted_network network;
  network.on_request([](const recorded_request&) { return scripted_response{}.nothing(script_end::hangs); });
  const auto connector = network.connector();
  {
    virtual_context world;
    trace log{world};
    auto bounded = cohedge::with_deadline(10ms, talk(*connector, std::string{plain_get}, log));
    cohedge::spawn(world, std::move(bounded));
    cohedge::spawn(world, talk(*connector, std::string{plain_get}, log));
    world.run_for(1s);
    CHECK(log.text() == "10ms deadline exceeded\n");
    CHECK(network.open_now() == 1);
  }
  CHECK(network.open_now() == 0);
}
