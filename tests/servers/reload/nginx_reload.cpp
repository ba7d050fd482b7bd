// Requests through an nginx that is reloaded all the time: none lost, none doubled, every failure one that the table of
// docs/errors.md allows. `nginx_reload --help` tells the options; the exit code is 1 where the promise was not kept.

#include "nginx.hpp"
#include "traffic.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

using namespace cohedge;
using namespace cohedge::tests;

namespace {

constexpr const char* usage = R"(usage: nginx_reload [OPTION]...
  --requests N         how many in all (5000)
  --in-flight N        how many at once (32)
  --reload-every MS    (1000)
  --http2              instead of HTTP/1.1
  --tls
  --route              through a route with retries: then the caller must not see a single error, unless --kill
  --kill               nginx's workers are killed instead: answers are lost, but still no request is doubled
)";

struct options {
  std::size_t requests = 5000;
  std::size_t in_flight = 32;
  std::size_t reload_every = 1000;
  bool http2 = false;
  bool tls = false;
  bool route = false;
  bool kill = false;
};

/// Ends the program where an option is unknown.
options read_options(int argc, char** argv) {
  options chosen;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    std::size_t* number = name == "--requests"       ? &chosen.requests
                          : name == "--in-flight"    ? &chosen.in_flight
                          : name == "--reload-every" ? &chosen.reload_every
                                                     : nullptr;
    bool* flag = name == "--http2"   ? &chosen.http2
                 : name == "--tls"   ? &chosen.tls
                 : name == "--route" ? &chosen.route
                 : name == "--kill"  ? &chosen.kill
                                     : nullptr;
    if (number && i + 1 < argc) {
      *number = std::strtoull(argv[++i], nullptr, 10);
      if (*number > 0) continue;
    }
    if (flag) {
      *flag = true;
      continue;
    }
    std::fputs(usage, name == "--help" ? stdout : stderr);
    std::exit(name == "--help" ? 0 : 2);
  }
  return chosen;
}

/// Prepares a server and tells where it will be.
endpoint prepare(nginx& server, const options& chosen) {
  server.workers(2).with("client_max_body_size 1m; client_body_buffer_size 1m;").listens(chosen.http2 ? "http2" : "");
  if (chosen.tls) server.secure();
  return server.where(chosen.http2 ? net::http_version::http2 : net::http_version::http1);
}

task<void> keep_reloading(const nginx& server, const options& chosen, std::size_t& times) {
  for (;; ++times) {
    auto waiting = sleep_for(std::chrono::milliseconds{chosen.reload_every});
    co_await std::move(waiting);
    if (chosen.kill)
      server.kill_workers();
    else
      server.reload();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto chosen = read_options(argc, argv);
  if (!server_process::find("nginx")) {
    std::puts("skipped: nginx is not installed");
    return 0;
  }
  tally all{chosen.requests};
  const testing::server_thread origin{telling_origin(all)};
  nginx server{origin.port()};
  const auto where = prepare(server, chosen);
  if (const auto started = server.start(); !started) {
    std::printf("%s\n", started.error().message().c_str());
    return 1;
  }

  asio::io_context io;
  client with{io.get_executor()};
  std::unique_ptr<traffic> sender;
  if (chosen.route)
    sender = std::make_unique<routed_traffic>(all, with, where);
  else
    sender = std::make_unique<plain_traffic>(all, io.get_executor(), where);

  const auto begin = std::chrono::steady_clock::now();
  std::size_t running = chosen.in_flight;
  std::size_t times = 0;
  for (std::size_t i = 0; i < chosen.in_flight; ++i) spawn(io, sender->send_on(), [&](result<void>) { --running; });
  spawn(io, keep_reloading(server, chosen, times));
  while (running > 0) io.run_one();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

  std::printf("HTTP/%s%s, %s, %zu at once, %.1f s\n", chosen.http2 ? "2" : "1.1", chosen.tls ? " over TLS" : "",
              chosen.route ? "through a route" : "transport", chosen.in_flight, took.count());
  std::printf("%s %zu\n", chosen.kill ? "killings     " : "reloads      ", times);
  all.print();
  if (times == 0) {
    std::puts("That proves nothing: more --requests, or --reload-every fewer milliseconds.");
    return 1;
  }
  if (all.in_order() && !(chosen.route && !chosen.kill && all.errors() > 0)) return 0;
  const auto log = server.log();
  std::printf("---- what nginx has written last\n%s", log.substr(log.size() - std::min<std::size_t>(log.size(), 2000)).c_str());
  return 1;
}
