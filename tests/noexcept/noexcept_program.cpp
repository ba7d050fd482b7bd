// The library, built with -fno-exceptions -fno-rtti, at work: a route under virtual time, and requests over real
// sockets. A plain program, since Catch2 needs exceptions. Exit 0: everything held.

#include <cohedge/async/no_exceptions.hpp>

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/scripted_provider.hpp>
#include <cohedge/testing/server_thread.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <asio/io_context.hpp>

#include <cstdio>
#include <optional>
#include <string>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this program shows that cohedge works without exceptions and RTTI: build it with the preset noexc"
#endif

namespace {

using namespace std::chrono_literals;

int failures = 0;

void check(bool holds, const char* what) {
  std::printf("%s: %s\n", holds ? "ok" : "FAILED", what);
  if (!holds) ++failures;
}

// Runs the task to its end on the context.
template <class T, class Context>
std::optional<cohedge::result<T>> run(Context& context, cohedge::task<T> work) {
  std::optional<cohedge::result<T>> outcome;
  auto keep = [&outcome](cohedge::result<T> given) { outcome.emplace(std::move(given)); };
  cohedge::spawn(context, std::move(work), keep);
  context.run();
  return outcome;
}

cohedge::task<std::string> read_to_end(cohedge::route chat, cohedge::chat_request ask) {
  auto stream = co_await chat.stream(ask);
  if (!stream) co_return stream.error();
  std::string text;
  for (;;) {
    auto event = co_await stream.value().next();
    if (!event && event.error().code() == cohedge::errc::end_of_stream) co_return text;
    if (!event) co_return event.error();
    text.append(event.value().text);
  }
}

void strategy() {
  cohedge::testing::virtual_context world;
  cohedge::testing::scripted_provider slow{"slow"};
  slow.answers("from the slow one").after(30s);
  cohedge::testing::scripted_provider broken{"broken"};
  broken.fails(cohedge::errc::connection_reset);
  cohedge::testing::scripted_provider good{"good"};
  good.answers("from the good one").after(200ms);

  cohedge::route hedged{"hedged"};
  hedged.hedge({slow, broken, good}, 1s);
  const cohedge::chat_request ask{"hello"};
  const auto answer = run(world, hedged.complete(ask));
  check(answer && *answer && answer->value().text() == "from the good one", "a hedge takes the first good answer");
  check(slow.cancelled() == 1, "the loser is cancelled");

  cohedge::route hopeless{"hopeless"};
  hopeless.fallback({broken}).retries(0);
  const auto failure = run(world, hopeless.complete(ask));
  check(failure && !*failure && failure->error().code() == cohedge::errc::connection_reset, "a failure is a value");
}

void sockets() {
  cohedge::testing::server_thread server;
  check(server.started().has_value(), "the loopback server listens");

  asio::io_context io;
  cohedge::client client{io.get_executor()};
  cohedge::route chat{"chat"};
  chat.fallback({cohedge::openai_compatible(client, server.base_url(), "test-model")});
  const cohedge::chat_request ask{"hello over a socket"};
  const auto whole = run(io, chat.complete(ask));
  check(whole && *whole && !whole->value().text().empty(), "a whole answer over HTTP/1.1");

  io.restart();
  const auto streamed = run(io, read_to_end(chat, ask));
  check(streamed && *streamed && !streamed->value().empty(), "a streamed answer over HTTP/1.1");
}

}  // namespace

int main() {
  strategy();
  sockets();
  return failures == 0 ? 0 : 1;
}
