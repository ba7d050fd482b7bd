// A network whose n-th call fails, seen by a whole client.

#include "catch.hpp"
#include "faults/ask.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/behaviour.hpp>
#include <cohedge/testing/failing_network.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::failing_network;
using testing::io_failure;

namespace {

/// One call on a connection of its own: a connect, a write, a read.
struct one_call {
  explicit one_call(std::size_t fails_at = 1000, io_failure how = io_failure::reset) {
    testing::scripted_network far_side;
    far_side.on_request(testing::llm_answers([](const auto&) { return testing::behaviour{}.text("hi"); }));
    failing_network broken{far_side.connector()};
    broken.fail(fails_at, how);
    client_options options;
    options.network(broken.connector());
    client asking{world.get_executor(), std::move(options)};
    const auto from = openai_compatible(asking, "http://far.test/v1", "m");
    const auto began = world.now();
    spawn(world, tests::ask(from, tests::form::whole), [&](result<tests::answered> ended) {
      took = world.now() - began;
      got = ended.value();
    });
    world.run();
    calls = broken.calls();
    struck = broken.struck();
    CHECK(broken.streams() == asking.open_connections());
    CHECK(world.idle());
  }

  std::string outcome() const { return got.failure ? std::string{to_string(got.failure->code())} : got.text; }

  testing::virtual_context world;
  tests::answered got;
  duration took{};
  testing::io_calls calls;
  bool struck = false;
};

}  // namespace

TEST_CASE("a failing network counts its calls, and fails only where it is told to", "[faults]") {
  const one_call clean;
  CHECK(clean.outcome() == "hi");
  CHECK(clean.calls.connects == 1);
  CHECK(clean.calls.writes == 1);
  CHECK(clean.calls.reads == 1);
  CHECK_FALSE(clean.struck);
}

TEST_CASE("every call of a network can fail in every way", "[faults]") {
  const auto outcome = [](std::size_t call, io_failure how) {
    const one_call broken{call, how};
    CHECK(broken.struck);
    return broken.outcome();
  };
  const auto code = [](errc of) { return std::string{to_string(of)}; };
  CHECK(outcome(0, io_failure::reset) == code(errc::connect_failed));
  CHECK(outcome(0, io_failure::close) == code(errc::connection_refused));
  CHECK(outcome(0, io_failure::hang) == code(errc::connect_timeout));
  for (const std::size_t call : {1, 2}) {
    CHECK(outcome(call, io_failure::reset) == code(errc::connection_reset));
    CHECK(outcome(call, io_failure::close) == code(errc::connection_closed));
    CHECK(outcome(call, io_failure::hang) == code(errc::first_content_timeout));
    CHECK(outcome(call, io_failure::shrink) == "hi");
  }
}

TEST_CASE("a call that hangs costs exactly its clock", "[faults]") {
  CHECK(one_call{0, io_failure::hang}.took == plan::clock_limits{}.connect());
  CHECK(one_call{2, io_failure::hang}.took == plan::clock_limits{}.first_content());
}
