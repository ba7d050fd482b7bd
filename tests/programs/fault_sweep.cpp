// Every byte of whole exchanges over real sockets: cut, reset, half-closed, stalled and garbled there, in both
// directions. Each try must have exactly one outcome, of a class that fits, within its clock, and leave nothing behind.
//
//     fault_sweep [STEP [NAME]]      every STEP-th offset (29 by default, `./dev sweep`: 1) of the exchanges with NAME in
//                                    their names

#include "fault_sweep/sweep.hpp"

#include <cstdio>
#include <cstdlib>

using namespace cohedge::tests;
using cohedge::testing::fault_kind;

int main(int argc, char** argv) {
  const std::size_t step = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 29;
  const std::string only = argc > 2 ? argv[2] : "";
  using cohedge::net::http_version;
  const std::vector<exchange_plan> plans{
      {.name = "http/1.1 whole"},
      {.name = "http/1.1 stream", .how = form::streamed},
      {.name = "http/1.1 two on one", .calls = 2},
      {.name = "http/1.1 tls whole", .tls = true},
      {.name = "http/1.1 tls stream", .tls = true, .how = form::streamed},
      {.name = "http/2 whole", .version = http_version::http2},
      {.name = "http/2 stream", .version = http_version::http2, .how = form::streamed},
      {.name = "http/2 two on one", .version = http_version::http2, .calls = 2},
      {.name = "http/2 tls whole", .version = http_version::http2, .tls = true},
      {.name = "http/2 tls stream", .version = http_version::http2, .tls = true, .how = form::streamed},
  };
  bool good = true;
  for (const auto& plan : plans) {
    if (plan.name.find(only) == std::string::npos) continue;
    sweep over{plan};
    if (!over.begin()) {
      good = false;
      continue;
    }
    for (const bool from_client : {false, true})
      for (const auto kind : {fault_kind::cut, fault_kind::reset, fault_kind::half_close, fault_kind::stall,
                              fault_kind::garbage})
        good = over.run(kind, from_client, step) && good;
  }
  std::puts(good ? "all good" : "FAILED");
  return good ? 0 : 1;
}
