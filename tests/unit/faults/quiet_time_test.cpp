// Virtual time over real sockets.

#include "catch.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

using namespace cohedge;
using namespace std::chrono_literals;

TEST_CASE("quiet time: an hour on a socket takes an hour on the clock, and no longer", "[faults][quiet]") {
  asio::io_context io;
  testing::quiet_time time{io};
  testing::server_options slow;
  slow.always(testing::behaviour{}.text("late").after(1h));
  testing::llm_server server{io.get_executor(), slow};
  REQUIRE(server.start());
  client_options patient;
  patient.clocks(plan::clock_limits{}.first_content(2h));
  client asking{io.get_executor(), std::move(patient)};
  const auto from = openai_compatible(asking, server.base_url(), "m");

  const auto began = time.now();
  std::optional<result<completion>> got;
  spawn(io, from.complete(chat_request{"hello"}), [&](result<completion> answer) { got.emplace(std::move(answer)); });
  REQUIRE(time.run_until([&] { return got.has_value(); }));
  REQUIRE(*got);
  CHECK((*got)->text() == "late");
  CHECK(time.now() - began >= 1h);
  CHECK(time.now() - began < 1h + 1us);
}

TEST_CASE("quiet time ends where nothing is left that could happen", "[faults][quiet]") {
  asio::io_context io;
  testing::quiet_time time{io};
  time.patience(1ms);
  int rang = 0;
  spawn(io, sleep_for(3s), [&](result<void>) { ++rang; });
  CHECK_FALSE(time.run_until([] { return false; }));
  CHECK(rang == 1);
}
