// On which way, and as whom, an endpoint is connected to: what the client says, what the endpoint says, and who wins.

#include "catch.hpp"

#include <cohedge/async/spawn.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/testing/virtual_time.hpp>

#include <optional>
#include <string>

namespace {

using namespace cohedge;

/// Notes where it is to connect to, and fails.
class noting_connector final : public net::connector {
 public:
  explicit noting_connector(std::optional<net::destination>& noted) : noted_{noted} {}

  task<std::unique_ptr<net::byte_stream>> connect(const net::destination& to) override {
    noted_ = to;
    co_return errc::connection_refused;
  }

 private:
  std::optional<net::destination>& noted_;
};

struct outcome {
  std::optional<net::destination> to;
  error why;
};

outcome ask(endpoint where, client_options& options) {
  outcome seen;
  testing::virtual_context world;
  options.network(std::make_unique<noting_connector>(seen.to));
  client client{world.get_executor(), std::move(options)};
  const auto asked = make_provider(client, dialect::openai_chat(), std::move(where));
  auto on_end = [&](result<void> checked) { seen.why = checked.error(); };
  spawn(world, asked.check(), std::move(on_end));
  world.run();
  return seen;
}

net::proxy_settings through(std::string host) {
  net::proxy_settings rules;
  rules.https(net::proxy{host, 1}).http(net::proxy{host, 1});
  return rules;
}

endpoint remote() { return endpoint{"https://api.test/v1", "m"}; }

}  // namespace

TEST_CASE("an endpoint is reached through the client's proxies, or through its own", "[provider][proxy]") {
  CHECK_FALSE(ask(remote(), client_options{}.proxies({})).to->via());
  CHECK(ask(remote(), client_options{}.proxies(through("p"))).to->via()->host() == "p");
  CHECK(ask(remote().via(net::proxy{"own", 2}), client_options{}.proxies(through("p"))).to->via()->host() == "own");
  CHECK(ask(endpoint{"http://127.0.0.1:1/v1", "m"}.via(net::proxy{"own", 2}), client_options{}.proxies({})).to->via()->host() == "own");
}

TEST_CASE("what is on this machine is not reached through the client's proxies", "[provider][proxy]") {
  const auto rules = through("p");
  CHECK_FALSE(ask(endpoint{"http://127.0.0.1:8080/v1", "m"}, client_options{}.proxies(rules)).to->via());
  CHECK_FALSE(ask(endpoint{"http://localhost:8080/v1", "m"}, client_options{}.proxies(rules)).to->via());
  const auto local = ask(remote().unix_socket("/run/llm"), client_options{}.proxies(rules));
  CHECK_FALSE(local.to->via());
  CHECK(local.to->unix_socket() == "/run/llm");
}

TEST_CASE("a proxy that cannot be read fails the calls that would go through it, before anything is sent",
          "[provider][proxy]") {
  const auto rules = net::proxy_settings::from_environment([](const std::string& name) -> std::optional<std::string> {
    if (name == "https_proxy") return "socks5://me:hunter2@p";
    return std::nullopt;
  });
  const auto refused = ask(remote(), client_options{}.proxies(rules));
  CHECK_FALSE(refused.to);
  CHECK(refused.why.code() == errc::invalid_config);
  CHECK(refused.why.detail().starts_with("https_proxy: "));
  CHECK(refused.why.message().find("hunter2") == std::string::npos);
  CHECK(ask(endpoint{"http://api.test/v1", "m"}, client_options{}.proxies(rules)).to);
  CHECK(ask(remote().via(net::proxy{"own", 2}), client_options{}.proxies(rules)).to);
}

TEST_CASE("an endpoint's TLS takes the place of the client's", "[provider]") {
  const auto own = net::tls_options{}.extra_ca_file("own.pem");
  CHECK(ask(remote(), client_options{}.extra_ca_file("all.pem").proxies({})).to->tls().extra_ca_file() == "all.pem");
  CHECK(ask(remote().tls(own), client_options{}.extra_ca_file("all.pem").proxies({})).to->tls() == own);
  CHECK(ask(remote().version(net::http_version::http2), client_options{}.proxies({})).to->version() ==
        net::http_version::http2);
}
