#include "commands.hpp"
#include "demo_servers.hpp"
#include "demo_table.hpp"
#include "percentile.hpp"
#include "session.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

#include <cohedge/async/sleep.hpp>
#include <cohedge/route/route.hpp>

#include <algorithm>

namespace cohedge::cli {

using namespace std::chrono_literals;

namespace {

constexpr duration demo_hedge_delay = 120ms;

// A strategy to show: its name in the table, and whom to ask.
struct contender {
  std::string name;
  provider target;
};

/// Asks one contender after the other and shows how far it is.
class demo_show {
 public:
  demo_show(client& with, demo_servers* servers, std::size_t prompts, std::size_t concurrency)
      : client_{with}, servers_{servers}, prompts_{prompts}, concurrency_{concurrency} {}

  task<strategy_outcome> present(contender of) {
    if (servers_) {
      auto warming = warm_up(of);
      static_cast<void>(co_await std::move(warming));
    }
    const auto aborted_before = servers_ ? servers_->aborted() : 0;
    demo_load load{prompts_, concurrency_};
    load.ask([&](std::size_t index) { return request(of.name, index); });
    load.on_progress([&](const strategy_outcome& so_far) { show(of.name, so_far); });
    auto running = load.run(of.name, of.target);
    auto outcome = co_await std::move(running);
    if (!outcome) co_return outcome;
    auto settling = settle();
    static_cast<void>(co_await std::move(settling));
    auto& done = outcome.value();
    if (servers_) done.aborted = servers_->aborted() - aborted_before;
    line_.done("  " + of.name + ": " + std::to_string(done.calls) + " calls in " + shown_time(done.took));
    co_return outcome;
  }

 private:
  chat_request request(const std::string& name, std::size_t index) const {
    chat_request ask{servers_ ? demo_prompt(name, index) : "Greet the player in at most eight words."};
    ask.max_tokens(servers_ ? 16 : 256);
    return ask;
  }

  // Connections are opened before anything is measured.
  task<strategy_outcome> warm_up(const contender& of) {
    demo_load load{concurrency_, concurrency_};
    load.ask([](std::size_t index) { return chat_request{demo_prompt("warm-up", index)}; });
    auto running = load.run("warm-up", of.target);
    co_return co_await std::move(running);
  }

  // Losers wind down after the answer is there; the servers see it a moment later.
  task<void> settle() {
    for (int i = 0; i < 200 && client_.running_losers() > 0; ++i) {
      auto sleeping = sleep_for(5ms);
      const auto slept = co_await std::move(sleeping);
      if (!slept) co_return slept.error();
    }
    if (servers_) servers_->settle();
    co_return success();
  }

  void show(const std::string& name, const strategy_outcome& so_far) {
    if (so_far.calls * 100 / prompts_ == shown_percent_ && so_far.calls < prompts_) return;
    shown_percent_ = so_far.calls * 100 / prompts_;
    const auto filled = so_far.calls * 20 / prompts_;
    std::string bar;
    for (std::size_t i = 0; i < 20; ++i) bar.append(i < filled ? "━" : " ");
    line_.show("  " + name + "  " + bar + "  " + std::to_string(so_far.calls) + "/" + std::to_string(prompts_) +
               (so_far.failed > 0 ? "  " + std::to_string(so_far.failed) + " failed" : ""));
  }

  client& client_;
  demo_servers* servers_;
  std::size_t prompts_;
  std::size_t concurrency_;
  std::size_t shown_percent_ = 0;
  progress_line line_{stderr};
};

// The hedge comes after the others have shown when their slow ones begin; `delay` zero: the first one's p95.
task<std::vector<strategy_outcome>> present_all(demo_show& show, std::vector<provider> with, duration delay) {
  std::vector<strategy_outcome> all;
  const auto note = [&](result<strategy_outcome> outcome) {
    if (outcome) all.push_back(std::move(outcome).value());
    return outcome.has_value();
  };
  auto single = show.present({"one provider (" + with.front().name() + ")", with.front()});
  auto outcome = co_await std::move(single);
  if (!outcome) co_return outcome.error();
  if (delay == duration::zero()) delay = std::max<duration>(50ms, percentile(outcome.value().answered, 0.95));
  note(std::move(outcome));

  const auto in_ms = std::chrono::duration_cast<std::chrono::milliseconds>(delay).count();
  std::vector<contender> routes;
  routes.push_back({"fallback", route("demo-fallback").fallback(with)});
  routes.push_back({"hedge after " + std::to_string(in_ms) + " ms", route("demo-hedge").hedge(with, delay)});
  routes.push_back({"race", route("demo-race").race(with)});
  for (auto& each : routes) {
    auto presenting = show.present(std::move(each));
    auto shown = co_await std::move(presenting);
    if (!note(std::move(shown))) co_return error{errc::cancelled};
  }
  co_return all;
}

void explain(bool with_servers) {
  std::puts(
      "\n"
      "  fallback  asks the next provider when one has failed: no failed calls, but whoever waits for a silent\n"
      "            provider waits until its time limit.\n"
      "  hedge     asks a second provider as well when the first is slower than usual, and takes whichever answers\n"
      "            first: the slow tail goes, for few extra requests.\n"
      "  race      asks all at once: no slow answers at all, for a multiple of the requests; most providers bill\n"
      "            the losers too.\n");
  if (with_servers)
    std::puts(
        "  Extra requests are those beyond one per call. Aborted at servers: requests whose connection was closed\n"
        "  before their answer was complete, counted there: losers are cancelled down to the socket.");
}

int print(const result<std::vector<strategy_outcome>>& shown, bool with_servers) {
  if (!shown) return fail_with(shown.error());
  std::printf("\n%s", demo_table(shown.value(), with_servers).c_str());
  explain(with_servers);
  return exit_ok;
}

int demo_here(const demo_options& options) {
  demo_servers servers{options.seed};
  if (const auto started = servers.started(); !started) return fail_with(started.error());
  const auto prompts = options.prompts > 0 ? options.prompts : 400;
  const auto concurrency = options.concurrency > 0 ? options.concurrency : 12;

  std::printf("Three providers on this machine: real sockets, TLS, faults on demand (seed %llu).\n\n",
              static_cast<unsigned long long>(options.seed));
  text_table table;
  constexpr auto right = text_table::align::right;
  table.column("provider").column("p50", right).column("p95", right).column("p99", right).column("fails", right);
  for (const auto& each : demo_providers()) {
    table.row({std::string{each.name}, shown_time(each.p50), shown_time(each.p95), shown_time(each.p99),
               shown_share(static_cast<std::size_t>(each.fails * 1000), 1000)});
  }
  std::printf("%s\nEach strategy gets the same %zu prompts, %zu at a time:\n", table.text("  ").c_str(), prompts,
              concurrency);
  std::fflush(stdout);

  asio::io_context io{1};
  client_options how;
  plan::clock_limits clocks;
  clocks.total(1200ms);  // silence ends here
  how.extra_ca_file(servers.ca_file()).clocks(clocks);
  client client{io.get_executor(), std::move(how)};
  demo_show show{client, &servers, prompts, concurrency};
  auto presenting = present_all(show, servers.providers(client), demo_hedge_delay);
  const auto shown = run_until_done(io, std::move(presenting));
  auto closing = client.close();
  static_cast<void>(run_until_done(io, std::move(closing)));
  return print(shown, true);
}

int demo_live(const demo_options& options) {
  auto opened = session::open(options.config);
  if (!opened) return fail_with(opened.error());
  auto& with = *opened.value();
  std::vector<provider> providers;
  for (const auto& each : with.setup().providers()) providers.push_back(each.provider());
  if (providers.size() < 2)
    return fail_with(error{errc::invalid_argument, "the live demo needs at least two providers; " + with.source() +
                                                       " has one: set a second key"});
  const auto prompts = options.prompts > 0 ? options.prompts : 20;
  const auto concurrency = options.concurrency > 0 ? options.concurrency : 4;
  std::printf("Real providers of %s, %zu short prompts for each strategy; they bill up to %zu requests.\n",
              with.source().c_str(), prompts, prompts * (3 + providers.size()));
  std::fflush(stdout);
  demo_show show{with.client(), nullptr, prompts, concurrency};
  auto presenting = present_all(show, std::move(providers), duration::zero());
  return print(with.run(std::move(presenting)), false);
}

}  // namespace

int demo(const demo_options& options) { return options.live ? demo_live(options) : demo_here(options); }

}  // namespace cohedge::cli
