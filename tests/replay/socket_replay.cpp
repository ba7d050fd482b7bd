#include "replay/socket_replay.hpp"

#include "replay/asking.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/io_context.hpp>

#include <optional>

namespace cohedge::tests {

namespace {

using testing::behaviour;

/// One server and one client on one context; every exchange is served and asked for in turn.
class stage {
 public:
  stage() : client_{io_.get_executor()} {
    testing::server_options options;
    options.script([this](const testing::server_request&) { return next_; });
    server_.emplace(io_.get_executor(), std::move(options));
    started_ = server_->start().has_value();
  }

  outcome run(const recording& exchange, const place& at, const expected& want, const layout& how) {
    next_ = behaviour::replay(exchange.status, exchange.headers, exchange.body);
    if (exchange.is_stream()) next_.framed(testing::framing::chunked);
    if (how.pieces != 0) next_.in_pieces(how.pieces);
    if (how.random) next_.in_random_pieces();
    endpoint where{server_->base_url(), "recorded"};
    auto whom = make_provider(client_, *at.ours, std::move(where));
    const auto texts = std::max<std::size_t>(want.vectors.size(), 1);
    auto work = ask(std::move(whom), at.asks, how.as_stream, texts);
    std::optional<result<outcome>> got;
    spawn(io_, std::move(work), [&](result<outcome> done) { got.emplace(std::move(done)); });
    while (!got) io_.run_one();
    if (*got) return std::move(*got).value();
    outcome failed;
    failed.failure = got->error();
    return failed;
  }

  bool started() const { return started_; }

 private:
  asio::io_context io_;
  class client client_;
  behaviour next_;
  std::optional<testing::llm_server> server_;
  bool started_ = false;
};

/// The first difference over all layouts of an exchange.
std::string play(stage& on, const recording& exchange, const place& at, const expected& want, int& runs) {
  for (const auto& how : layouts_of(exchange, at)) {
    ++runs;
    const auto difference = compare(want, on.run(exchange, at, want, how));
    if (!difference.empty()) return how.name + ": " + difference;
  }
  return {};
}

void replay(stage& on, const recording& exchange, expected (*read)(const recording&), replay_report& into) {
  auto& row = into.rows[{exchange.provider, exchange.surface}];
  const auto at = place_of(exchange);
  if (!at.why_not.empty()) {
    ++row.not_ours;
    into.not_ours.push_back(exchange.id + " (" + exchange.surface + "): " + at.why_not);
    return;
  }
  if (at.ours == nullptr) {
    ++row.awaiting;
    ++into.awaiting[at.dialect];
    return;
  }
  into.streams += exchange.is_stream() ? 1 : 0;
  const auto difference = play(on, exchange, at, read(exchange), into.runs);
  ++(difference.empty() ? row.passed : row.failed);
  if (difference.empty()) return;
  into.differences.push_back(exchange.id + " (" + exchange.provider + ", " + exchange.surface + "): " + difference);
}

}  // namespace

replay_report::counts replay_report::total() const {
  counts sum;
  for (const auto& [where, row] : rows) {
    sum.passed += row.passed;
    sum.failed += row.failed;
    sum.awaiting += row.awaiting;
    sum.not_ours += row.not_ours;
  }
  return sum;
}

replay_report replay_over_sockets(const std::vector<recording>& exchanges,
                                  const std::function<void(std::size_t, std::size_t)>& progress,
                                  expected (*read)(const recording&)) {
  replay_report report;
  stage on;
  if (!on.started()) {
    report.differences.push_back("the loopback server could not be started");
    return report;
  }
  std::size_t done = 0;
  for (const auto& exchange : exchanges) {
    replay(on, exchange, read, report);
    if (progress) progress(++done, exchanges.size());
  }
  return report;
}

}  // namespace cohedge::tests
