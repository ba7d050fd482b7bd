// Where a test has failed, what its servers have written is shown with it.

#define CATCH_CONFIG_EXTERNAL_INTERFACES  // Catch2 2.13 hides listeners without it
#include "catch.hpp"
#include "server_process.hpp"

#include <cstdio>

namespace {

#if __has_include(<catch2/catch_all.hpp>)
using listener = Catch::EventListenerBase;
#else
using listener = Catch::TestEventListenerBase;
#endif

class show_logs : public listener {
 public:
  using listener::listener;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    const auto logs = cohedge::tests::take_logs_of_ended();
    if (stats.totals.assertions.failed > 0 && !logs.empty())
      std::printf("---- what the servers of this test have written last\n%s----\n", logs.c_str());
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(show_logs)
