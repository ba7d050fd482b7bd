// The keys of a provider that say how it is connected to.

#include "catch.hpp"

#include "config/description.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/config/config.hpp>
#include <cohedge/testing/scripted_network.hpp>
#include <cohedge/testing/virtual_time.hpp>

namespace {

namespace config = cohedge::config;
using cohedge::net::http_version;

constexpr std::string_view gpt = "[providers.gpt]\nkind = \"openai\"\nmodel = \"m\"\n";  // lines 1 to 3

config::connection_entry connection(std::string_view keys, std::string_view client = "") {
  const auto root = config::read_toml(std::string{client}.append(gpt).append(keys), "cohedge.toml");
  REQUIRE(root);
  auto said = config::describe(root.value(), "cohedge.toml");
  if (!said) FAIL(said.error().detail());
  return said.value().providers.at(0).connection;
}

std::string problems_of(std::string_view toml) {
  const auto read = cohedge::config_file::parse(toml, "cohedge.toml");
  return read ? "" : std::string{read.error().detail()};
}

const std::string pin = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

}  // namespace

TEST_CASE("a provider says how it is connected to", "[config]") {
  const auto nothing = connection("");
  CHECK_FALSE(nothing.proxy);
  CHECK(nothing.http == http_version::negotiated);
  CHECK_FALSE(nothing.has_own_tls({}));

  const auto proxied = connection("proxy = \"http://proxy.test:3128\"\nhttp = \"1\"\n");
  REQUIRE(proxied.proxy);
  CHECK(proxied.proxy->host() == "proxy.test");
  CHECK(proxied.proxy->port() == 3128);
  CHECK(proxied.http == http_version::http1);
  CHECK(connection("proxy = \"env:MY_PROXY\"\n").proxy_variable == "MY_PROXY");

  const auto local = connection("unix_socket = \"/run/llm\"\nhttp = \"2\"\n");
  CHECK(local.unix_socket == "/run/llm");
  CHECK(local.http == http_version::http2);

  const auto strict = connection("client_certificate = \"c.pem\"\nclient_key = \"k.pem\"\npin = \"" + pin + "\"\n");
  CHECK(strict.client_certificate == "c.pem");
  CHECK(strict.client_key == "k.pem");
  CHECK(strict.pins == std::vector<std::string>{pin});
  CHECK(strict.has_own_tls({}));
  CHECK(connection("client_certificate = \"both.pem\"\n").client_key == "both.pem");
  CHECK(connection("pin = [\"" + pin + "\", \"" + pin + "\"]\n").pins.size() == 2);
}

TEST_CASE("a provider's authorities take the place of the client's", "[config]") {
  const std::string client = "[client]\nca_file = \"all.pem\"\n";
  CHECK(connection("", client).ca_file == "all.pem");
  CHECK(connection("ca_file = \"own.pem\"\n", client).ca_file == "own.pem");
  config::client_entry with;
  with.ca_file = "all.pem";
  CHECK_FALSE(connection("", client).has_own_tls(with));
  CHECK(connection("ca_file = \"own.pem\"\n", client).has_own_tls(with));
}

TEST_CASE("what is wrong with a connection is told", "[config]") {
  const std::string plain = "[providers.x]\nkind = \"legacy\"\nmodel = \"m\"\nbase_url = \"http://h\"\n";  // 1 to 4
  struct row {
    std::string toml, told;
  };
  const row rows[] = {
      {std::string{gpt} + "proxy = \"socks5://p\"\n",
       "4: providers.gpt.proxy: proxy: SOCKS is not supported; an HTTP proxy is: http://host:port"},
      {std::string{gpt} + "proxy = \"http://me:hunter2@p\"\n",
       "4: providers.gpt.proxy: a password does not belong into a file: put the whole URL into an environment variable "
       "and write \"env:MY_PROXY\" here"},
      {std::string{gpt} + "proxy = \"p\"\nunix_socket = \"s\"\n",
       "5: providers.gpt.unix_socket: either this or proxy, not both"},
      {std::string{gpt} + "http = \"h2\"\n", "4: providers.gpt.http: \"h2\" is not known; did you mean \"2\"?"},
      {std::string{gpt} + "http = 2\n", "4: providers.gpt.http: must be one of: negotiated, 1, 2"},
      {std::string{gpt} + "client_key = \"k\"\n",
       "4: providers.gpt.client_key: client_certificate is missing: the file with the certificate that this key is of"},
      {std::string{gpt} + "pin = \"abc\"\n",
       "4: providers.gpt.pin: a pin is the base64 of a SHA-256 of a public key, 44 characters"},
      {std::string{gpt} + "pin = 1\n", "4: providers.gpt.pin: must be a list of texts, such as [\"a\", \"b\"]"},
      {plain + "pin = \"" + pin + "\"\n", "5: providers.x.pin: belongs to TLS, and base_url is http://"},
      {plain + "ca_file = \"c\"\n", "5: providers.x.ca_file: belongs to TLS, and base_url is http://"},
  };
  for (const auto& [toml, told] : rows) {
    INFO(toml);
    CHECK(problems_of(toml) == "cohedge.toml:" + told);
    CHECK(problems_of(toml).find("hunter2") == std::string::npos);
  }
}

namespace {

/// What a call of the provider "gpt" ends with, and what was connected to.
struct asked {
  cohedge::error why;
  std::size_t connects = 0;
};

asked ask(std::string_view keys, const cohedge::environment& variables) {
  cohedge::testing::virtual_context world;
  cohedge::testing::scripted_network network;
  cohedge::client_options options;
  options.network(network.connector());
  cohedge::client client{world.get_executor(), std::move(options)};
  const auto file = cohedge::config_file::parse(std::string{gpt}.append(keys), "cohedge.toml");
  REQUIRE(file);
  const auto built = file.value().build(client, variables);
  REQUIRE(built);
  const auto provider = built.value().provider("gpt");
  asked outcome;
  auto on_end = [&](cohedge::result<void> checked) { outcome.why = checked.error(); };
  cohedge::spawn(world, provider.value().check(), std::move(on_end));
  world.run();
  outcome.connects = network.opened();
  return outcome;
}

}  // namespace

TEST_CASE("a proxy whose variable is not set, or is none, keeps the provider from being asked", "[config]") {
  std::optional<std::string> set;
  const cohedge::environment variables = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "MY_PROXY") return set;
    if (name == "OPENAI_API_KEY") return "sk-key";
    return std::nullopt;
  };
  const std::string_view keys = "proxy = \"env:MY_PROXY\"\n";
  const auto unset = ask(keys, variables);
  CHECK(unset.why.code() == cohedge::errc::missing_credential);
  CHECK(unset.why.detail() == "set the environment variable MY_PROXY to the proxy of \"gpt\"");
  CHECK(unset.connects == 0);
  set = "socks5://me:hunter2@p";
  const auto wrong = ask(keys, variables);
  CHECK(wrong.why.detail().starts_with("MY_PROXY: "));
  CHECK(wrong.why.message().find("hunter2") == std::string::npos);
  CHECK(wrong.connects == 0);
  set = "http://me:hunter2@p";
  CHECK(ask(keys, variables).connects == 1);
}
