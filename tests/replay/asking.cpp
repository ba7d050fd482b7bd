#include "replay/asking.hpp"

#include <cohedge/route/route.hpp>
#include <cohedge/wire/json_check.hpp>

namespace cohedge::tests {

namespace {

chat_request question() {
  chat_request ask{"the recorded question"};
  ask.max_tokens(100);
  return ask;
}

task<outcome> whole(provider whom) {
  outcome got;
  auto asking = whom.complete(question());
  auto answer = co_await std::move(asking);
  if (answer)
    got.answer = std::move(answer).value();
  else
    got.failure = std::move(answer).error();
  co_return got;
}

task<outcome> streamed(provider whom) {
  outcome got;
  auto opening = whom.stream(question());
  auto stream = co_await std::move(opening);
  if (!stream) {
    got.failure = std::move(stream).error();
    co_return got;
  }
  completion_builder builder;
  while (auto event = co_await stream.value().next()) builder.apply(event.value());
  auto end = stream.value().ended();
  if (!end) got.failure = std::move(end).error();
  got.answer = std::move(builder).take(wire::is_json);
  co_return got;
}

// A call whose value goes to one member of the outcome.
template <typename T>
task<outcome> plain(task<T> asking, std::optional<T> outcome::*into) {
  outcome got;
  auto answer = co_await std::move(asking);
  if (answer)
    got.*into = std::move(answer).value();
  else
    got.failure = std::move(answer).error();
  co_return got;
}

task<outcome> checked(provider whom) {
  outcome got;
  auto asking = whom.check();
  auto answer = co_await std::move(asking);
  if (!answer) got.failure = std::move(answer).error();
  co_return got;
}

provider routed(provider through) {
  auto chat = route("replay").fallback({std::move(through)}).retries(0);
  return chat;
}

}  // namespace

std::vector<layout> layouts_of(const recording& exchange, const place& at) {
  std::vector<layout> ways;
  if (!exchange.is_stream()) ways = {{"whole", false, 0, false}, {"random", false, 0, true}};
  if (at.asks != purpose::chat) return ways;
  if (exchange.is_stream())
    for (const std::size_t size : {0U, 1U, 2U, 3U, 7U})
      ways.push_back({size == 0 ? "streamed whole" : "streamed by " + std::to_string(size), true, size, false});
  // An error to who wanted a stream comes whole, too.
  if (exchange.is_stream() || exchange.status >= 300) ways.push_back({"streamed at random", true, 0, true});
  return ways;
}

task<outcome> ask(provider whom, purpose what, bool as_stream, std::size_t texts) {
  switch (what) {
    case purpose::embeddings:
      return plain(whom.embed(embedding_request{std::vector<std::string>(texts, "a text")}), &outcome::vectors);
    case purpose::models: return plain(whom.models(), &outcome::models);
    case purpose::count: return plain(whom.count_tokens(question()), &outcome::count);
    case purpose::check: return checked(std::move(whom));
    case purpose::chat: break;
  }
  auto chat = routed(std::move(whom));
  return as_stream ? streamed(std::move(chat)) : whole(std::move(chat));
}

}  // namespace cohedge::tests
