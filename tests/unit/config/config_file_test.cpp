// What a file may say, and what is said about one that is wrong.

#include "catch.hpp"

#include "config/description.hpp"

#include <cohedge/config/config.hpp>

#include <algorithm>

using namespace std::chrono_literals;
namespace config = cohedge::config;

namespace {

config::description good(std::string_view toml) {
  const auto root = config::read_toml(toml, "cohedge.toml");
  REQUIRE(root);
  auto said = config::describe(root.value(), "cohedge.toml");
  if (!said) FAIL(said.error().detail());
  return said.value();
}

std::string problems_of(std::string_view toml) {
  const auto read = cohedge::config_file::parse(toml, "cohedge.toml");
  if (read) return "";
  CHECK(read.error().code() == cohedge::errc::invalid_config);
  return std::string{read.error().detail()};
}

std::string kinds() {
  std::string names;
  for (const auto* row : cohedge::presets()) names.append(names.empty() ? "" : ", ").append(row->name);
  return names;
}

constexpr std::string_view whole_file = R"(
[client]
ca_file = "extra.pem"
log = "logs/attempts.jsonl"
timeouts = { connect = "2s", total = "never" }

[providers.gpt]
kind = "openai"
model = "gpt-5-mini"

[providers.local]
kind = "openai_compatible"
base_url = "http://127.0.0.1:8080/v1"
model = "qwen3"
key = "env:LOCAL_KEY"
headers = { X-Title = "game", api-key = "env:AZURE_KEY" }
timeouts = { first_content = "500ms" }
max_tokens_as = "max_completion_tokens"
system_as = "developer"
include_usage = false
finish_reason_optional = true

[providers.old]
kind = "legacy"
base_url = "http://127.0.0.1:8081"
model = "davinci"

[routes.npc]
strategy = "split"
weights = { chat = 90, old = 10 }

[routes.chat]
strategy = "hedge"
candidates = ["gpt", "local"]
delay = "300ms"
deadline = "20s"
retries = 1
attempts = 6
cache = { entries = 1000, bytes = "8MB", ttl = "1m" }
fall_over = ["context_window"]
)";

}  // namespace

TEST_CASE("a whole file is read as it says", "[config]") {
  const auto said = good(whole_file);
  CHECK(said.client.ca_file == "extra.pem");
  CHECK(said.client.log == "logs/attempts.jsonl");
  REQUIRE(said.client.clocks);
  CHECK(said.client.clocks->connect() == 2s);
  CHECK(said.client.clocks->headers() == 15s);
  CHECK(said.client.clocks->total() == cohedge::plan::never);

  REQUIRE(said.providers.size() == 3);
  const auto& gpt = said.providers[0];
  CHECK(gpt.name == "gpt");
  CHECK(gpt.row == cohedge::preset_named("openai"));
  CHECK(gpt.options.model() == "gpt-5-mini");
  CHECK(gpt.options.base_url().empty());  // the preset's own, and its key
  CHECK(gpt.deviations == cohedge::dialect::openai_deviations());
  REQUIRE(gpt.clocks);
  CHECK(gpt.clocks->connect() == 2s);

  const auto& local = said.providers[1];
  CHECK(local.options.key_variable() == "LOCAL_KEY");
  CHECK(local.options.base_url() == "http://127.0.0.1:8080/v1");
  REQUIRE(local.headers.size() == 2);
  CHECK(local.headers[0].field == "X-Title");
  CHECK_FALSE(local.headers[0].is_variable);
  CHECK(local.headers[1].value == "AZURE_KEY");
  CHECK(local.headers[1].is_variable);
  REQUIRE(local.clocks);
  CHECK(local.clocks->first_content() == 500ms);
  CHECK(local.clocks->connect() == 2s);  // what the provider does not say, the client does
  CHECK(local.deviations.max_tokens_as() == cohedge::dialect::deviations::max_tokens_member::max_completion_tokens);
  CHECK(local.deviations.system_as() == cohedge::dialect::deviations::system_role::developer);
  CHECK_FALSE(local.deviations.include_usage());
  CHECK(local.deviations.finish_reason_optional());
  CHECK(said.providers[2].row->surface == "legacy.completions");

  REQUIRE(said.routes.size() == 2);
  CHECK(said.routes[0].name == "chat");  // npc refers to it, so it is made first
  CHECK(said.routes[0].strategy == config::strategy_kind::hedge);
  CHECK(said.routes[0].candidates == std::vector<std::string>{"gpt", "local"});
  CHECK(said.routes[0].delay == 300ms);
  CHECK(said.routes[0].deadline == 20s);
  CHECK(said.routes[0].retries == 1);
  CHECK(said.routes[0].attempts == 6);
  REQUIRE(said.routes[0].cache);
  CHECK(said.routes[0].cache->entries == 1000);
  CHECK(said.routes[0].cache->bytes == 8u * 1024 * 1024);
  CHECK(said.routes[0].cache->time_to_live == 1min);
  CHECK(said.routes[0].fall_over.on(cohedge::error_class::context_window));
  CHECK_FALSE(said.routes[0].fall_over.on(cohedge::error_class::content_policy));
  CHECK(said.routes[1].candidates == std::vector<std::string>{"chat", "old"});
  CHECK(said.routes[1].weights == std::vector<double>{90, 10});
}

TEST_CASE("what an address is made of stands in the file, or in a variable", "[config]") {
  const auto said = good(
      "[providers.a]\nkind = \"azure_classic\"\nresource = \"res\"\ndeployment = \"gpt\"\n"
      "api_version = \"env:MY_VERSION\"\nmodel = \"gpt-5\"\n"
      "[providers.b]\nkind = \"bedrock\"\nregion = \"eu-west-1\"\n");
  CHECK(said.providers[0].options.parts().at("resource") == "res");
  CHECK(said.providers[0].options.parts().at("deployment") == "gpt");
  REQUIRE(said.providers[0].part_variables.size() == 1);
  CHECK(said.providers[0].part_variables[0].field == "api_version");
  CHECK(said.providers[0].part_variables[0].value == "MY_VERSION");
  CHECK(said.providers[1].options.parts().at("region") == "eu-west-1");
  CHECK(problems_of("[providers.a]\nkind = \"groq\"\nregion = \"eu-west-1\"\n")
            .starts_with("cohedge.toml:3: providers.a.region: unknown key"));
}

TEST_CASE("what is wrong is told with line, key and remedy", "[config]") {
  const std::string gpt = "[providers.gpt]\nkind = \"openai\"\nmodel = \"m\"\n";  // lines 1 to 3
  struct row {
    std::string toml;
    std::string told;
  };
  const row rows[] = {
      {"", "1: providers: none: a file needs at least one [providers.NAME]"},
      {gpt + "modle = \"x\"\n", "4: providers.gpt.modle: unknown key; did you mean \"model\"?"},
      {gpt + "[provider.x]\n", "4: provider: unknown key; did you mean \"providers\"?"},
      {gpt + "[clients]\n", "4: clients: unknown key; did you mean \"client\"?"},
      {gpt + "[colour]\n", "4: colour: unknown key; known are: client, providers, routes, prices"},
      {gpt + "providers = 3\n",
       "4: providers.gpt.providers: unknown key; known are: kind, model, base_url, key, headers, "
       "timeouts, proxy, unix_socket, http, ca_file, client_certificate, client_key, pin, max_tokens_as, system_as, "
       "thinking_as, reasoning_back_as, include_usage, without_obfuscation, finish_reason_optional, random_seed, "
       "required_is_any, top_k, json_schema, cache_control, shows_reasoning, refusal_member, call_signatures"},
      {gpt + "thinking_as = \"think\"\n",
       "4: providers.gpt.thinking_as: \"think\" is not known; known are: reasoning_effort, reasoning, thinking, "
       "enable_thinking"},
      {gpt + "top_k = \"yes\"\n", "4: providers.gpt.top_k: must be true or false"},
      {gpt + "[prices]\n\"m*\" = 3\n", "5: prices.m*: must be a table: [prices.m*]"},
      {gpt + "[prices.m]\ninput = 1\n", "4: prices.m: output is missing"},
      {gpt + "[prices.m]\ninput = -1\noutput = \"2\"\n",
       "5: prices.m.input: must be a number from 0 up\ncohedge.toml:6: prices.m.output: must be a number from 0 up"},
      {gpt + "[prices.m]\ninput = 1\noutput = 2\ncache = 3\n",
       "7: prices.m.cache: unknown key; did you mean \"cached\"?"},
      {"providers = 3\n", "1: providers: must be a table: [providers]"},
      {"[providers]\ngpt = 3\n", "2: providers.gpt: must be a table: [providers.gpt]"},
      {"[providers.gpt]\nkind = \"opnai\"\nmodel = \"m\"\n",
       "2: providers.gpt.kind: \"opnai\" is not known; did you mean \"openai\"?"},
      {"[providers.gpt]\nkind = 1\nmodel = \"m\"\n",
       "2: providers.gpt.kind: must be one of: " + kinds()},
      {"[providers.gpt]\nkind = \"vllm\"\n", "1: providers.gpt: model is missing"},
      {"[providers.gpt]\nkind = \"openai\"\nmodel = \"\"\n", "3: providers.gpt.model: must not be empty"},
      {"[providers.gpt]\nkind = \"openai\"\nmodel = 5\n", "3: providers.gpt.model: must be a text in quotes"},
      {"[providers.x]\nkind = \"legacy\"\nmodel = \"m\"\n",
       "1: providers.x: base_url is missing: where \"/completions\" is appended, such as "
       "\"http://127.0.0.1:8080/v1\""},
      {gpt + "key = \"sk-abcdef123456\"\n",
       "4: providers.gpt.key: a secret does not belong into a file: put it into an environment variable and write "
       "\"env:OPENAI_API_KEY\" here"},
      {gpt + "key = \"env:sk-abc def\"\n",
       "4: providers.gpt.key: a secret does not belong into a file: put it into an environment variable and write "
       "\"env:OPENAI_API_KEY\" here"},
      {gpt + "headers = { Authorization = \"Bearer x\" }\n",
       "4: providers.gpt.headers.Authorization: a secret does not belong into a file: put it into an environment "
       "variable and write \"env:NAME\" here"},
      {gpt + "headers = { X-A = \"a\\r\\nb\" }\n",
       "4: providers.gpt.headers.X-A: must be a text in quotes, on one line"},
      {gpt + "headers = 1\n", "4: providers.gpt.headers: must be a table: [providers.gpt.headers]"},
      {gpt + "timeouts = { conect = \"1s\" }\n",
       "4: providers.gpt.timeouts.conect: unknown key; did you mean \"connect\"?"},
      {gpt + "timeouts = { connect = 5 }\n",
       "4: providers.gpt.timeouts.connect: must be a time in quotes, such as \"300ms\", \"20s\" or \"2m\""},
      {gpt + "system_as = \"user\"\n",
       "4: providers.gpt.system_as: \"user\" is not known; known are: system, developer"},
      {gpt + "include_usage = \"yes\"\n", "4: providers.gpt.include_usage: must be true or false"},
      {gpt + "[routes.r]\n", "4: routes.r: candidates is missing: the names of providers or routes, best first"},
      {gpt + "[routes.r]\ncandidates = []\n", "5: routes.r.candidates: must name at least one provider or route"},
      {gpt + "[routes.r]\ncandidates = \"gpt\"\n",
       "5: routes.r.candidates: must be a list of texts, such as [\"a\", \"b\"]"},
      {gpt + "[routes.r]\ncandidates = [\"gtp\"]\n",
       "4: routes.r.candidates: there is no provider or route \"gtp\"; did you mean \"gpt\"?"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\", \"gpt\"]\n", "5: routes.r.candidates: names \"gpt\" twice"},
      {gpt + "[routes.gpt]\ncandidates = [\"gpt\"]\n",
       "4: routes.gpt: a provider has this name too: rename one of them\n"
       "cohedge.toml:4: routes.gpt: leads back to itself: gpt > gpt"},
      {gpt + "[routes.a]\ncandidates = [\"b\"]\n[routes.b]\ncandidates = [\"gpt\", \"a\"]\n",
       "4: routes.a: leads back to itself: a > b > a"},
      {gpt + "[routes.r]\nstrategy = \"fastest\"\ncandidates = [\"gpt\"]\n",
       "5: routes.r.strategy: \"fastest\" is not known; known are: fallback, race, hedge, split"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\ndelay = \"1s\"\n",
       "6: routes.r.delay: belongs to strategy = \"hedge\""},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\nweights = [1]\n",
       "6: routes.r.weights: belongs to strategy = \"split\""},
      {gpt + "[routes.r]\nstrategy = \"split\"\ncandidates = [\"gpt\"]\nweights = [1, 2]\n",
       "7: routes.r.weights: 2 weights for 1 candidates: give one for each"},
      {gpt + "[routes.r]\nstrategy = \"split\"\ncandidates = [\"gpt\"]\nweights = [0]\n",
       "7: routes.r.weights: a weight must be a number above 0"},
      {gpt + "[routes.r]\nstrategy = \"split\"\nweights = { gpt = -1 }\n",
       "6: routes.r.weights.gpt: a weight must be a number above 0"},
      {gpt + "[routes.r]\nstrategy = \"split\"\ncandidates = [\"gpt\"]\nweights = { gtp = 1 }\n",
       "7: routes.r.weights: has no weight for \"gpt\"\n"
       "cohedge.toml:7: routes.r.weights.gtp: unknown key; did you mean \"gpt\"?"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\ndeadline = \"soon\"\n",
       "6: routes.r.deadline: must be a time in quotes, such as \"300ms\", \"20s\" or \"2m\""},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\nretries = -1\n",
       "6: routes.r.retries: must be a whole number from 0 to 100"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\nattempts = 0\n",
       "6: routes.r.attempts: must be a whole number from 1 to 100"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\ncache = { bytes = \"1MB\" }\n",
       "6: routes.r.cache: entries is missing: how many answers to keep"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\ncache = { entries = 1, bytes = \"1 MB\" }\n",
       "6: routes.r.cache.bytes: must be a size, such as \"64MB\", \"512kB\" or a number of bytes"},
      {gpt + "[routes.r]\ncandidates = [\"gpt\"]\nfall_over = [\"context\"]\n",
       "6: routes.r.fall_over: \"context\" is not known; known are: caller_fault, context_window, content_policy"},
      {gpt + "[client]\nlog = 1\n", "5: client.log: must be a text in quotes"},
  };
  for (const auto& [toml, told] : rows) {
    INFO(toml);
    CHECK(problems_of(toml) == "cohedge.toml:" + told);
  }
}

TEST_CASE("a URL that is none is refused with the reason", "[config]") {
  const auto told =
      problems_of("[providers.x]\nkind = \"legacy\"\nmodel = \"m\"\nbase_url = \"ftp://user:hunter2@x\"\n");
  CHECK(told.starts_with("cohedge.toml:4: providers.x.base_url: "));
  CHECK(told.find("hunter2") == std::string::npos);
}

TEST_CASE("all problems are told at once, and no secret is", "[config]") {
  const auto told = problems_of(
      "[providers.gpt]\nkind = \"openai\"\nkey = \"sk-canary-1\"\nheaders = { x-api-key = "
      "\"sk-canary-2\" }\n[routes.r]\nstrategy = 1\ncandidates = [\"gpt\"]\ndelay = 3\n");
  CHECK(std::count(told.begin(), told.end(), '\n') == 4);
  CHECK(told.find("canary") == std::string::npos);
}

TEST_CASE("what is no TOML is told with its line", "[config]") {
  CHECK(problems_of("[client]\nlog = \n").starts_with("cohedge.toml:2: "));
  CHECK(problems_of("[a\n").starts_with("cohedge.toml:1: "));
  CHECK(problems_of("[client]\nlog = \"a\"\nlog = \"b\"\n").starts_with("cohedge.toml:3: "));
}

TEST_CASE("deep nesting and long keys end in an error, not in a crash", "[config]") {
  CHECK_FALSE(problems_of("a = " + std::string(100'000, '[')).empty());
  CHECK_FALSE(problems_of(std::string(100'000, 'k') + " = 1\n").empty());
  std::string chain = "[providers.p]\nkind = \"openai\"\nmodel = \"m\"\n";
  for (int i = 0; i < 17; ++i)
    chain += "[routes.r" + std::to_string(i) + "]\ncandidates = [\"" +
             (i == 16 ? std::string{"p"} : "r" + std::to_string(i + 1)) + "\"]\n";
  CHECK(problems_of(chain) == "cohedge.toml:36: routes.r16: more than 16 routes within each other");
}

TEST_CASE("a file that is not there is told by name", "[config]") {
  const auto read = cohedge::config_file::read("absent/cohedge.toml");
  REQUIRE(!read);
  CHECK(read.error().detail() == "absent/cohedge.toml: cannot be read");
}
