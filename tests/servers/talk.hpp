#pragma once

#include <cohedge/dialect/surface.hpp>
#include <cohedge/provider/endpoint.hpp>

#include <string>
#include <utility>

namespace cohedge::tests {

inline provider provider_at(client& us, endpoint where) {
  return make_provider(us, dialect::openai_chat(), std::move(where));
}

/// The text of a whole answer.
inline task<std::string> whole_text(provider from, std::string prompt) {
  auto asking = from.complete(chat_request{std::move(prompt)});
  auto got = co_await std::move(asking);
  if (!got) co_return std::move(got).error();
  co_return got.value().text();
}

/// The same, as a stream.
inline task<std::string> streamed_text(provider from, std::string prompt) {
  auto opening = from.stream(chat_request{std::move(prompt)});
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  auto collecting = collect(stream.value());
  auto got = co_await std::move(collecting);
  if (!got) co_return std::move(got).error();
  co_return got.value().text();
}

/// The first word of a stream, which is then dropped in the middle of its answer.
inline task<std::string> first_word(provider from) {
  auto opening = from.stream(chat_request{"hello"});
  auto stream = co_await std::move(opening);
  if (!stream) co_return std::move(stream).error();
  auto event = co_await stream.value().next();
  if (!event) co_return event.error();
  co_return std::string{event.value().text};
}

}  // namespace cohedge::tests
