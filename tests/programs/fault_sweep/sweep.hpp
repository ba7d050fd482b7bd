#pragma once

#include "faults/ask.hpp"

#include <cohedge/net/connector.hpp>
#include <cohedge/plan/attempt_clocks.hpp>
#include <cohedge/testing/fault.hpp>
#include <cohedge/testing/llm_server.hpp>
#include <cohedge/testing/quiet_time.hpp>

#include <asio/io_context.hpp>

#include <map>
#include <string>
#include <vector>

namespace cohedge::tests {

/// One exchange that is tried with a fault at every offset.
struct exchange_plan {
  std::string name;
  net::http_version version = net::http_version::http1;
  bool tls = false;
  form how = form::whole;
  std::size_t calls = 1;  ///< one after the other, on one connection if it lives
};

/// How long a clean run of an exchange is.
struct exchange_size {
  std::size_t from_client = 0;
  std::size_t from_server = 0;
};

/// One call of an exchange with a fault.
struct tried_call {
  answered got;
  duration took{};
};

/// What went wrong with a try itself: nothing, or a text for people.
std::string judge(const exchange_plan& plan, const exchange_size& whole, const testing::fault& what, bool struck,
                  const std::vector<tried_call>& calls);

/// The clocks of every attempt: all different, so that how long a call took tells which one ended it.
plan::clock_limits sweep_clocks();
/// The answer that every call is to give.
inline constexpr std::string_view sweep_text = "Well met, traveller.";

/// Plays an exchange again and again over real sockets, each time through a proxy and with a client of its own, many at
/// a time, under quiet time.
class sweep {
 public:
  explicit sweep(exchange_plan plan);
  ~sweep();

  /// Runs one exchange without a fault.
  exchange_size measure();
  /// One fault kind at every offset of one direction, every `step`-th byte. Prints a line; false: something was wrong.
  bool run(testing::fault_kind kind, bool from_client, std::size_t step);

 private:
  struct tally;

  task<void> lane(tally& of);
  task<std::vector<tried_call>> play(testing::fault what, exchange_size& passed, bool& struck);
  void play_all(tally& of);

  exchange_plan plan_;
  asio::io_context io_;
  testing::quiet_time time_{io_};
  testing::llm_server server_;
  std::string trusted_;  // the file with the server's authority
  std::shared_ptr<net::connector> network_;
  exchange_size whole_;
};

}  // namespace cohedge::tests
