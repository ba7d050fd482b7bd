#include "sweep.hpp"

#include "faults/descriptors.hpp"
#include "faults/shared_connector.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/fault_proxy.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace cohedge::tests {

using namespace std::chrono_literals;
using testing::fault;

namespace {

constexpr std::size_t lanes = 128;
constexpr std::size_t faults_shown = 5;

testing::server_options server_for(const exchange_plan& plan) {
  testing::server_options options;
  options.always(testing::behaviour{}.text(std::string{sweep_text}));
  if (plan.tls) options.tls();
  if (plan.version == net::http_version::http2) options.offer_http2();
  return options;
}

std::string trusted_file(const testing::llm_server& server) {
  const auto path = std::filesystem::temp_directory_path() / ("cohedge_sweep_" + std::to_string(server.port()) + ".pem");
  std::ofstream{path} << server.ca_pem();
  return path.string();
}

}  // namespace

plan::clock_limits sweep_clocks() {
  plan::clock_limits clocks;
  clocks.connect(1s).headers(2s).first_content(3s).between_content(4s);
  return clocks;
}

/// What a run over all offsets has brought so far.
struct sweep::tally {
  testing::fault_kind kind;
  bool from_client;
  std::size_t step;
  std::size_t end;
  std::size_t next = 0;
  std::size_t running = 0;
  std::size_t tries = 0;
  std::map<std::string, std::size_t> outcomes{};  ///< by class
  std::vector<std::string> wrong{};
};

sweep::sweep(exchange_plan plan) : plan_{std::move(plan)}, server_{io_.get_executor(), server_for(plan_)} {
  if (const auto listening = server_.start(); !listening) std::fputs(listening.error().message().c_str(), stderr);
  if (plan_.tls) trusted_ = trusted_file(server_);
  limits bounds;
  bounds.tls_sessions = 0;  // a resumed handshake is shorter: the answer would not lie where it was measured
  network_ = net::make_tcp_connector(io_.get_executor(), {}, bounds);
}

sweep::~sweep() {
  std::error_code ignored;
  if (plan_.tls) std::filesystem::remove(trusted_, ignored);
}

/// One exchange with a fault. Whoever looks at `passed` and `struck` sees what the first connection carried.
task<std::vector<tried_call>> sweep::play(fault what, exchange_size& passed, bool& struck) {
  chain& here = co_await this_chain;
  testing::fault_proxy proxy{io_.get_executor(), server_.port()};
  proxy.first_connection(what);
  if (auto listening = proxy.start(); !listening) co_return std::move(listening).error();

  client_options options;
  options.network(std::make_unique<shared_connector>(network_));
  options.extra_ca_file(trusted_).clocks(sweep_clocks());
  client asking{io_.get_executor(), std::move(options)};
  const auto base = (plan_.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(proxy.port()) + "/v1";
  endpoint where{base, "m"};
  where.version(plan_.version);
  const auto from = make_provider(asking, dialect::openai_chat(), std::move(where));

  std::vector<tried_call> calls;
  for (std::size_t i = 0; i < plan_.calls; ++i) {
    const auto began = here.now();
    auto call = ask(from, plan_.how);
    auto got = co_await std::move(call);
    if (!got) co_return std::move(got).error();
    calls.push_back({std::move(got).value(), here.now() - began});
  }
  if (!proxy.connections().empty()) {
    const auto& first = proxy.connections().front();
    passed = {first.from_client, first.from_server};
    struck = first.struck;
  }
  const auto closed = co_await asking.close();
  if (!closed || asking.open_connections() != 0 || asking.running_losers() != 0)
    co_return error{errc::invalid_argument, "the client still holds something"};
  co_return calls;
}

result<exchange_size> sweep::measure() {
  exchange_size passed;
  bool struck = false;
  std::optional<error> why;
  bool over = false;
  spawn(io_, play(fault{}, passed, struck), [&](result<std::vector<tried_call>> got) {
    over = true;
    if (!got) why = got.error();
    if (got && got->front().got.failure) why = got->front().got.failure;
  });
  time_.run_until([&] { return over; });
  if (why) return *why;
  return passed;
}

/// Takes the next offset, again and again.
task<void> sweep::lane(tally& of) {
  while (of.next <= of.end) {
    const auto offset = of.next;
    of.next += of.step;
    fault what{of.kind, offset};
    if (of.from_client) what.from_client();
    exchange_size passed;
    bool struck = false;
    auto playing = play(what, passed, struck);
    const auto calls = co_await std::move(playing);
    ++of.tries;
    std::string problem = calls ? judge(plan_, whole_, what, struck, *calls) : calls.error().message();
    if (!problem.empty()) of.wrong.push_back("offset " + std::to_string(offset) + ": " + problem);
    if (!calls) continue;
    for (const auto& call : *calls)
      ++of.outcomes[call.got.failure ? std::string{to_string(call.got.failure->kind())} : "answered"];
  }
  --of.running;
  co_return success();
}

void sweep::play_all(tally& of) {
  for (of.running = 0; of.running < lanes;) {
    ++of.running;
    spawn(io_, lane(of));
  }
  if (!time_.run_until([&] { return of.running == 0; })) of.wrong.push_back("calls that never end");
}

bool sweep::begin() {
  const auto clean = measure();
  if (clean)
    whole_ = *clean;
  else
    std::printf("%s: the clean exchange fails: %s\n", plan_.name.c_str(), clean.error().message().c_str());
  return clean.has_value();
}

bool sweep::run(testing::fault_kind kind, bool from_client, std::size_t step) {
  // What is open before and after: the server's side of what the proxy has just closed may need a moment.
  const auto settled = [&] { return server_.counters().open_connections == 0; };
  time_.run_until(settled);
  const auto before = open_descriptors();
  tally all{kind, from_client, step, from_client ? whole_.from_client : whole_.from_server};
  play_all(all);
  time_.run_until(settled);
  if (open_descriptors() != before) all.wrong.push_back("descriptors are left open");

  std::printf("%-22s %-11s %-10s %6zu offsets:", plan_.name.c_str(), from_client ? "from client" : "from server",
              testing::to_string(kind), all.tries);
  for (const auto& [outcome, count] : all.outcomes) std::printf(" %zu %s", count, outcome.c_str());
  std::printf("%s\n", all.wrong.empty() ? "" : "  WRONG");
  for (std::size_t i = 0; i < all.wrong.size() && i < faults_shown; ++i) std::printf("    %s\n", all.wrong[i].c_str());
  std::fflush(stdout);
  return all.wrong.empty();
}

}  // namespace cohedge::tests
