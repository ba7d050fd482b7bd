#include "catch.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/testing/scripted_provider.hpp>
#include <cohedge/testing/virtual_time.hpp>

using namespace std::chrono_literals;
using namespace cohedge::testing;
using cohedge::end_reason;
using cohedge::errc;

namespace {

std::string describe(const cohedge::result<cohedge::completion>& got) {
  return got ? got.value().text() : std::string{cohedge::to_string(got.error().code())};
}

/// Makes one whole call and notes its outcome.
cohedge::task<void> ask(cohedge::provider from, trace& log) {
  auto work = from.complete(cohedge::chat_request{"hi"});
  const auto got = co_await std::move(work);
  log(describe(got));
  co_return cohedge::success();
}

/// Makes one streamed call and notes every event.
cohedge::task<void> listen(cohedge::provider from, trace& log, std::size_t most = 100) {
  auto work = from.stream(cohedge::chat_request{"hi"});
  auto opened = co_await std::move(work);
  if (!opened) {
    log("not begun: " + std::string{cohedge::to_string(opened.error().code())});
    co_return opened.error();
  }
  auto& stream = opened.value();
  for (std::size_t i = 0; i < most; ++i) {
    const auto event = co_await stream.next();
    if (!event) {
      log(cohedge::to_string(event.error().code()));
      log(cohedge::to_string(event.error().kind()));
      break;
    }
    const auto& got = event.value();
    log(got.kind == cohedge::delta_kind::usage ? "usage" : got.kind == cohedge::delta_kind::finish ? got.name : got.text);
  }
  co_return cohedge::success();
}

}  // namespace

TEST_CASE("a scripted provider answers, fails and hangs in sequence, and the last one holds", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.hangs().fails(errc::connection_reset).after(5ms).answers("one two").after(100ms).every(20ms);
  auto bounded = cohedge::with_deadline(1s, ask(a, log));
  cohedge::spawn(world, std::move(bounded));
  world.run();
  for (int i = 0; i < 3; ++i) {
    cohedge::spawn(world, ask(a, log));
    world.run();
  }
  CHECK(log.text() == "1000ms deadline exceeded\n1005ms connection reset\n1125ms one two\n1245ms one two\n");
  CHECK(a.started() == 4);
  CHECK(a.answered() == 2);
  CHECK(a.failed() == 1);
  CHECK(a.cancelled() == 1);
  CHECK(a.running() == 0);
  REQUIRE(a.requests().size() == 4);
  CHECK(a.requests()[0].read().messages.at(0).text == "hi");
}

TEST_CASE("the ledger has a row for each call of a scripted provider", "[testing][provider]") {
  virtual_context world;
  scripted_provider a{"a"};
  a.model("m").answers("x").after(7ms).used(3, 4);
  const cohedge::provider p = a;
  auto record = std::make_shared<cohedge::call_record>(world.now(), 2, nullptr);
  const auto twice = [&]() -> cohedge::task<void> {
    for (int i = 0; i < 3; ++i) {
      cohedge::call_context context{record, world.now()};
      auto work = p.backend().complete(cohedge::chat_request{"hi"}, std::move(context));
      const auto got = co_await std::move(work);
      CHECK(got.has_value() == (i < 2));  // two attempts are all that the call has
    }
    co_return cohedge::success();
  };
  cohedge::spawn(world, twice());
  world.run();
  const auto& rows = record->report().attempts;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].provider == "a");
  CHECK(rows[0].model == "m");
  CHECK(rows[0].how_ended == end_reason::won);
  CHECK(rows[0].ended == 7ms);
  CHECK(rows[1].started == 7ms);
  CHECK(rows[1].tokens.input == 3);
  CHECK(rows[1].tokens.known == cohedge::certainty::exact);
  CHECK(a.started() == 2);
}

TEST_CASE("a scripted stream gives its tokens at their times, then finish and usage", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.answers_tokens({"x", "y", "z"}).after(200ms).every(30ms).used(1, 3);
  cohedge::spawn(world, listen(a, log));
  world.run();
  CHECK(log.text() ==
        "200ms x\n230ms y\n260ms z\n260ms stop\n260ms usage\n260ms end of stream\n260ms " +
            std::string{cohedge::to_string(cohedge::error{errc::end_of_stream}.kind())} + "\n");
  CHECK(a.answered() == 1);
}

TEST_CASE("a scripted stream breaks after its tokens", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.answers("x y z").every(10ms).breaks_after(2, errc::connection_reset);
  cohedge::spawn(world, listen(a, log));
  world.run();
  CHECK(log.text() == "0ms x\n10ms  y\n20ms connection reset\n20ms truncated\n");
  CHECK(a.failed() == 1);
}

TEST_CASE("a scripted stream stalls until somebody gives up", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.answers("x y z").stalls_after(1);
  auto bounded = cohedge::with_deadline(3s, listen(a, log));
  cohedge::spawn(world, std::move(bounded));
  world.run();
  CHECK(log.text().substr(0, 32) == "0ms x\n3000ms deadline exceeded\n3");
  CHECK(a.cancelled() == 1);
}

TEST_CASE("a scripted stream that fails before its first token never begins", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.fails(errc::http_status).after(4ms).answers("");
  cohedge::spawn(world, listen(a, log));
  world.run();
  cohedge::spawn(world, listen(a, log));
  world.run();
  CHECK(log.text() == "4ms not begun: error status\n4ms not begun: empty answer\n");
}

TEST_CASE("a scripted stream that is dropped counts as cancelled", "[testing][provider]") {
  virtual_context world;
  trace log{world};
  scripted_provider a{"a"};
  a.answers("x y z");
  cohedge::spawn(world, listen(a, log, 1));
  world.run();
  CHECK(a.cancelled() == 1);
  CHECK(a.running() == 0);
}

TEST_CASE("health is as scripted", "[testing][provider]") {
  virtual_context world;
  scripted_provider a{"a"};
  std::string seen;
  const auto note = [&](cohedge::result<void> got) { seen += got ? "+" : std::string{got.error().provider()}; };
  cohedge::spawn(world, cohedge::provider{a}.check(), note);
  world.run();
  a.unhealthy(errc::connection_refused);
  cohedge::spawn(world, cohedge::provider{a}.check(), note);
  world.run();
  CHECK(seen == "+a");
}
