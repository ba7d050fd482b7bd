#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>
#include <cohedge/testing/server_thread.hpp>
#include <cohedge/wire/http1.hpp>

#include <asio/io_context.hpp>

#include <array>
#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace std::chrono_literals;
using namespace cohedge::testing;
using cohedge::errc;

namespace {

std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string{more} + "\r\n" + std::string{body};
}

const std::string chat_body = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";
const std::string stream_body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
const std::string whole_chat = post("/v1/chat/completions", chat_body);
const std::string streamed_chat = post("/v1/chat/completions", stream_body);

/// One connection of a plain HTTP client.
class plain_client {
 public:
  explicit plain_client(const llm_server& server, std::string ca_file = {})
      : to_{cohedge::net::origin{server.origin().starts_with("https"), "127.0.0.1", server.port()}} {
    if (!ca_file.empty()) to_.tls(cohedge::net::tls_options{}.extra_ca_file(std::move(ca_file)));
  }

  struct answer {
    int status = 0;
    std::string body;
    std::size_t reads = 0;
  };

  cohedge::task<void> send(std::string request) {
    auto& here = co_await cohedge::this_chain;
    if (!stream_) {
      connector_ = cohedge::net::make_tcp_connector(here.executor());
      auto connecting = connector_->connect(to_);
      auto opened = co_await std::move(connecting);
      if (!opened) co_return opened.error();
      stream_ = std::move(opened).value();
    }
    auto writing = cohedge::net::write_all(*stream_, request);
    co_return co_await std::move(writing);
  }

  cohedge::task<answer> receive() {
    parser_.begin("POST");
    answer got;
    for (;;) {
      std::string_view rest = unread_;
      const auto step = parser_.next(rest);
      if (!step) co_return step.error();
      if (step.value() == cohedge::wire::http1_step::head) got.status = parser_.status();
      if (step.value() == cohedge::wire::http1_step::body) got.body += parser_.body();
      unread_.erase(0, unread_.size() - rest.size());
      if (step.value() == cohedge::wire::http1_step::end) co_return got;
      if (step.value() != cohedge::wire::http1_step::need_more) continue;
      const auto size = co_await cohedge::net::read_some{*stream_, buffer_};
      if (!size) co_return size.error();
      ++got.reads;
      if (size.value() == 0) {
        const auto last = parser_.finish();
        if (!last) co_return last.error();
        co_return got;
      }
      unread_.append(buffer_.data(), size.value());
    }
  }

  cohedge::task<answer> ask(std::string request) {
    auto sending = send(std::move(request));
    const auto sent = co_await std::move(sending);
    if (!sent) co_return sent.error();
    auto receiving = receive();
    co_return co_await std::move(receiving);
  }

  void hang_up() { stream_.reset(); }

 private:
  cohedge::net::destination to_;
  std::unique_ptr<cohedge::net::connector> connector_;
  std::unique_ptr<cohedge::net::byte_stream> stream_;
  std::array<char, 65536> buffer_{};
  std::string unread_;
  cohedge::wire::response_parser parser_;
};

std::string describe(const cohedge::result<plain_client::answer>& got) {
  return got ? std::to_string(got.value().status) : std::string{cohedge::to_string(got.error().code())};
}

/// Runs a test's task next to the server, for at most half a minute of real time.
template <class Body>
void run(asio::io_context& io, llm_server& server, Body body) {
  REQUIRE(server.start());
  bool ended = false;
  auto whole = cohedge::with_deadline(30s, body());
  cohedge::spawn(io, std::move(whole), [&](cohedge::result<void> outcome) {
    INFO((outcome ? std::string{} : outcome.error().message()));
    CHECK(outcome.has_value());
    ended = true;
    server.stop();
    io.stop();  // the deadline's timer is still armed
  });
  io.run();
  CHECK(ended);
  CHECK(server.counters().open == 0);
  CHECK(server.counters().open_connections == 0);
}

struct world {
  explicit world(server_options how = {}) : server{io.get_executor(), std::move(how)} {}
  template <class Body>
  void run(Body body) {
    ::run(io, server, body);
  }
  asio::io_context io;
  llm_server server;
};

}  // namespace

TEST_CASE("many requests go over one connection", "[testing][server]") {
  world here;
  here.run([&]() -> cohedge::task<void> {
    plain_client client{here.server};
    for (int i = 0; i < 3; ++i) {
      auto asking = client.ask(i == 1 ? streamed_chat : whole_chat);
      const auto got = co_await std::move(asking);
      CHECK(describe(got) == "200");
      CHECK(got.value().body.find("You said: Hi") != (i == 1 ? 0 : std::string::npos));
    }
    auto asking = client.ask("GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto asking_done = co_await std::move(asking);
    CHECK(describe(asking_done) == "200");
    auto closed = here.server.until([](const auto& seen) { return seen.open_connections == 0; });
    co_return co_await std::move(closed);
  });
  const auto seen = here.server.counters();
  CHECK(seen.connections == 1);
  CHECK(seen.requests == 4);
  CHECK(seen.finished == 4);
  CHECK(seen.requests_to("/v1/chat/completions") == 3);
  REQUIRE(here.server.requests().size() == 4);
  CHECK(here.server.requests()[2].on_connection == 2);
}

TEST_CASE("pipelined requests are answered in order", "[testing][server]") {
  server_options how;
  how.script([](const server_request& asked) { return behaviour{}.status(500 + static_cast<int>(asked.number)).after(2ms); });
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    plain_client client{here.server};
    auto sending = client.send(whole_chat + streamed_chat + whole_chat);
    co_await std::move(sending);
    for (const auto* status : {"500", "501", "502"}) {
      auto receiving = client.receive();
      const auto receiving_done = co_await std::move(receiving);
      CHECK(describe(receiving_done) == status);
    }
    co_return cohedge::success();
  });
}

TEST_CASE("many connections at once", "[testing][server]") {
  server_options how;
  how.always(behaviour{}.after(5ms));
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    auto& chain = co_await cohedge::this_chain;
    std::vector<std::unique_ptr<plain_client>> clients;
    cohedge::scope all;
    int good = 0;
    const auto one = [&good](plain_client& client) -> cohedge::task<void> {
      auto asking = client.ask(streamed_chat);
      const auto got = co_await std::move(asking);
      if (describe(got) == "200") ++good;
      co_return cohedge::success();
    };
    for (int i = 0; i < 40; ++i) {
      clients.push_back(std::make_unique<plain_client>(here.server));
      all.start(chain.executor(), one(*clients.back()));
    }
    auto joined = all.join();
    co_await std::move(joined);
    CHECK(good == 40);
    CHECK(here.server.counters().connections == 40);
    co_return cohedge::success();
  });
}

TEST_CASE("what breaks, breaks for the client as scripted", "[testing][server]") {
  struct row {
    behaviour how;
    bool streamed;
    const char* outcome;
  };
  const std::vector<row> rows{
      {behaviour{}.cut_after(40), false, "connection closed"},
      {behaviour{}.reset_after(40), false, "connection reset"},
      {behaviour{}.cut_after_tokens(1), true, "connection closed"},
      {behaviour{}.reset_after_tokens(1), true, "connection reset"},
      {behaviour{}.no_answer(script_end::closes), true, "connection closed"},
      {behaviour{}.no_answer(script_end::resets), true, "connection reset"},
      {behaviour{}.status(529), true, "529"},
      {behaviour{}.framed(framing::until_close), false, "200"},
      {behaviour{}.in_pieces(3), true, "200"},
      {behaviour{}.in_random_pieces(), true, "200"},
      {behaviour{}.drip(200, 1ms), true, "200"},
      {behaviour::respond(scripted_response{}.garbage(100).then(script_end::closes)), true, "HTTP protocol error"},
  };
  server_options how;
  how.script([&](const server_request& asked) { return rows[asked.number].how; });
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    for (const auto& expected : rows) {
      plain_client client{here.server};
      auto asking = client.ask(expected.streamed ? streamed_chat : whole_chat);
      const auto asking_done = co_await std::move(asking);
      const auto outcome = describe(asking_done);
      CHECK(outcome == expected.outcome);
    }
    co_return cohedge::success();
  });
  const auto seen = here.server.counters();
  CHECK(seen.requests == rows.size());
  CHECK(seen.finished == 5);
  CHECK(seen.cut == 7);
  CHECK(seen.aborted == 0);
}

TEST_CASE("pieces arrive one by one", "[testing][server]") {
  server_options how;
  how.always(behaviour{}.drip(50, 2ms));
  asio::io_context io;
  cohedge::testing::quiet_time time{io};  // a piece is due only when the one before has been read
  time.patience(2ms);
  llm_server server{io.get_executor(), how};
  REQUIRE(server.start());
  plain_client client{server};
  std::optional<cohedge::result<plain_client::answer>> got;
  cohedge::spawn(io, client.ask(whole_chat), [&](auto outcome) { got.emplace(std::move(outcome)); });
  CHECK(time.run_until([&] { return got.has_value(); }));
  REQUIRE(*got);
  CHECK(got->value().reads >= 3);
}

TEST_CASE("the server sees at once that the client has gone", "[testing][server]") {
  server_options how;
  how.script([](const server_request& asked) {
    switch (asked.number) {
      case 0: return behaviour{}.after(1h);
      case 1: return behaviour{}.headers_then_silence();
      case 2: return behaviour{}.stall_after_tokens(1);
      default: return behaviour{}.tokens(10000).between_tokens(1ms);
    }
  });
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    for (std::size_t i = 0; i < 4; ++i) {
      plain_client client{here.server};
      auto sending = client.send(streamed_chat);
      co_await std::move(sending);
      auto begun = here.server.until([](const auto& seen) { return seen.open == 1; });
      const auto begun_done = co_await std::move(begun);
      CHECK(begun_done.has_value());
      client.hang_up();
      auto noticed = here.server.until([i](const auto& seen) { return seen.open == 0 && seen.aborted == i + 1; });
      const auto noticed_done = co_await std::move(noticed);
      CHECK(noticed_done.has_value());
    }
    auto never = here.server.until([](const auto& seen) { return seen.finished == 1; }, 5ms);
    const auto waited = co_await std::move(never);
    CHECK(waited.error().code() == errc::deadline_exceeded);
    co_return cohedge::success();
  });
  CHECK(here.server.counters().aborted == 4);
  CHECK(here.server.counters().finished == 0);
}

TEST_CASE("connections are closed, reset or left alone before any request", "[testing][server]") {
  server_options how;
  how.on_connection([](std::size_t number) {
    switch (number) {
      case 0: return connection_fate::close;
      case 1: return connection_fate::reset;
      case 2: return connection_fate::silence;
      default: return connection_fate::serve;
    }
  });
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    for (int i = 0; i < 4; ++i) {
      plain_client client{here.server};
      auto bounded = cohedge::with_deadline(i == 2 ? cohedge::duration{20ms} : 10s, client.ask(whole_chat));
      const auto bounded_done = co_await std::move(bounded);
      const auto got = describe(bounded_done);
      if (i < 2) CHECK((got == "connection closed" || got == "connection reset"));
      if (i == 2) CHECK(got == "deadline exceeded");
      if (i == 3) CHECK(got == "200");
    }
    auto gone = here.server.until([](const auto& seen) { return seen.open_connections == 0; });
    const auto gone_done = co_await std::move(gone);
    CHECK(gone_done.has_value());
    co_return cohedge::success();
  });
  CHECK(here.server.counters().requests == 1);
}

TEST_CASE("a server that refuses listens again on the same port", "[testing][server]") {
  world here;
  here.run([&]() -> cohedge::task<void> {
    const auto port = here.server.port();
    here.server.refuse();
    plain_client refused{here.server};
    auto first = refused.ask(whole_chat);
    const auto first_done = co_await std::move(first);
    CHECK(describe(first_done) == "connection refused");
    CHECK(here.server.start());
    CHECK(here.server.port() == port);
    plain_client served{here.server};
    auto second = served.ask(whole_chat);
    const auto second_done = co_await std::move(second);
    CHECK(describe(second_done) == "200");
    co_return cohedge::success();
  });
}

TEST_CASE("a port that is taken is an error with its number", "[testing][server]") {
  asio::io_context io;
  llm_server first{io.get_executor()};
  REQUIRE(first.start());
  server_options same_port;
  same_port.port(first.port());
  llm_server second{io.get_executor(), same_port};
  const auto started = second.start();
  REQUIRE(started.has_error());
  CHECK(started.error().code() == errc::invalid_config);
  CHECK(started.error().detail().find(std::to_string(first.port())) != std::string_view::npos);
}

TEST_CASE("a key may be required", "[testing][server]") {
  server_options how;
  how.require_key("sk-test");
  world here{how};
  here.run([&]() -> cohedge::task<void> {
    plain_client client{here.server};
    for (const auto& [more, status] : std::vector<std::pair<std::string, std::string>>{
             {"", "401"}, {"Authorization: Bearer sk-wrong\r\n", "401"}, {"Authorization: Bearer sk-test\r\n", "200"}}) {
      auto asking = client.ask(post("/v1/completions", R"({"model":"m","prompt":"x"})", more));
      const auto asking_done = co_await std::move(asking);
      CHECK(describe(asking_done) == status);
    }
    auto health = client.ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto health_done = co_await std::move(health);
    CHECK(describe(health_done) == "200");
    co_return cohedge::success();
  });
}

TEST_CASE("what is not HTTP is refused and closed", "[testing][server]") {
  world here;
  here.run([&]() -> cohedge::task<void> {
    plain_client client{here.server};
    auto asking = client.ask("hello there\r\n\r\n");
    const auto asking_done = co_await std::move(asking);
    CHECK(describe(asking_done) == "400");
    co_return cohedge::success();
  });
  CHECK(here.server.counters().bad_requests == 1);
}

TEST_CASE("the server speaks TLS with a certificate of its own authority", "[testing][server]") {
  server_options how;
  how.tls();
  world here{how};
  const auto file = std::filesystem::temp_directory_path() / ("cohedge-llm-server-" + std::to_string(::getpid()) + ".pem");
  here.run([&]() -> cohedge::task<void> {
    CHECK(here.server.base_url().starts_with("https://127.0.0.1:"));
    std::ofstream{file} << here.server.ca_pem();
    plain_client trusting{here.server, file.string()};
    auto first = trusting.ask(streamed_chat);
    const auto first_done = co_await std::move(first);
    CHECK(describe(first_done) == "200");
    plain_client distrusting{here.server};
    auto second = distrusting.ask(streamed_chat);
    const auto second_done = co_await std::move(second);
    CHECK(describe(second_done) == "TLS certificate of an unknown authority");
    auto noticed = here.server.until([](const auto& seen) { return seen.failed_handshakes == 1; });
    const auto noticed_done = co_await std::move(noticed);
    CHECK(noticed_done.has_value());
    co_return cohedge::success();
  });
  std::filesystem::remove(file);
}

TEST_CASE("a server that dies with requests open leaks nothing", "[testing][server]") {
  asio::io_context io;
  server_options how;
  how.always(behaviour{}.after(1h));
  std::optional<llm_server> server;
  server.emplace(io.get_executor(), how);
  REQUIRE(server->start());
  plain_client client{*server};
  std::string outcome;
  cohedge::spawn(io, client.ask(whole_chat), [&](auto got) {
    outcome = describe(got);
    io.stop();
  });
  auto begun = server->until([](const auto& seen) { return seen.open == 1; });
  cohedge::spawn(io, std::move(begun), [&](cohedge::result<void>) { server.reset(); });
  io.run();
  CHECK((outcome == "connection closed" || outcome == "connection reset"));
}
