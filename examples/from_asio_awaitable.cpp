// A program that is written with asio::awaitable, futures or callbacks keeps its style: a cohedge::task takes any Asio
// completion token, with the signature void(result<T>).
//
//   from_asio_awaitable           against a server inside this program
//   from_asio_awaitable --live    OpenAI (OPENAI_API_KEY)

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>

#include <cstdio>
#include <future>
#include <string>
#include <string_view>
#include <thread>

using namespace cohedge::literals;

namespace {

bool all_good = true;

void show(std::string_view how, const cohedge::result<cohedge::completion>& answer) {
  all_good = all_good && answer.has_value();
  const auto text = answer ? answer->text() : "failed: " + answer.error().message();
  std::printf("%-22.*s %s\n", static_cast<int>(how.size()), how.data(), text.c_str());
}

/// 1. From a coroutine of Asio's. The task runs on the coroutine's executor. What it gives is a result, so nothing here
/// throws, neither a failure nor a cancellation.
asio::awaitable<void> from_awaitable(cohedge::provider chat) {
  cohedge::chat_request ask{"Say hello from an awaitable."};
  const auto answer = co_await chat.complete(ask)(asio::use_awaitable);
  show("asio::use_awaitable", answer);

  // Streams as well: `next` is for tasks, so a task reads and the awaitable waits for all of it.
  auto read_all = [](cohedge::provider from, cohedge::chat_request prompt) -> cohedge::task<cohedge::completion> {
    auto stream = co_await from.stream(std::move(prompt));
    if (!stream) co_return std::move(stream).error();
    co_return co_await cohedge::collect(*stream);
  };
  const auto streamed = co_await read_all(chat, ask)(asio::use_awaitable);
  show("a stream, collected", streamed);
}

/// 2. With a callback. Whatever is given as the token is called with the result, on the client's executor.
void with_callback(asio::io_context& io, const cohedge::provider& chat) {
  const auto done = [](const cohedge::result<cohedge::completion>& answer) { show("a callback", answer); };
  cohedge::spawn(io, chat.complete(cohedge::chat_request{"Say hello to a callback."}), done);
}

/// 3. Cancelled from outside through Asio's cancellation slots. The connection closes at once, and the result says
/// `errc::cancelled`: it comes as a value like every other failure.
void with_cancellation(asio::io_context& io, const cohedge::provider& chat, asio::cancellation_signal& stop) {
  const auto done = [](const cohedge::result<cohedge::completion>& answer) {
    const bool cancelled = !answer && answer.error().code() == cohedge::errc::cancelled;
    all_good = all_good && cancelled;
    std::printf("%-22s %s\n", "a cancellation slot", cancelled ? "cancelled, as asked" : "was not cancelled");
  };
  auto work = chat.complete(cohedge::chat_request{"Think for a very long time."});
  cohedge::spawn(io, std::move(work), asio::bind_cancellation_slot(stop.slot(), done));
}

/// 4. With a future, from a thread that does not run the io_context.
void with_future(asio::io_context& io, const cohedge::provider& chat) {
  auto work = chat.complete(cohedge::chat_request{"Say hello to a future."});
  auto answer = cohedge::spawn(io, std::move(work), asio::use_future);
  std::thread runs_io{[&] { io.run(); }};
  show("std::future", answer.get());
  runs_io.join();
}

cohedge::testing::behaviour answer_for(const cohedge::testing::server_request& asked) {
  if (asked.prompt.starts_with("Think")) return cohedge::testing::behaviour{}.after(60s);
  return cohedge::testing::behaviour{}.text("Hello! (you wrote: " + asked.prompt + ")").after(20ms);
}

}  // namespace

int main(int argc, char** argv) {
  const bool live = argc > 1 && std::string_view{argv[1]} == "--live";
  asio::io_context io;
  cohedge::client client{io.get_executor()};

  cohedge::testing::server_thread server{cohedge::testing::server_options{}.script(answer_for)};
  const cohedge::provider chat =
      live ? cohedge::openai(client, "gpt-5-mini") : cohedge::openai_compatible(client, server.base_url(), "demo");

  asio::co_spawn(io, from_awaitable(chat), asio::detached);
  with_callback(io, chat);
  asio::cancellation_signal stop;
  with_cancellation(io, chat, stop);
  asio::steady_timer after_a_moment{io, 100ms};
  after_a_moment.async_wait([&](std::error_code) { stop.emit(asio::cancellation_type::terminal); });
  io.run();

  io.restart();
  with_future(io, chat);
  return all_good ? 0 : 1;
}
