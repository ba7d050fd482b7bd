// A service that asks a model while it serves: one thread, one io_context, many connections. Who connects sends a
// question a line and gets an answer a line, in time or with an apology.
//
//   async_service           against a server inside this program; checks itself and ends
//   async_service --live    OpenAI (OPENAI_API_KEY), otherwise the same

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

using asio::ip::tcp;
using namespace cohedge::literals;

namespace {

constexpr std::string_view apology = "sorry, not now: ";

/// A line from the peer; no value when it has gone. Any Asio operation can be awaited in a task, through `use_task`.
cohedge::task<std::string> read_line(tcp::socket& peer, std::string& received) {
  auto buffer = asio::dynamic_buffer(received, 16 * 1024);
  const auto [failed, size] = co_await asio::async_read_until(peer, buffer, '\n', cohedge::use_task);
  if (failed) co_return cohedge::error{cohedge::errc::connection_closed};
  auto line = received.substr(0, size - 1);
  received.erase(0, size);
  co_return line;
}

cohedge::task<void> write_line(tcp::socket& peer, std::string line) {
  line.push_back('\n');
  const auto [failed, size] = co_await asio::async_write(peer, asio::buffer(line), cohedge::use_task);
  if (failed) co_return cohedge::error{cohedge::errc::connection_closed};
  co_return cohedge::success();
}

/// One connection, for as long as the peer stays. It shares the route with all others.
cohedge::task<void> serve(tcp::socket peer, cohedge::route chat) {
  std::string received;
  for (;;) {
    auto question = co_await read_line(peer, received);
    if (!question) co_return cohedge::success();

    cohedge::chat_request ask{std::move(question).value()};  // in a statement of its own: docs/gcc12.md
    ask.system("Answer in one line.").max_tokens(100);
    auto answer = co_await chat.complete(ask);  // other connections are served meanwhile

    std::string line{apology};
    if (answer)
      line = answer->text();
    else
      line.append(to_string(answer.error().code()));
    std::ranges::replace(line, '\n', ' ');
    auto written = co_await write_line(peer, std::move(line));
    if (!written) co_return written;
  }
}

cohedge::task<void> accept_all(tcp::acceptor& door, cohedge::route chat) {
  for (;;) {
    tcp::socket peer{door.get_executor()};
    const auto [failed] = co_await door.async_accept(peer, cohedge::use_task);
    if (failed) co_return cohedge::error{cohedge::errc::closed};
    auto serving = serve(std::move(peer), chat);
    cohedge::spawn(door.get_executor(), std::move(serving));
  }
}

/// Connects, asks twice over one connection, and counts the answers that are what they should be.
cohedge::task<void> check(tcp::endpoint at, std::string question, bool apologizes, int& good) {
  cohedge::chain& here = co_await cohedge::this_chain;
  tcp::socket socket{here.executor()};
  const auto [failed] = co_await socket.async_connect(at, cohedge::use_task);
  if (failed) co_return cohedge::error{cohedge::errc::connect_failed};
  std::string received;
  for (int turn = 0; turn < 2; ++turn) {
    if (const auto sent = co_await write_line(socket, question); !sent) co_return sent;
    const auto answer = co_await read_line(socket, received);
    if (!answer) co_return answer.error();
    std::printf("%-28s -> %s\n", question.c_str(), answer->c_str());
    if (answer->starts_with(apology) == apologizes && answer->size() > 3) ++good;
  }
  co_return cohedge::success();
}

cohedge::testing::behaviour answer_for(const cohedge::testing::server_request& asked) {
  cohedge::testing::behaviour how;
  if (asked.prompt == "What is the meaning of life?") return how.after(60s);
  return how.text("You asked: " + asked.prompt).after(50ms);
}

}  // namespace

int main(int argc, char** argv) {
  const bool live = argc > 1 && std::string_view{argv[1]} == "--live";
  asio::io_context io;

  // The model's side.
  cohedge::testing::llm_server server{io.get_executor(), cohedge::testing::server_options{}.script(answer_for)};
  if (const auto started = server.start(); !started) return 1;
  cohedge::client client{io.get_executor()};
  auto model = live ? cohedge::openai(client, "gpt-5-mini") : cohedge::openai_compatible(client, server.base_url(), "demo");
  auto chat = cohedge::route("service").fallback({model}).deadline(live ? 20s : 1s);  // for each question, retries included

  // Our own side.
  tcp::acceptor door{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  cohedge::spawn(io, accept_all(door, chat));

  // Users: four at once, and one whose question nobody can answer in time. They do not hold each other up.
  int good = 0;
  int left = 5;
  const auto done = [&](const cohedge::result<void>& outcome) {
    if (!outcome) std::printf("a user failed: %s\n", outcome.error().message().c_str());
    if (--left == 0) io.stop();
  };
  for (const auto* question : {"Where is the inn?", "Who rules here?", "Is it safe?", "What is for supper?"})
    cohedge::spawn(io, check(door.local_endpoint(), question, false, good), done);
  cohedge::spawn(io, check(door.local_endpoint(), "What is the meaning of life?", !live, good), done);
  io.run();

  std::printf("%d of 10 answers as expected\n", good);
  return good == 10 ? 0 : 1;
}
