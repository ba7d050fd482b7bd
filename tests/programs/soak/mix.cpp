// What the calls of the soak are, and what each must come to.

#include "mix.hpp"

#include <cohedge/async/deadline.hpp>

namespace cohedge::tests {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view good_text = "Well met, traveller.";

task<bool> expect_text(task<answered> asking, std::string_view text = good_text) {
  const auto got = co_await std::move(asking);
  co_return got && !got->failure && got->text == text && got->ledger_is_closed();
}

task<bool> expect_failure(task<answered> asking, errc how) {
  const auto got = co_await std::move(asking);
  if (!got) co_return got.error().code() == how;
  co_return got->failure && got->failure->code() == how && got->ledger_is_closed();
}

task<bool> tool_call(soak_world& in) {
  chat_request request{"look around"};
  const tool look{"look", "Looks at something.", R"({"type":"object","properties":{"at":{"type":"integer"}}})"};
  request.tool(look);
  auto asking = in.at("tools").complete(std::move(request));
  const auto answer = co_await std::move(asking);
  co_return answer && answer->tool_calls().size() == 1 && answer->tool_calls()[0].arguments == R"({"at":1})";
}

/// A stream that nobody reads to its end.
task<bool> dropped(soak_world& in) {
  chat_request request{"hello"};
  auto opening = in.at("good").stream(std::move(request));
  auto stream = co_await std::move(opening);
  if (!stream) co_return false;
  const auto event = co_await stream->next();
  co_return event && event->text == "Well";
}

task<bool> cached(soak_world& in) {
  const auto chat = route("cached").fallback({in.at("good")}).cache(4);
  auto filling = expect_text(ask(chat, form::whole));
  const auto first = co_await std::move(filling);
  chat_request request{"hello"};
  auto hitting = chat.complete(std::move(request));
  const auto second = co_await std::move(hitting);
  co_return first && *first && second && second->report().from_cache && second->text() == good_text;
}

kind_of_call good(std::string name, std::size_t share, std::function<task<answered>(soak_world&)> asks) {
  auto call = [asks](soak_world& in) { return expect_text(asks(in)); };
  return {std::move(name), share, std::move(call)};
}

kind_of_call bad(std::string name, std::size_t share, errc how, std::function<task<answered>(soak_world&)> asks) {
  auto call = [asks, how](soak_world& in) { return expect_failure(asks(in), how); };
  return {std::move(name), share, std::move(call)};
}

route fallback(soak_world& in) { return route("r").fallback({in.at("broken"), in.at("good")}); }
route race(soak_world& in) { return route("r").race({in.at("silent"), in.at("good")}); }
route hedge(soak_world& in) { return route("r").hedge({in.at("silent"), in.at("good")}, 2ms); }
route in_time(soak_world& in) { return route("r").fallback({in.at("silent")}).deadline(3ms); }

}  // namespace

std::vector<kind_of_call> mixed_calls() {
  return {
      good("whole", 460, [](soak_world& in) { return ask(in.at("good"), form::whole); }),
      good("stream", 220, [](soak_world& in) { return ask(in.at("good"), form::streamed); }),
      {"tool call", 50, tool_call},
      bad("status 503", 50, errc::http_status, [](soak_world& in) { return ask(in.at("broken"), form::whole); }),
      good("fallback", 40, [](soak_world& in) { return ask(fallback(in), form::whole); }),
      good("race", 30, [](soak_world& in) { return ask(race(in), form::whole); }),
      good("race of streams", 10, [](soak_world& in) { return ask(race(in), form::streamed); }),
      good("hedge", 20, [](soak_world& in) { return ask(hedge(in), form::streamed); }),
      bad("deadline", 10, errc::deadline_exceeded, [](soak_world& in) { return ask(in_time(in), form::whole); }),
      bad("cancelled", 10, errc::deadline_exceeded,
          [](soak_world& in) { return with_deadline(duration{2ms}, ask(in.at("silent"), form::streamed)); }),
      {"dropped stream", 10, dropped},
      {"cache hit", 30, cached},
      good("fresh connection", 8, [](soak_world& in) { return ask(in.at("closing"), form::whole); }),
      good("TLS whole", 40, [](soak_world& in) { return ask(in.secure("good"), form::whole); }),
      good("TLS stream", 10, [](soak_world& in) { return ask(in.secure("good"), form::streamed); }),
      good("TLS, fresh connection", 2, [](soak_world& in) { return ask(in.secure("closing"), form::whole); }),
  };
}

}  // namespace cohedge::tests
