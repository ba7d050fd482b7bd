#include "catch.hpp"

#include <cohedge/chat/delta.hpp>
#include <cohedge/wire/json_check.hpp>

using namespace cohedge;

namespace {

delta piece(delta_kind kind, std::string_view text, std::string_view id = {}, std::string_view name = {},
            std::string_view signature = {}) {
  delta one;
  one.kind = kind;
  one.text = text;
  one.id = id;
  one.name = name;
  one.signature = signature;
  return one;
}

}  // namespace

TEST_CASE("a stream's events build reasoning items as they must go back", "[chat]") {
  completion_builder builder;
  builder.apply(piece(delta_kind::reasoning, "first "));
  builder.apply(piece(delta_kind::reasoning, "thought"));
  builder.apply(piece(delta_kind::reasoning_end, "", "r1", "", "sig"));
  builder.apply(piece(delta_kind::tool_call, "{}", "c1", "look", "call sig"));
  builder.apply(piece(delta_kind::tool_call_end, ""));
  builder.apply(piece(delta_kind::reasoning, "second"));
  builder.apply(piece(delta_kind::reasoning_end, "secret", "r2"));
  const auto answer = std::move(builder).take(&wire::is_json);
  CHECK(answer.reasoning() == "first thoughtsecond");
  const auto& items = answer.choices().front().reasoning_items;
  REQUIRE(items.size() == 2);
  CHECK(items[0] == reasoning_item{"r1", "first thought", "sig", "", 0});
  CHECK(items[1] == reasoning_item{"r2", "second", "", "secret", 1});
  CHECK(answer.tool_calls().front().signature == "call sig");
  const auto turn = answer.choices().front().as_message();
  CHECK(turn.role == role::assistant);
  CHECK(turn.reasoning == items);
  CHECK(turn.tool_calls == answer.tool_calls());
}

TEST_CASE("a stream's events build citations, media and log probabilities", "[chat]") {
  completion_builder builder;
  builder.apply(piece(delta_kind::text, "It is so."));
  builder.apply(piece(delta_kind::citation, R"({"url":"u"})", "u", "Title"));
  builder.apply(piece(delta_kind::media, "aGk=", "", "image/png"));
  builder.apply(piece(delta_kind::media, "not base64", "", "image/png"));
  builder.apply(piece(delta_kind::logprobs, "[]"));
  builder.apply(piece(delta_kind::logprobs, R"([{"token":"It"}])"));
  builder.apply(piece(delta_kind::logprobs, R"([{"token":" is"}])"));
  builder.apply(piece(delta_kind::logprobs, "[]"));
  builder.apply(piece(delta_kind::other, "{}", "", "ping"));
  const auto answer = std::move(builder).take(&wire::is_json);
  const auto& first = answer.choices().front();
  REQUIRE(first.citations.size() == 1);
  CHECK(first.citations[0].url == "u");
  CHECK(first.citations[0].title == "Title");
  CHECK(first.citations[0].raw == R"({"url":"u"})");
  REQUIRE(first.media.size() == 1);
  CHECK(first.media[0].bytes() == "hi");
  CHECK(first.media[0].media_type() == "image/png");
  CHECK(first.logprobs == R"([{"token":"It"},{"token":" is"}])");
}
