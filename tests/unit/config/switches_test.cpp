// The keys that say how a server departs from OpenAI's chat completions, and the table of prices.

#include "catch.hpp"

#include "config/description.hpp"

#include <cohedge/provider/client.hpp>
#include <cohedge/config/config.hpp>
#include <cohedge/dialect/deviation_switches.hpp>

#include <asio/io_context.hpp>

#include <set>

using namespace cohedge;

namespace {

dialect::deviations read(const std::string& key) {
  const std::string vllm = "[providers.a]\nkind = \"vllm\"\nmodel = \"m\"\n";
  const auto root = config::read_toml(vllm + key + "\n", "cohedge.toml");
  REQUIRE(root);
  auto said = config::describe(root.value(), "cohedge.toml");
  if (!said) FAIL(said.error().detail());
  return said.value().providers.at(0).deviations;
}

}  // namespace

TEST_CASE("every switch of the deviations is a key, and a key moves no other switch", "[config]") {
  const auto all = dialect::deviation_switches();
  CHECK(all.size() == sizeof(dialect::deviations));  // one byte each: a switch that is missing here is noticed
  const auto usual = read("");
  std::set<std::string_view> names;
  for (const auto& one : all) {
    INFO(one.name);
    CHECK(names.insert(one.name).second);
    const auto values = one.words.empty() ? 2 : one.words.size();
    for (std::size_t value = 0; value < values; ++value) {
      const auto text = one.words.empty() ? std::string{value == 0 ? "false" : "true"}
                                          : "\"" + std::string{one.words[value]} + "\"";
      const auto got = read(std::string{one.name} + " = " + text);
      CHECK(one.get(got) == value);
      for (const auto& other : all)
        if (other.name != one.name) CHECK(other.get(got) == other.get(usual));
    }
  }
  using d = dialect::deviations;
  CHECK(read("thinking_as = \"enable_thinking\"").thinking_as() == d::thinking_request::enable_thinking);
  CHECK(read("reasoning_back_as = \"reasoning_details\"").reasoning_back_as() == d::reasoning_member::reasoning_details);
  CHECK(read("call_signatures = true").call_signatures());
}

TEST_CASE("a file's prices say what an answer cost", "[config][price]") {
  asio::io_context io;
  client anyone{io.get_executor()};
  const auto made = load_text(anyone,
                              "[providers.a]\nkind = \"vllm\"\nmodel = \"m\"\n"
                              "[prices]\n\"gpt-5*\" = { input = 1.25, output = 10, cached = 0.125 }\n"
                              "[prices.qwen3]\ninput = 0\noutput = 0\n",
                              "cohedge.toml");
  REQUIRE(made);
  usage used;
  used.reported = true;
  used.input = 2'000'000;
  used.cached = 1'000'000;
  used.output = 100'000;
  CHECK(made.value().prices().cost(used, "gpt-5-mini") == 1.25 + 0.125 + 1.0);
  CHECK(made.value().prices().cost(used, "qwen3") == 0.0);
  CHECK_FALSE(made.value().prices().cost(used, "claude"));
}
