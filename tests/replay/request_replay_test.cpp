// Recorded requests, read into our vocabulary and encoded anew; and the judge of that judged.

#include "replay/request_replay.hpp"
#include "catch.hpp"
#include "replay/recordings.hpp"
#include "replay/request_reading.hpp"

using namespace cohedge;
using cohedge::tests::family;
using cohedge::tests::recording;

TEST_CASE("recorded requests are what our dialects make of the questions behind them", "[replay][recorded]") {
  const auto all = tests::recordings();
  if (all.empty()) return;
  const auto report = tests::replay_requests(all);
  for (const auto& failure : report.failures) UNSCOPED_INFO(failure);
  CHECK(report.total().failed == 0);
  CHECK(report.total().awaiting == 0);
  CHECK(report.total().same >= 332);
  CHECK(report.total().differ <= 13);  // each for a listed reason
}

TEST_CASE("a request that our dialect encodes otherwise is reported, with the place", "[replay]") {
  recording one;
  one.id = "made";
  one.surface = "openai.chat";
  one.framing = "json";
  one.status = 200;
  one.url = "https://a.test/v1/chat/completions";
  one.body = R"({"choices":[]})";
  one.request_body = R"({"model":"m","messages":[{"role":"user","content":"a"}],"temperature":0.5})";
  CHECK(tests::replay_requests({one}).total().same == 1);
  // A member inside of a tool that no reader knows is lost on the way.
  one.request_body = R"({"model":"m","messages":[{"role":"user","content":"a"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"},"unheard_of":1}}]})";
  const auto report = tests::replay_requests({one});
  CHECK(report.total().failed == 1);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].find("/tools/0/function/unheard_of: missing") != std::string::npos);
  // A member of a message is known to be lost, and is a listed reason.
  one.request_body = R"({"model":"m","messages":[{"role":"user","content":"a","unheard_of":1}]})";
  CHECK(tests::replay_requests({one}).why.contains("message.unheard_of"));
}

TEST_CASE("trees differ by value and place, not by order or by how a whole number is written", "[replay]") {
  using tests::differ;
  using tests::parse_tree;
  CHECK(differ(parse_tree(R"({"a":1,"b":[true,null]})"), parse_tree(R"({"b":[true,null],"a":1.0})")) == "");
  CHECK(differ(parse_tree(R"({"a":{"b":[1,2]}})"), parse_tree(R"({"a":{"b":[1,3]}})")) == "/a/b/1: want 2, got 3");
  CHECK(differ(parse_tree(R"({"a":[1]})"), parse_tree(R"({"a":[1,2]})")) == "/a: want 1 items, got 2");
  CHECK(differ(parse_tree(R"({"a":1})"), parse_tree(R"({})")) == "/a: missing, want 1");
  CHECK(differ(parse_tree(R"({})"), parse_tree(R"({"a":"x"})")) == "/a: not wanted, got \"x\"");
  CHECK(differ(parse_tree(R"("1")"), parse_tree("1")) != "");
  CHECK(parse_tree(R"({"b":"\"\\\n","a":[{}]})").json() == R"({"a":[{}],"b":"\"\\\u000a"})");
}

TEST_CASE("turns of several pieces are read into ours and keep their order", "[replay]") {
  const auto asked =
      tests::read_request(family::anthropic, tests::parse_tree(R"({"model":"m","max_tokens":9,"system":"s","messages":[
      {"role":"user","content":"q"},
      {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"p"},{"type":"text","text":"a"},
                                     {"type":"tool_use","id":"1","name":"f","input":{"x":1}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"r","is_error":true},
                                {"type":"text","text":"go on"}]}]})"),
                          "");
  REQUIRE(asked.cannot.empty());
  const auto& turns = asked.ask.read().messages;
  REQUIRE(turns.size() == 5);
  CHECK(turns[0].role == role::system);
  CHECK(turns[2].reasoning.at(0).signature == "p");
  CHECK(turns[2].tool_calls.at(0).arguments == R"({"x":1})");
  CHECK(turns[3].role == role::tool);
  CHECK(turns[3].failed);
  CHECK(turns[4].parts.at(0).bytes() == "go on");
  CHECK(asked.ask.read().max_tokens == 9);
}

TEST_CASE("what our vocabulary has no word for is noted, not dropped", "[replay]") {
  const auto asked = tests::read_request(
      family::bedrock, tests::parse_tree(R"({"messages":[{"role":"user","content":[{"guardContent":{}}]}]})"), "");
  CHECK(asked.cannot == std::vector<std::string>{"a block that is a guardContent"});
  const auto extra =
      tests::read_request(family::cohere, tests::parse_tree(R"({"model":"m","messages":[],"safety_mode":"OFF"})"), "");
  REQUIRE(extra.ask.read().extra.size() == 1);
  CHECK(extra.ask.read().extra[0] == std::pair<std::string, std::string>{"safety_mode", "\"OFF\""});
}
