#include "demo_table.hpp"

#include "percentile.hpp"
#include "text_table.hpp"

#include <algorithm>
#include <cstdio>

namespace cohedge::cli {

namespace {

constexpr std::size_t bar_width = 30;

double in_ms(duration time) { return std::chrono::duration<double, std::milli>{time}.count(); }

struct quantiles {
  double p50;
  double p95;
  double p99;
};

quantiles of(const strategy_outcome& outcome) {
  return {in_ms(percentile(outcome.answered, 0.50)), in_ms(percentile(outcome.answered, 0.95)),
          in_ms(percentile(outcome.answered, 0.99))};
}

}  // namespace

std::string shown_share(std::size_t part, std::size_t whole) {
  if (part == 0 || whole == 0) return "0 %";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  char text[32];
  std::snprintf(text, sizeof text, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
  return text;
}

std::string demo_table(const std::vector<strategy_outcome>& outcomes, bool with_servers) {
  constexpr auto right = text_table::align::right;
  text_table table;
  table.column("strategy").column("p50", right).column("p95", right).column("p99", right);
  table.column("failed calls", right).column("extra requests", right);
  table.column(with_servers ? "aborted at servers" : "superseded", right);
  table.column("time to answer: █ p50  ▒ p95  ░ p99");

  double most = 0;
  for (const auto& outcome : outcomes) most = std::max(most, of(outcome).p99);
  for (const auto& outcome : outcomes) {
    const auto [p50, p95, p99] = of(outcome);
    const auto extra = outcome.attempts > outcome.calls ? outcome.attempts - outcome.calls : 0;
    table.row({outcome.name, shown_time(p50), shown_time(p95), shown_time(p99),
               outcome.failed == 0
                   ? "0"
                   : std::to_string(outcome.failed) + " (" + shown_share(outcome.failed, outcome.calls) + ")",
               shown_share(extra, outcome.calls), std::to_string(with_servers ? outcome.aborted : outcome.lost),
               latency_bar(p50, p95, p99, most, bar_width)});
  }
  return table.text("  ");
}

}  // namespace cohedge::cli
