#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/testing/server_thread.hpp>
#include <cohedge/wire/http1.hpp>

#include <asio/io_context.hpp>

#include <array>

using namespace std::chrono_literals;
using namespace cohedge::testing;

namespace {

struct message {
  std::size_t headers = 0;
  std::string body;
  std::size_t pieces = 0;
};

message read(std::string_view text) {
  cohedge::wire::response_parser parser;
  parser.begin("POST");
  message got;
  for (;;) {
    const auto step = parser.next(text);
    REQUIRE(step.has_value());
    REQUIRE(step.value() != cohedge::wire::http1_step::need_more);
    if (step.value() == cohedge::wire::http1_step::head) got.headers = parser.headers().size();
    if (step.value() == cohedge::wire::http1_step::body) got.body += parser.body(), ++got.pieces;
    if (step.value() == cohedge::wire::http1_step::end) return got;
  }
}

/// Makes `count` requests in one write and reads until so many bytes have come.
cohedge::task<std::size_t> fetch(std::uint16_t port, int count, std::size_t bytes) {
  auto& here = co_await cohedge::this_chain;
  const auto connector = cohedge::net::make_tcp_connector(here.executor());
  const cohedge::net::destination to{cohedge::net::origin{false, "127.0.0.1", port}};
  auto connecting = connector->connect(to);
  auto opened = co_await std::move(connecting);
  if (!opened) co_return opened.error();
  std::string requests;
  for (int i = 0; i < count; ++i) requests += "POST /x HTTP/1.1\r\nhost: a\r\ncontent-LENGTH:  4\r\n\r\n\r\n\r\n";
  auto writing = cohedge::net::write_all(*opened.value(), requests);
  co_await std::move(writing);
  std::array<char, 65536> buffer;
  std::size_t have = 0;
  while (have < bytes) {
    const auto got = co_await cohedge::net::read_some{*opened.value(), buffer};
    if (!got || got.value() == 0) break;
    have += got.value();
  }
  co_return have;
}

std::size_t fetched(std::uint16_t port, int count, std::size_t bytes) {
  asio::io_context io;
  std::size_t have = 0;
  cohedge::spawn(io, fetch(port, count, bytes), [&](cohedge::result<std::size_t> got) {
    have = got ? got.value() : 0;
    io.stop();
  });
  io.run();
  return have;
}

}  // namespace

TEST_CASE("the prepared answers have the sizes of the benchmark", "[testing][prepared]") {
  const auto whole = read(prepared_answer::json().text());
  CHECK(whole.body.size() == 672);
  CHECK(whole.headers == 13);
  CHECK(whole.body.starts_with("{\"id\""));
  CHECK(whole.body.ends_with("}}"));

  const auto answer = prepared_answer::stream();
  CHECK(answer.pieces().size() == 257);
  const auto streamed = read(answer.text());
  CHECK(streamed.pieces == 258);  // one more chunk: [DONE]
  CHECK(streamed.body.size() == 257 * (260 + 8) + 14);
  CHECK(streamed.body.ends_with("\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"));
  CHECK(read(prepared_answer::stream(2, 300).text()).body.size() == 2 * 308 + 14);
}

TEST_CASE("a server on its own thread answers every request with prepared bytes", "[testing][prepared]") {
  const auto answer = prepared_answer::json();
  const auto size = answer.text().size();
  server_options how;
  how.always(behaviour::prepared(answer));
  server_thread server{how};
  REQUIRE(server.started());
  CHECK(fetched(server.port(), 1, size) == size);
  CHECK(fetched(server.port(), 50, 50 * size) == 50 * size);  // pipelined, more than one buffer
  CHECK(server.wait_for([](const auto& seen) { return seen.finished == 51 && seen.open_connections == 0; }));
  CHECK_FALSE(server.wait_for([](const auto& seen) { return seen.aborted > 0; }, 1ms));
  server.stop();
  server.stop();
  CHECK(fetched(server.port(), 1, size) == 0);
}

TEST_CASE("a paced answer comes event by event", "[testing][prepared]") {
  auto answer = prepared_answer::stream(5, 260);
  const auto size = answer.text().size();
  server_options how;
  how.always(behaviour::prepared(answer.paced(2ms)));
  server_thread server{how};
  REQUIRE(server.started());
  const auto before = std::chrono::steady_clock::now();
  CHECK(fetched(server.port(), 1, size) == size);
  CHECK(std::chrono::steady_clock::now() - before >= 8ms);  // four waits; never less
}

TEST_CASE("a server thread stops with connections open", "[testing][prepared]") {
  server_options how;
  how.always(behaviour{}.after(1h));
  auto server = std::make_unique<server_thread>(how);
  REQUIRE(server->started());
  asio::io_context io;
  std::size_t have = 1;
  cohedge::spawn(io, fetch(server->port(), 1, 10), [&](cohedge::result<std::size_t> got) {
    have = got ? got.value() : 0;
    io.stop();
  });
  while (server->counters().open == 0) io.run_for(1ms);
  server.reset();
  io.run();
  CHECK(have == 0);
}
