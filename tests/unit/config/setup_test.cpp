// From a file or the environment to providers and routes that can be asked, on a client without a network.

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/config/config.hpp>

#include <asio/io_context.hpp>

#include <map>

namespace {

cohedge::environment of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

cohedge::error failure_of(asio::io_context& io, const cohedge::provider& asked) {
  cohedge::error told;
  auto work = asked.complete(cohedge::chat_request{"hello"});
  auto done = [&](cohedge::result<cohedge::completion> answer) {
    REQUIRE(!answer);
    told = answer.error();
  };
  cohedge::spawn(io, std::move(work), done);
  io.restart();
  io.run();
  return told;
}

}  // namespace

TEST_CASE("a file's providers and routes are found by name", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto file = cohedge::config_file::parse(R"(
[providers.gpt]
kind = "openai"
model = "gpt-5-mini"
[providers.local]
kind = "openai_compatible"
base_url = "http://127.0.0.1:8080/v1"
model = "qwen3"
[routes.outer]
strategy = "race"
candidates = ["inner", "local"]
[routes.inner]
candidates = ["gpt"]
)",
                                                "cohedge.toml");
  REQUIRE(file);
  const auto setup = file.value().build(client, of({{"OPENAI_BASE_URL", "https://gateway.test/v1"}}));
  REQUIRE(setup);
  CHECK(setup.value().provider_names() == std::vector<std::string>{"gpt", "local"});
  CHECK(setup.value().route_names() == std::vector<std::string>{"inner", "outer"});
  CHECK(setup.value().providers()[0].origin() == "https://gateway.test");
  CHECK(setup.value().providers()[0].kind() == "openai");
  CHECK(setup.value().providers()[1].origin() == "http://127.0.0.1:8080");
  CHECK(setup.value().providers()[1].model() == "qwen3");
  CHECK(setup.value().route("outer").value().name() == "outer");
  CHECK(setup.value().provider("local").value().name() == "local");

  const auto absent = setup.value().route("inner2");
  REQUIRE(!absent);
  CHECK(absent.error().detail() == "there is no route \"inner2\"; did you mean \"inner\"?");
  CHECK(setup.value().provider("claude").error().detail() == "there is no provider \"claude\"; known are: gpt, local");
}

TEST_CASE("a key that is not set is named when its provider is asked", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto file = cohedge::config_file::parse(
      "[providers.a]\nkind = \"groq\"\nmodel = \"m\"\n"
      "[providers.b]\nkind = \"openai_compatible\"\nmodel = \"m\"\nbase_url = \"https://b.test/v1\"\n"
      "headers = { api-key = \"env:B_KEY\" }\n",
      "cohedge.toml");
  REQUIRE(file);
  const auto setup = file.value().build(client, of({}));
  REQUIRE(setup);
  const auto a = failure_of(io, setup.value().provider("a").value());
  CHECK(a.code() == cohedge::errc::missing_credential);
  CHECK(a.detail() == "set the environment variable GROQ_API_KEY to a key from https://console.groq.com/keys");
  const auto b = failure_of(io, setup.value().provider("b").value());
  CHECK(b.code() == cohedge::errc::missing_credential);
  CHECK(b.detail() == "set the environment variable B_KEY to the key of \"b\"");
}

TEST_CASE("without a file the keys in the environment make a route", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto setup = cohedge::from_environment(
      client,
      of({{"MISTRAL_API_KEY", "k-1"}, {"OPENAI_API_KEY", "k-2"}, {"OPENAI_MODEL", "gpt-x"}, {"XAI_API_KEY", ""}}));
  REQUIRE(setup);
  CHECK(setup.value().provider_names() == std::vector<std::string>{"openai", "mistral"});
  CHECK(setup.value().providers()[0].model() == "gpt-x");
  CHECK(setup.value().providers()[1].model() == "mistral-small-latest");
  CHECK(setup.value().providers()[1].origin() == "https://api.mistral.ai");
  CHECK(setup.value().route_names() == std::vector<std::string>{"chat"});
}

TEST_CASE("an environment without keys is told what to set", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto setup = cohedge::from_environment(client, of({}));
  REQUIRE(!setup);
  CHECK(setup.error().code() == cohedge::errc::missing_credential);
  CHECK(setup.error().detail().starts_with(
      "no provider's key is set: set one of OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_API_KEY, GROQ_API_KEY, "));
}

TEST_CASE("the environment's servers without keys count where their address is set, and one key counts once", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto setup = cohedge::from_environment(
      client, of({{"OPENAI_API_KEY", "k-1"},
                  {"VLLM_BASE_URL", "http://gpu:8000/v1"},
                  {"VLLM_MODEL", "qwen3"},
                  {"ANTHROPIC_AUTH_TOKEN", "t-1"},
                  {"AZURE_OPENAI_API_KEY", "without a resource"}}));
  REQUIRE(setup);
  CHECK(setup.value().provider_names() == std::vector<std::string>{"openai", "anthropic", "vllm"});
  CHECK(setup.value().providers()[2].origin() == "http://gpu:8000");
  CHECK(setup.value().providers()[2].model() == "qwen3");
}

TEST_CASE("a part of an address that is missing is the error of that provider's calls", "[config]") {
  asio::io_context io;
  cohedge::client client{io.get_executor()};
  const auto file = cohedge::config_file::parse(
      "[providers.a]\nkind = \"bedrock\"\n"
      "[providers.b]\nkind = \"azure\"\nmodel = \"d\"\nresource = \"env:MY_RESOURCE\"\n",
      "cohedge.toml");
  REQUIRE(file);
  const auto setup = file.value().build(client, of({{"MY_RESOURCE", "mine"}}));
  REQUIRE(setup);
  const auto a = failure_of(io, setup.value().provider("a").value());
  CHECK(a.code() == cohedge::errc::invalid_config);
  CHECK(a.detail() == "bedrock needs region: set AWS_REGION or AWS_DEFAULT_REGION, or region in the configuration");
  CHECK(setup.value().providers()[1].origin() == "https://mine.openai.azure.com");
  CHECK(failure_of(io, setup.value().provider("b").value()).code() == cohedge::errc::missing_credential);
}

TEST_CASE("the file says how the client is made", "[config]") {
  const auto file = cohedge::config_file::parse(
      "[client]\nca_file = \"ca.pem\"\ntimeouts = { headers = \"3s\" }\n"
      "[providers.a]\nkind = \"groq\"\nmodel = \"m\"\n",
      "conf/cohedge.toml");
  REQUIRE(file);
  const auto options = file.value().options();
  REQUIRE(options);
  CHECK(options.value().tls().extra_ca_file() == "conf/ca.pem");
  CHECK(options.value().clocks().headers() == std::chrono::seconds{3});
  CHECK(options.value().observer() == nullptr);

  const auto unwritable = cohedge::config_file::parse(
      "[client]\nlog = \"absent/x.jsonl\"\n[providers.a]\nkind = \"groq\"\nmodel = \"m\"\n", "nowhere/cohedge.toml");
  REQUIRE(unwritable);
  const auto refused = unwritable.value().options();
  REQUIRE(!refused);
  CHECK(refused.error().code() == cohedge::errc::invalid_config);
}
