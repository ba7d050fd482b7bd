// Against the loopback server, over real sockets: what a race, a hedge, a deadline and a caller's cancel leave behind.
// The server must have seen its requests aborted, and the client must hold no socket, task or alarm.

#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include <filesystem>
#include <fstream>
#include <optional>

#include "unit/run_quietly.hpp"

using namespace cohedge;
using namespace std::chrono_literals;
using testing::behaviour;
using testing::llm_server;
using testing::server_counters;
using testing::server_options;

namespace {

/// Descriptors of this process: sockets, epoll, the lot.
std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) ++count;
  return count;
}

server_options answers(bool with_tls, behaviour how) {
  server_options options;
  options.always(std::move(how));
  if (with_tls) options.tls();
  return options;
}

/// Three servers: one answers, one begins a stream and never ends it, one never answers; and a client that trusts them.
/// The clock jumps only when all is quiet, so every request is out before anything is cancelled.
struct stage {
  explicit stage(bool with_tls)
      : slow{io.get_executor(), answers(with_tls, behaviour{}.tokens(1000).between_tokens(1h))},
        stuck{io.get_executor(), answers(with_tls, behaviour{}.after(1h))},
        quick{io.get_executor(), answers(with_tls, behaviour{}.after(400ms))} {
    REQUIRE(slow.start());
    REQUIRE(stuck.start());
    REQUIRE(quick.start());
    client_options options;
    if (with_tls) {
      trusted = std::filesystem::temp_directory_path() / ("cohedge_left_behind_" + std::to_string(slow.port()) + ".pem");
      std::ofstream{trusted} << slow.ca_pem() << stuck.ca_pem() << quick.ca_pem();
      options.extra_ca_file(trusted.string());
    }
    client.emplace(io.get_executor(), std::move(options));
  }
  ~stage() {
    std::error_code ignored;
    if (!trusted.empty()) std::filesystem::remove(trusted, ignored);
  }

  provider at(const llm_server& server) { return openai_compatible(*client, server.base_url(), "m"); }

  template <class T>
  result<T> run(task<T> work) {
    return tests::run_quietly(io, time, std::move(work));
  }

  /// Waits for the server to notice, then closes the client and looks at what is left.
  void aborted_and_nothing_left(const llm_server& server, std::size_t aborted) {
    const auto noticed = [aborted](const server_counters& seen) { return seen.aborted == aborted && seen.open == 0; };
    CHECK(run(server.until(noticed)));
    CHECK(run(client->close()));
    CHECK(client->running_losers() == 0);
    CHECK(client->open_connections() == 0);
    CHECK(client->idle_connections() == 0);
  }

  asio::io_context io;
  testing::quiet_time time{io};
  llm_server slow, stuck, quick;
  std::filesystem::path trusted;
  std::optional<class client> client;
};

task<std::string> first_word(provider from, chat_request ask) {
  auto opening = from.stream(std::move(ask));
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  auto event = co_await stream.value().next();
  if (!event) co_return event.error();
  co_return std::string{event.value().text};  // the stream dies here, in the middle of its answer
}

}  // namespace

TEST_CASE("after a race, a hedge, a deadline, a cancel and a dropped stream nothing is left", "[integration]") {
  const bool with_tls = GENERATE(false, true);
  CAPTURE(with_tls);
  const auto before = open_descriptors();
  chat_request ask{"hello"};

  SECTION("race") {
    stage on{with_tls};
    auto got = on.run(route("r").race({on.at(on.stuck), on.at(on.quick)}).complete(ask));
    REQUIRE(got);
    CHECK(got.value().report().attempts.at(0).how_ended == end_reason::lost);
    on.aborted_and_nothing_left(on.stuck, 1);
  }
  SECTION("hedge") {
    stage on{with_tls};
    auto got = on.run(route("r").hedge({on.at(on.stuck), on.at(on.quick)}, 200ms).complete(ask));
    REQUIRE(got);
    CHECK(got.value().report().served_by == got.value().report().attempts.at(1).provider);
    on.aborted_and_nothing_left(on.stuck, 1);
  }
  SECTION("deadline") {
    stage on{with_tls};
    auto got = on.run(route("r").fallback({on.at(on.stuck)}).deadline(500ms).complete(ask));
    CHECK(got.error().code() == errc::deadline_exceeded);
    on.aborted_and_nothing_left(on.stuck, 1);
  }
  SECTION("a caller's cancel, in the middle of a race") {
    stage on{with_tls};
    asio::cancellation_signal stop;
    std::optional<error> why;
    spawn(on.io, route("r").race({on.at(on.stuck), on.at(on.stuck)}).complete(ask),
          asio::bind_cancellation_slot(stop.slot(), [&](result<completion> got) { why = got.error(); }));
    REQUIRE(on.run(on.stuck.until([](const server_counters& seen) { return seen.open == 2; })));
    stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.time.run_until([&] { return why.has_value(); }));
    CHECK(why->code() == errc::cancelled);
    on.aborted_and_nothing_left(on.stuck, 2);
  }
  SECTION("a stream that is dropped after its first word") {
    stage on{with_tls};
    REQUIRE(on.run(first_word(on.at(on.slow), ask)));
    on.aborted_and_nothing_left(on.slow, 1);
  }
  CHECK(open_descriptors() == before);
}
