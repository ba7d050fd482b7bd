#include "commands.hpp"
#include "session.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/scope.hpp>

#include <algorithm>

namespace cohedge::cli {

namespace {

enum class state : std::uint8_t { ok, misconfigured, limited, down };

struct checked {
  cli::state state = state::down;
  duration took{};
  std::string detail = "cancelled";
};

state state_of(const error& why) {
  switch (why.kind()) {
    case error_class::credential:
    case error_class::caller_fault:
    case error_class::model_gone:
    case error_class::local: return state::misconfigured;
    case error_class::rate_limited:
    case error_class::quota: return state::limited;
    default: return state::down;
  }
}

task<void> check_one(provider asked, duration longest, checked& into) {
  const chain& here = co_await this_chain;
  const auto begun = here.now();
  auto checking = with_deadline(longest, asked.check());
  const auto healthy = co_await std::move(checking);
  into.took = here.now() - begun;
  into.state = healthy ? state::ok : state_of(healthy.error());
  into.detail.clear();
  if (healthy) co_return success();
  const auto& why = healthy.error();
  if (why.code() == errc::deadline_exceeded)
    into.detail = "no answer";
  else
    into.detail = why.detail().empty() ? std::string{to_string(why.code())} : std::string{why.detail()};
  co_return success();
}

// All at once: the slowest decides how long it takes.
task<void> check_all(const std::vector<configured_provider>& providers, duration longest, std::vector<checked>& into) {
  const chain& here = co_await this_chain;
  scope running;
  for (std::size_t i = 0; i < providers.size(); ++i)
    running.start(here.executor(), check_one(providers[i].provider(), longest, into[i]));
  auto joining = running.join();
  co_return co_await std::move(joining);
}

std::string shown_state(state of, const style& with) {
  switch (of) {
    case state::ok: return with.green("ok");
    case state::misconfigured: return with.yellow("misconfigured");
    case state::limited: return with.yellow("limited");
    case state::down: return with.red("down");
  }
  return {};
}

}  // namespace

int check(const check_options& options) {
  auto opened = session::open(options.config);
  if (!opened) return fail_with(opened.error());
  auto& with = *opened.value();
  const auto& providers = with.setup().providers();
  std::vector<checked> rows(providers.size());
  auto checking = check_all(providers, options.longest, rows);
  const auto done = with.run(std::move(checking));
  if (!done) return fail_with(done.error());

  text_table table;
  table.column("provider").column("kind").column("at").column("model");
  table.column("time", text_table::align::right).column("state").column("");
  const style colours{stdout};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& each = providers[i];
    auto detail = printable(rows[i].detail.substr(0, 200));
    std::ranges::replace(detail, '\n', ' ');
    table.row({each.name(), each.kind(), each.origin(), each.model(), shown_time(rows[i].took),
               shown_state(rows[i].state, colours), std::move(detail)});
  }
  std::printf("Providers of %s:\n%s", with.source().c_str(), table.text("  ").c_str());
  const bool all_ok = std::ranges::all_of(rows, [](const checked& row) { return row.state == state::ok; });
  return all_ok ? exit_ok : exit_failed;
}

}  // namespace cohedge::cli
