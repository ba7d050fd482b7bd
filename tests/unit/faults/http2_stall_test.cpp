// A connection of HTTP/2 that falls silent under a call must not swallow the next one too.

#include "catch.hpp"
#include "faults/ask.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/fault_proxy.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

using namespace cohedge;
using namespace std::chrono_literals;
using testing::fault;
using testing::fault_kind;

TEST_CASE("after a call in vain HTTP/2 asks whether anybody is there before it sends the next one", "[faults][http2]") {
  asio::io_context io;
  testing::quiet_time time{io};
  testing::llm_server server{io.get_executor()};
  REQUIRE(server.start());
  testing::fault_proxy proxy{io.get_executor(), server.port()};
  proxy.first_connection(fault{fault_kind::stall, 100});  // the server's SETTINGS come through, its answer does not
  REQUIRE(proxy.start());

  client_options options;
  options.clocks(plan::clock_limits{}.first_content(5s));
  client asking{io.get_executor(), std::move(options)};
  endpoint where{"http://127.0.0.1:" + std::to_string(proxy.port()) + "/v1", "m"};
  where.version(net::http_version::http2);
  const auto from = make_provider(asking, dialect::openai_chat(), std::move(where));
  const auto call = [&] {
    std::optional<tests::answered> got;
    spawn(io, tests::ask(from, tests::form::whole), [&](result<tests::answered> ended) { got = ended.value(); });
    REQUIRE(time.run_until([&] { return got.has_value(); }));
    return *got;
  };

  const auto first = call();
  REQUIRE(first.failure);
  CHECK(first.failure->code() == errc::first_content_timeout);
  const auto began = time.now();
  const auto second = call();
  CHECK_FALSE(second.failure);
  CHECK(second.report.attempts.at(0).new_connection);
  CHECK(time.now() - began < 3s);
  CHECK(proxy.connections().size() == 2);
}
