#include "commands.hpp"
#include "session.hpp"
#include "terminal.hpp"

#include <cohedge/plan/split.hpp>
#include <cohedge/testing/server_thread.hpp>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace cohedge::cli {

namespace {

testing::behaviour bench_answer(const std::string& mode) {
  using testing::prepared_answer;
  if (mode == "json") return testing::behaviour::prepared(prepared_answer::json());
  auto stream = prepared_answer::stream();
  if (mode == "paced") stream.paced(std::chrono::milliseconds{200});
  return testing::behaviour::prepared(std::move(stream));
}

testing::latency_curve curve_of(const std::vector<duration>& given) {
  if (given.size() == 4) return {given[0], given[1], given[2], given[3]};
  return {given[0], given[0], given[0], given[0]};
}

// One draw per request, from the seed and the request's number, so that a run can be had again.
testing::behaviour answer_for(const mock_options& options, const testing::behaviour& good, std::size_t number) {
  const auto drawn = plan::stable_hash(std::to_string(options.seed) + "/" + std::to_string(number));
  const double at = static_cast<double>(drawn >> 11) * 0x1.0p-53 * 100;
  auto how = good;
  if (at < options.fail)
    how.error(503, "server_error", "overloaded", "the mock server was told to fail");
  else if (at < options.fail + options.stall)
    how.no_answer(testing::script_end::hangs);
  else if (at < options.fail + options.stall + options.cut)
    how.cut_after_tokens(3);
  return how;
}

testing::server_options server_of(const mock_options& options) {
  testing::server_options server;
  server.port(options.port).seed(options.seed).keep_requests(0);
  if (options.tls) server.tls();
  if (!options.key.empty()) server.require_key(options.key);
  if (!options.bench.empty()) {
    server.always(bench_answer(options.bench));
    return server;
  }
  testing::behaviour good;
  if (!options.latency.empty()) good.latency(curve_of(options.latency));
  if (options.between_tokens) good.between_tokens(*options.between_tokens);
  if (options.tokens) good.tokens(*options.tokens);
  server.script(
      [options, good](const testing::server_request& asked) { return answer_for(options, good, asked.number); });
  return server;
}

void print_how_to_ask(const mock_options& options, const testing::server_thread& server) {
  const auto url = server.base_url();
  const std::string trust = options.tls ? " --cacert " + options.ca_file : "";
  const std::string key = options.key.empty() ? "" : " -H 'authorization: Bearer " + options.key + "'";
  std::printf("The mock server listens at %s\n\n", url.c_str());
  std::printf(
      "  curl%s%s %s/chat/completions -d "
      "'{\"model\":\"mock\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n\n",
      trust.c_str(), key.c_str(), url.c_str());
  if (options.tls) {
    std::printf("Its authority is in %s. In cohedge.toml:\n\n  [client]\n  ca_file = \"%s\"\n", options.ca_file.c_str(),
                options.ca_file.c_str());
    std::printf("  [providers.mock]\n  kind = \"openai_compatible\"\n  base_url = \"%s\"\n  model = \"mock\"\n\n",
                url.c_str());
  } else {
    std::printf("  OPENAI_BASE_URL=%s OPENAI_API_KEY=%s cohedge ask \"Hello\"\n\n", url.c_str(),
                options.key.empty() ? "any" : options.key.c_str());
  }
  std::puts("Ctrl-C ends it.");
  std::fflush(stdout);
}

std::string counted(const testing::server_counters& seen) {
  return std::to_string(seen.requests) + " requests, " + std::to_string(seen.finished) + " answered, " +
         std::to_string(seen.aborted) + " given up by the client, " + std::to_string(seen.cut) + " cut, " +
         std::to_string(seen.connections) + " connections (" + std::to_string(seen.open_connections) + " open)";
}

// Until Ctrl-C; the line of counters is drawn anew each second where somebody sees it.
void wait_for_the_end(const testing::server_thread& server, const sigset_t& ends) {
  progress_line line{stderr};
  const std::timespec second{1, 0};
  while (::sigtimedwait(&ends, nullptr, &second) < 0) line.show(counted(server.counters()));
  line.done(counted(server.counters()));
}

}  // namespace

int mock(const mock_options& options) {
  // Blocked before the server's thread starts, so that the signal comes to us.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  testing::server_thread server{server_of(options)};
  if (!server.started()) {
    const int code = fail_with(server.started().error());
    std::fputs("Another port: --port 0 takes any free one.\n", stderr);
    return code;
  }
  if (options.tls) {
    std::ofstream file{options.ca_file};
    file << server.ca_pem();
    if (!file.flush()) return fail_with(error{errc::invalid_argument, "cannot write " + options.ca_file});
  }
  print_how_to_ask(options, server);
  wait_for_the_end(server, ends);
  return exit_ok;
}

}  // namespace cohedge::cli
