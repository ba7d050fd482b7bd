// The rules of behaviour that strategies must follow, each under its number in the project's reference (rules 1-3, 5-11,
// 16-20, 22, 24), played by scripted providers under virtual time.

#include "world.hpp"

#include <cohedge/testing/scripted_provider.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>

#include <vector>

using namespace cohedge;
using namespace cohedge::tests;
using namespace std::chrono_literals;
using testing::scripted_provider;
using testing::virtual_context;

namespace {

error busy(std::optional<duration> wait = {}) {
  error why{errc::http_status, error_class::rate_limited, "slow down"};
  why.with_status(429);
  if (wait) why.with_retry_after(*wait);
  return why;
}

error down() { return error{errc::http_status, error_class::transient, "down"}.with_status(503); }

task<std::string> read_all(route chat, chat_request ask, error* how = nullptr) {
  auto opening = chat.stream(std::move(ask));
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  std::string text;
  while (auto event = co_await stream.value().next()) text += event.value().text;
  auto end = stream.value().ended();
  if (!end && how) *how = end.error();
  if (!end && !how) co_return end.error();
  co_return text;
}

}  // namespace

TEST_CASE("rule 1: before the first content a stream moves on, and the caller sees one answer", "[route][rules]") {
  virtual_context world;
  scripted_provider broken{"broken"};
  broken.answers("never seen").after(50ms).breaks_after(0, errc::provider_error);
  scripted_provider good{"good"};
  good.answers("the whole answer").after(100ms);
  auto got = play(world, read_all(route("r").fallback({broken, good}), hello()));
  CHECK(got.value() == "the whole answer");
  CHECK(broken.failed() == 1);
}

TEST_CASE("rule 1: after the first content there is no retry and no fallback: text and error", "[route][rules]") {
  virtual_context world;
  scripted_provider half{"half"};
  half.answers("one two three four").every(10ms).breaks_after(2, errc::connection_reset);
  scripted_provider other{"other"};
  other.answers("x");
  error how;
  auto got = play(world, read_all(route("r").fallback({half, other}).retries(5), hello(), &how));
  CHECK(got.value().find("one") == 0);
  CHECK(got.value().find("three") == std::string::npos);
  CHECK(how.kind() == error_class::truncated);
  CHECK(other.started() == 0);
  CHECK(half.started() == 1);
}

TEST_CASE("rule 3: a first error does not win while another attempt runs", "[route][rules]") {
  virtual_context world;
  scripted_provider quick{"quick"};
  quick.fails(down()).after(1ms);
  scripted_provider slow{"slow"};
  slow.answers("late but good").after(900ms);
  auto got = play(world, route("r").race({quick, slow}).complete(hello()));
  CHECK(got.value().text() == "late but good");
  CHECK(got.took == 900ms);
}

TEST_CASE("rule 3: an error of this key alone is fatal for its target only; a bad request for all", "[route][rules]") {
  virtual_context world;
  scripted_provider no_key{"no key"};
  no_key.fails(error{errc::http_status, error_class::credential, "bad key"});
  scripted_provider good{"good"};
  good.answers("hi").after(10ms);
  CHECK(play(world, route("r").fallback({no_key, good}).complete(hello())).value().text() == "hi");

  scripted_provider refuses{"refuses"};
  refuses.fails(error{errc::http_status, error_class::caller_fault, "no such parameter"});
  auto refused = play(world, route("r").fallback({refuses, good}).complete(hello()));
  CHECK(refused.failure().kind() == error_class::caller_fault);
  CHECK(good.started() == 1);
}

TEST_CASE("rule 5: a failure starts the next at once, and later delays count from there", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"}, c{"c"};
  a.answers("a").after(5s);
  b.fails(down()).after(100ms);
  c.answers("c").after(200ms);
  auto got = play(world, route("r").hedge({a, b, c}, 300ms).complete(hello()));
  CHECK(ledger(got.report()) == "a primary 0-600 lost (superseded)\n"
                                "b hedge 300-400 failed (error status)\n"
                                "c fallback 400-600 won\n");
  CHECK(got.report().served_by == "c");
}

TEST_CASE("rule 6: when all fail the most telling error is given, with every attempt", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"}, c{"c"};
  a.fails(down()).after(10ms);
  b.fails(error{errc::http_status, error_class::quota, "no credit left"}.with_status(402)).after(10ms);
  c.fails(error{errc::connection_refused}).after(10ms);
  auto got = play(world, route("r").fallback({a, b, c}).retries(0).complete(hello()));
  CHECK(got.failure().kind() == error_class::quota);
  CHECK(got.failure().detail() == "no credit left");
  REQUIRE(got.failure().attempts().size() == 3);
  CHECK(got.failure().attempts()[2].failure == errc::connection_refused);
}

TEST_CASE("rule 6: a deadline carries the last real error", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.fails(down()).after(10ms);
  b.hangs();
  auto got = play(world, route("r").fallback({a, b}).deadline(1s).complete(hello()));
  CHECK(got.failure().code() == errc::deadline_exceeded);
  CHECK(got.failure().detail().find("down") != std::string_view::npos);
  CHECK(got.took == 1s);
}

TEST_CASE("rules 7, 22: a loser is void and every attempt that was started has its row", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.answers("a").after(1s);
  b.answers("b").after(100ms).used(3, 4);
  auto got = play(world, route("r").race({a, b}).complete(hello()));
  REQUIRE(got.report().attempts.size() == a.started() + b.started());
  const auto& lost = got.report().attempts[0];
  CHECK(lost.how_ended == end_reason::lost);
  CHECK(lost.kind == error_class::superseded);
  CHECK(lost.tokens.known != certainty::exact);  // it may be billed all the same
  const auto& won = got.report().attempts[1];
  CHECK(won.tokens.known == certainty::exact);
  CHECK(won.tokens.output == 4);
  CHECK(a.cancelled() == 1);
}

TEST_CASE("rule 8: superseded, deadline and caller are told apart", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.hangs();
  b.answers("b").after(10ms);
  auto raced = play(world, route("r").race({a, b}).complete(hello()));
  CHECK(raced.report().attempts[0].failure == errc::superseded);

  auto late = play(world, route("r").fallback({a}).deadline(1s).complete(hello()));
  CHECK(late.report().attempts[0].failure == errc::deadline_exceeded);

  asio::cancellation_signal stop;
  std::optional<error> why;
  spawn(world, route("r").fallback({a}).complete(hello()),
        asio::bind_cancellation_slot(stop.slot(), [&](result<completion> got) { why = got.error(); }));
  world.run_for(500ms);
  stop.emit(asio::cancellation_type::terminal);
  world.run();
  REQUIRE(why);
  CHECK(why->code() == errc::cancelled);
  CHECK(why->attempts()[0].how_ended == end_reason::cancelled);
  CHECK(a.running() == 0);
}

TEST_CASE("rules 9, 10: the winner is returned at once; two that answer in one tick give one winner", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.answers("a").after(100ms);
  b.answers("b").after(100ms);
  auto got = play(world, route("r").race({a, b}).complete(hello()));
  CHECK(got.took == 100ms);
  CHECK(got.value().text() == "a");
  int winners = 0;
  for (const auto& row : got.report().attempts) winners += row.how_ended == end_reason::won;
  CHECK(winners >= 1);
  CHECK(a.running() + b.running() == 0);
}

TEST_CASE("rule 10: a hedge timer that rings in the tick of the answer starts nothing", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.answers("a").after(300ms);
  b.answers("b");
  auto got = play(world, route("r").hedge({a, b}, 300ms).complete(hello()));
  CHECK(got.value().text() == "a");
  CHECK(got.took == 300ms);
}

TEST_CASE("rule 11: failing to find a hedge target never fails the call", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.answers("a").after(2s);
  b.answers("b");
  auto alone = play(world, route("r").hedge({a}, 10ms).complete(hello()));
  CHECK(alone.value().text() == "a");
  auto capped = play(world, route("r").hedge({a, b}, 10ms).attempts(1).complete(hello()));
  CHECK(capped.value().text() == "a");
  CHECK(b.started() == 0);
  REQUIRE(capped.report().notes.size() == 1);
  CHECK(capped.report().notes[0].find("attempts are used up") != std::string::npos);
}

TEST_CASE("rule 16: Retry-After is a floor for the same target, and no reason to wait for another", "[route][rules]") {
  virtual_context world;
  scripted_provider once{"once"};
  once.fails(busy(2s)).after(10ms).answers("then").after(10ms);
  auto waited = play(world, route("r").fallback({once}).complete(hello()));
  CHECK(waited.value().text() == "then");
  CHECK(waited.took >= 2020ms);
  CHECK(waited.took < 2300ms);
  CHECK(waited.report().attempts[1].why_started == start_reason::retry);

  scripted_provider limited{"limited"}, other{"other"};
  limited.fails(busy(30s)).after(10ms);
  other.answers("hi").after(10ms);
  CHECK(play(world, route("r").fallback({limited, other}).complete(hello())).took == 20ms);
}

TEST_CASE("rule 16: a wait beyond the deadline fails now and says when it would be possible", "[route][rules]") {
  virtual_context world;
  scripted_provider limited{"limited"};
  limited.fails(busy(30s)).after(10ms);
  auto got = play(world, route("r").fallback({limited}).deadline(5s).complete(hello()));
  CHECK(got.took == 10ms);
  CHECK(got.failure().kind() == error_class::rate_limited);
  REQUIRE_FALSE(got.report().notes.empty());
  CHECK(got.report().notes[0].find("retry possible in") != std::string::npos);
}

TEST_CASE("rule 17: the first retry to another target needs no backoff; backoff ends before the deadline", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.fails(down()).after(10ms);
  b.answers("b").after(10ms);
  CHECK(play(world, route("r").fallback({a, b}).complete(hello())).took == 20ms);

  scripted_provider flaky{"flaky"};
  flaky.fails(down()).after(10ms);
  plan::retry_options patient;
  patient.retries(50).base(1s);
  auto got = play(world, route("r").fallback({flaky}).retry(patient).attempts(50).deadline(10s).complete(hello()));
  CHECK(got.took <= 10s);
}

TEST_CASE("rule 18: one count of attempts for retries, fallbacks and nested routes", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.fails(down()).after(1ms);
  b.fails(down()).after(1ms);
  auto inner = route("inner").fallback({a, b}).retries(10);
  auto outer = route("outer").fallback({inner, inner}).retries(10).attempts(5);
  auto got = play(world, outer.complete(hello()));
  CHECK(a.started() + b.started() == 5);
  CHECK(got.failure().attempts().size() == 5);
  CHECK(got.failure().kind() == error_class::transient);
}

TEST_CASE("rule 19: when the attempts are used up, what runs goes on", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"}, c{"c"};
  a.answers("a").after(3s);
  b.fails(down()).after(10ms);
  c.answers("c");
  auto got = play(world, route("r").hedge({a, b, c}, 100ms).attempts(2).complete(hello()));
  CHECK(got.value().text() == "a");
  CHECK(c.started() == 0);
}

TEST_CASE("rule 20: the deadline covers waits, retries and all, and a nested one is the earlier", "[route][rules]") {
  virtual_context world;
  scripted_provider hangs{"hangs"}, good{"good"};
  hangs.hangs();
  good.answers("good").after(100ms);
  auto inner = route("inner").fallback({hangs}).deadline(500ms).retries(0);
  auto outer = route("outer").fallback({inner, good}).deadline(2s);
  auto got = play(world, outer.complete(hello()));
  CHECK(got.value().text() == "good");
  CHECK(got.took == 600ms);
  CHECK(got.report().route == "outer");
}

TEST_CASE("rule 24: a split sticks to its session, and the report has the assigned and the serving one", "[route][rules]") {
  virtual_context world;
  scripted_provider a{"a"}, b{"b"};
  a.answers("a").after(1ms);
  b.answers("b").after(1ms);
  std::vector<split_arm> arms{{"control", a, 50}, {"variant", b, 50}};
  const auto chat = route("r").split(arms);
  std::size_t served_by_a = 0;
  for (int session = 0; session < 200; ++session) {
    chat_request ask{"hello"};
    ask.session("s" + std::to_string(session));
    const auto first = play(world, chat.complete(ask));
    const auto second = play(world, chat.complete(ask));
    CHECK(first.value().text() == second.value().text());
    CHECK(first.report().variant == (first.value().text() == "a" ? "control" : "variant"));
    served_by_a += first.value().text() == "a";
  }
  CHECK(served_by_a > 60);
  CHECK(served_by_a < 140);

  scripted_provider broken{"broken"};
  broken.fails(down());
  std::vector<split_arm> one_broken{{"control", broken, 1e9}, {"variant", b, 1e-9}};
  const auto moved = play(world, route("r").split(one_broken).complete(hello()));
  CHECK(moved.report().variant == "control");
  CHECK(moved.report().served_by == "b");
}

TEST_CASE("the same seed gives the same run, byte for byte; another seed another one", "[route][rules]") {
  const auto run = [](std::uint64_t seed) {
    virtual_context world{seed};
    scripted_provider flaky{"flaky"}, other{"other"};
    flaky.fails(down()).after(10ms).fails(down()).after(20ms).answers("at last").after(5ms);
    other.fails(error{errc::connection_reset}).after(30ms);
    auto got = play(world, route("r").hedge({flaky, other}, 15ms).attempts(8).complete(hello()));
    return ledger(got.report()) + std::to_string(got.took.count());
  };
  CHECK(run(1) == run(1));
  CHECK(run(7) == run(7));
  CHECK(run(1) != run(7));
}

TEST_CASE("the cache answers what it has answered completely, and nothing else", "[route][cache]") {
  virtual_context world;
  scripted_provider a{"a"};
  a.answers("cut").finishes(finish_reason::length).answers("whole").answers("again");
  const auto chat = route("r").fallback({a}).cache(10, 1'000'000, 1min);
  CHECK(play(world, chat.complete(hello())).value().text() == "cut");
  CHECK(play(world, chat.complete(hello())).value().text() == "whole");
  const auto hit = play(world, chat.complete(hello()));
  CHECK(hit.value().text() == "whole");
  CHECK(hit.report().from_cache);
  CHECK(hit.report().attempts.empty());
  chat_request warmer{"hello"};
  warmer.temperature(0.5);
  CHECK(play(world, chat.complete(warmer)).value().text() == "again");
  CHECK(a.started() == 3);
  world.run_until(world.now() + 2min);
  CHECK_FALSE(play(world, chat.complete(hello())).report().from_cache);
}
