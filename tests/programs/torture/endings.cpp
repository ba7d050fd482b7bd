// Calls that end early: by a clock, a deadline, the caller, a connection that died meanwhile, or a client that closes.

#include "scenarios.hpp"

#include <cohedge/async/deadline.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/route/route.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;
using testing::script_end;

namespace {

/// Connects in 20 ms, the head after 100, words from 200 on.
script slow_words() {
  auto how = always(good().after(80ms).first_token_after(100ms).between_tokens(50ms));
  how.connects = [](const net::origin&, std::size_t) { return testing::connect_script{}.after(20ms); };
  return how;
}

task<answered> stopped_after(duration wait, task<answered> work) {
  chain& here = co_await this_chain;
  const auto now = here.now();
  const cancel_scope within{here, now + wait, now, errc::cancelled};
  co_return co_await std::move(work);
}

std::function<task<answered>(stage&)> cancelled(form how, duration after) {
  return [how, after](stage& on) { return stopped_after(after, ask(on.at("a"), how)); };
}

std::function<task<answered>(stage&)> late(form how, duration longest) {
  return [how, longest](stage& on) { return ask(route("r").fallback({on.at("a")}).deadline(longest), how); };
}

/// Another call on the connection that is kept, whatever has become of it.
task<answered> again_after(stage& on, form how, duration pause) {
  const auto from = on.at("a");
  auto asking = ask(from, how);
  auto first = co_await std::move(asking);
  if (!first || first->failure) co_return first;
  const auto waited = co_await sleep_for(pause);
  if (!waited) co_return waited.error();
  auto asking_again = ask(from, how);
  co_return co_await std::move(asking_again);
}

std::function<task<answered>(stage&)> twice(form how, duration pause = {}) {
  return [how, pause](stage& on) { return again_after(on, how, pause); };
}

script dies_on_second(script_end end) {
  return {[end](const testing::server_request& asked) { return asked.on_connection == 1 ? good().no_answer(end) : good(); },
          {},
          {}};
}

/// A stream that nobody reads to its end.
task<answered> dropped(stage& on) {
  const auto from = on.at("a");
  chat_request request{"hello"};
  auto opening = from.stream(std::move(request));
  auto stream = co_await std::move(opening);
  answered out;
  if (!stream) {
    out.failure = stream.error();
    co_return out;
  }
  auto event = co_await stream->next();
  if (event)
    out.text = event->text;
  else
    out.failure = event.error();
  co_return out;
}

task<void> keep(task<answered> work, std::optional<result<answered>>& into) {
  auto got = co_await std::move(work);
  into.emplace(std::move(got));
  co_return success();
}

/// The client is closed in the middle of a call: what callers hold goes on.
task<answered> closed_meanwhile(stage& on) {
  std::optional<result<answered>> got;
  scope background;
  background.start(on.executor(), keep(ask(on.at("a"), form::streamed), got));
  auto pausing = sleep_for(150ms);
  co_await std::move(pausing);
  auto closing = on.client().close();
  const auto closed = co_await std::move(closing);
  if (!closed) co_return closed.error();
  auto joining = background.join();
  const auto joined = co_await std::move(joining);
  if (!joined) co_return joined.error();
  if (!got) co_return error{errc::out_of_memory};  // it could not even begin
  co_return std::move(*got);
}

}  // namespace

void add_endings(std::vector<scenario>& all) {
  const auto hangs = always(good().no_answer(script_end::hangs));
  auto never_connects = hangs;
  never_connects.connects = [](const net::origin&, std::size_t) { return testing::connect_script{}.hangs(); };
  all.push_back(scripted("clock: connect", never_connects, once(form::whole), fails(errc::connect_timeout)));
  all.push_back(scripted("clock: headers", hangs, once(form::streamed), fails(errc::header_timeout)));
  all.push_back(scripted("clock: whole answer", hangs, once(form::whole), fails(errc::first_content_timeout)));
  all.push_back(scripted("clock: first content", always(good().first_token_after(1h)), once(form::streamed),
                         fails(errc::first_content_timeout)));
  all.push_back(scripted("clock: between content", always(good().stall_after_tokens(2)), once(form::streamed),
                         fails(errc::between_content_timeout)));

  for (const auto after : {10ms, 50ms, 150ms, 230ms}) {
    const auto at = ", after " + std::to_string(after.count()) + " ms";
    all.push_back(scripted(fails(errc::cancelled) + at, slow_words(), cancelled(form::streamed, after), fails(errc::cancelled)));
    all.push_back(scripted("deadline" + at, slow_words(), late(form::streamed, after), fails(errc::deadline_exceeded)));
  }
  all.push_back(scripted("dropped stream", slow_words(), dropped, "Well"));
  all.push_back(scripted("client closed meanwhile", slow_words(), closed_meanwhile));

  for (const auto how : {form::whole, form::streamed}) {
    const std::string kind = how == form::whole ? ", whole" : ", stream";
    all.push_back(scripted("kept connection closed after the answer" + kind,
                           always(testing::behaviour{good()}.header("X-A", "b")), twice(how, 2s)));
    all.push_back(scripted("kept connection reset by the second request" + kind, dies_on_second(script_end::resets),
                           twice(how), fails(errc::connection_reset)));
    all.push_back(scripted("kept connection closed by the second request" + kind, dies_on_second(script_end::closes),
                           twice(how), fails(errc::connection_closed)));
    auto idle = always(good());
    idle.connects = [](const net::origin&, std::size_t) { return testing::connect_script{}.idle_close(1s); };
    all.push_back(scripted("kept connection closed for idleness" + kind, idle, twice(how, 2s)));
    all.push_back(scripted("kept connection too old" + kind, always(good()), twice(how, 60s)));
  }
}

}  // namespace cohedge::tests
