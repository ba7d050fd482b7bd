// One prompt by three strategies over the same three providers, and what each attempt did.
//
//   strategies           three servers inside this program: one refuses, one is slow, one is quick
//   strategies --live    OpenAI (OPENAI_API_KEY), two models

#include <cohedge/cohedge.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using namespace cohedge::literals;

namespace {

double in_ms(cohedge::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

/// One line an attempt: when it ran, as a bar, and how it ended.
void print_timeline(const cohedge::report& report) {
  constexpr int columns = 40;
  const double scale = columns / std::max(in_ms(report.elapsed), 1.0);
  for (const auto& row : report.attempts) {
    const auto from = std::min(static_cast<int>(in_ms(row.started) * scale), columns - 1);
    const auto to = std::min(static_cast<int>(in_ms(row.ended.value_or(report.elapsed)) * scale), columns);
    std::string bar(columns, ' ');
    for (int i = from; i < std::max(to, from + 1); ++i) bar[static_cast<std::size_t>(i)] = '=';
    std::printf("    %-8s |%s| %4.0f ms  %-8s %s", row.provider.c_str(), bar.c_str(),
                in_ms(row.ended.value_or(report.elapsed) - row.started),
                std::string{to_string(row.why_started)}.c_str(), std::string{to_string(row.how_ended)}.c_str());
    // A lost attempt is void: its failure is only that somebody else was faster.
    if (row.how_ended == cohedge::end_reason::failed && row.failure)
      std::printf(": %s%s", std::string{to_string(*row.failure)}.c_str(),
                  row.status ? (" " + std::to_string(row.status)).c_str() : "");
    std::printf("\n");
  }
}

/// Asks, shows what happened and tells who won; an error where nobody did.
cohedge::task<std::string> run(cohedge::route strategy) {
  cohedge::chat_request ask{"Name three rivers."};
  ask.max_tokens(60);
  auto answer = co_await strategy.complete(ask);
  if (!answer) {
    std::printf("%s: %s\n", strategy.name().c_str(), answer.error().message().c_str());
    if (answer.error().report()) print_timeline(*answer.error().report());
    co_return std::move(answer).error();
  }
  const auto& report = answer->report();
  std::printf("%s: %s after %.0f ms\n", strategy.name().c_str(), report.served_by.c_str(), in_ms(report.elapsed));
  print_timeline(report);
  co_return report.served_by;
}

/// The same candidates by each strategy. `expected`: who must win; empty: anybody.
cohedge::task<void> compare(std::vector<cohedge::provider> candidates, std::vector<std::string> expected, bool& good) {
  std::vector<cohedge::route> strategies;
  strategies.push_back(cohedge::route("fallback, one after the other").fallback(candidates));
  strategies.push_back(cohedge::route("race, all at once").race(candidates));
  strategies.push_back(cohedge::route("hedge, the next one after 100 ms").hedge(candidates, 100ms));
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    strategies[i].retries(0).deadline(20s);  // retries would only blur the picture
    const auto winner = co_await run(strategies[i]);
    good = good && winner && (expected.empty() || *winner == expected[i]);
  }
  co_return cohedge::success();
}

cohedge::provider named(cohedge::client& client, const cohedge::testing::llm_server& server, std::string name) {
  cohedge::endpoint where{server.base_url(), "demo"};
  where.name(std::move(name));
  return cohedge::make_provider(client, cohedge::dialect::openai_chat(), where);
}

}  // namespace

int main(int argc, char** argv) {
  const bool live = argc > 1 && std::string_view{argv[1]} == "--live";
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  bool good = true;

  if (live) {
    std::vector<cohedge::provider> candidates{cohedge::openai(client, "gpt-5-mini"), cohedge::openai(client, "gpt-5-nano")};
    cohedge::spawn(io, compare(candidates, {}, good));
    io.run();
    return good ? 0 : 1;
  }

  using cohedge::testing::behaviour;
  using cohedge::testing::llm_server;
  using cohedge::testing::server_options;
  llm_server busy{io.get_executor(), server_options{}.always(behaviour{}.status(503).after(30ms))};
  llm_server slow{io.get_executor(), server_options{}.always(behaviour{}.text("Oder, Elbe, Po.").after(900ms))};
  llm_server quick{io.get_executor(), server_options{}.always(behaviour{}.text("Nile, Indus, Don.").after(80ms))};
  for (auto* server : {&busy, &slow, &quick}) {
    if (const auto started = server->start(); !started) {
      std::printf("%s\n", started.error().message().c_str());
      return 1;
    }
  }
  // In the order in which we would rather use them: the busy one is the cheapest.
  std::vector<cohedge::provider> candidates{named(client, busy, "busy"), named(client, slow, "slow"),
                                            named(client, quick, "quick")};
  // A first good answer wins and a first error never does. So fallback ends at the slow one, and the others at the quick.
  auto work = compare(candidates, {"slow", "quick", "quick"}, good);
  const auto stop = [&](const cohedge::result<void>&) { io.stop(); };  // the servers would run for ever
  cohedge::spawn(io, std::move(work), stop);
  io.run();
  std::printf("%s\n", good ? "ok" : "another one won than should have");
  return good ? 0 : 1;
}
