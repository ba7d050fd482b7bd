#include "replay/socket_replay.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/route/route.hpp>
#include <cohedge/testing/llm_server.hpp>

#include <asio/io_context.hpp>

#include <optional>

namespace cohedge::tests {

namespace {

using testing::behaviour;

/// How the body's bytes are laid out on the wire.
struct layout {
  std::string name;
  std::size_t pieces = 0;  // bytes a write; 0: whole
  bool random = false;
};

/// What one call came to: an answer, an error, or (a stream that broke) both.
struct outcome {
  std::optional<completion> answer;
  std::optional<error> failure;
};

task<outcome> whole(route chat, chat_request ask) {
  outcome got;
  auto asking = chat.complete(std::move(ask));
  auto answer = co_await std::move(asking);
  if (answer)
    got.answer = std::move(answer).value();
  else
    got.failure = std::move(answer).error();
  co_return got;
}

task<outcome> streamed(route chat, chat_request ask) {
  outcome got;
  auto opening = chat.stream(std::move(ask));
  auto stream = co_await std::move(opening);
  if (!stream) {
    got.failure = std::move(stream).error();
    co_return got;
  }
  completion_builder builder;
  while (auto event = co_await stream.value().next()) builder.apply(event.value());
  auto end = stream.value().ended();
  if (!end) got.failure = std::move(end).error();
  got.answer = std::move(builder).take([](std::string_view) { return true; });
  co_return got;
}

/// One server and one client on one context; every exchange is served and asked for in turn.
class stage {
 public:
  stage() : client_{io_.get_executor()} {
    testing::server_options options;
    options.script([this](const testing::server_request&) { return next_; });
    server_.emplace(io_.get_executor(), std::move(options));
    started_ = server_->start().has_value();
  }

  outcome run(const recording& exchange, bool as_stream, const layout& how) {
    next_ = behaviour::replay(exchange.status, exchange.headers, exchange.body);
    if (as_stream) next_.framed(testing::framing::chunked);
    if (how.pieces != 0) next_.in_pieces(how.pieces);
    if (how.random) next_.in_random_pieces();
    const bool legacy_surface = exchange.surface == "legacy.completions";
    auto asked = legacy_surface ? legacy(client_, server_->base_url(), "recorded")
                                : openai_compatible(client_, server_->base_url(), "recorded");
    auto chat = route("replay").fallback({asked}).retries(0);
    chat_request ask{"the recorded question"};
    std::optional<result<outcome>> got;
    auto work = as_stream ? streamed(chat, ask) : whole(chat, ask);
    spawn(io_, std::move(work), [&](result<outcome> done) { got.emplace(std::move(done)); });
    while (!got) io_.run_one();
    if (!*got) return outcome{std::nullopt, got->error()};
    return std::move(*got).value();
  }

  bool started() const { return started_; }

 private:
  asio::io_context io_;
  class client client_;
  behaviour next_;
  std::optional<testing::llm_server> server_;
  bool started_ = false;
};

std::string compare_outcome(const expected& want, const outcome& got) {
  if (want.failed != got.failure.has_value())
    return want.failed ? "no error, but one is due" : "error: " + got.failure->message();
  if (want.failed) {
    if (got.failure->kind() != want.kind)
      return "class " + std::string{to_string(got.failure->kind())} + ", want " + std::string{to_string(want.kind)};
    if (got.failure->message().find(want.why) == std::string::npos) return "the message lacks: " + want.why;
    if (!want.content() || !got.answer) return {};
  }
  return compare(want, *got.answer);
}

const std::vector<layout> stream_layouts{{"whole", 0, false}, {"1 byte", 1, false},  {"2 bytes", 2, false},
                                         {"3 bytes", 3, false}, {"7 bytes", 7, false}, {"random", 0, true}};
const std::vector<layout> whole_layouts{{"whole", 0, false}, {"random", 0, true}};

/// The first difference over all layouts of an exchange.
std::string play(stage& on, const recording& exchange, int& runs) {
  const auto want = read_independently(exchange);
  const bool as_stream = exchange.framing == "sse";
  for (const auto& how : as_stream ? stream_layouts : whole_layouts) {
    ++runs;
    const auto difference = compare_outcome(want, on.run(exchange, as_stream, how));
    if (!difference.empty()) return how.name + ": " + difference;
  }
  return {};
}

}  // namespace

replay_report::counts replay_report::total() const {
  counts sum;
  for (const auto& [where, row] : rows) {
    sum.passed += row.passed;
    sum.failed += row.failed;
    sum.not_ours += row.not_ours;
  }
  return sum;
}

replay_report replay_over_sockets(const std::vector<recording>& exchanges,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  replay_report report;
  stage on;
  if (!on.started()) {
    report.differences.push_back("the loopback server could not be started");
    return report;
  }
  std::size_t done = 0;
  for (const auto& exchange : exchanges) {
    auto& row = report.rows[{exchange.provider, exchange.surface}];
    std::string why_not;
    if (!is_ours(exchange, why_not)) {
      ++row.not_ours;
      report.not_ours.push_back(exchange.id + ": " + why_not);
    } else if (const auto difference = play(on, exchange, report.runs); difference.empty()) {
      ++row.passed;
    } else {
      ++row.failed;
      report.differences.push_back(exchange.id + " (" + exchange.provider + "): " + difference);
    }
    if (progress) progress(++done, exchanges.size());
  }
  return report;
}

}  // namespace cohedge::tests
