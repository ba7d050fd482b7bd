#include "build.hpp"

#include "description.hpp"

#include <cohedge/dialect/surface.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/wire/url.hpp>

#include <algorithm>
#include <cstdlib>

namespace cohedge::config {

namespace {

void set_credentials(endpoint& where, const provider_entry& said, const environment& variables) {
  const auto missing = [&](const std::string& variable) {
    where.key_missing("set the environment variable " + variable + " to the key of \"" + said.name + "\"");
  };
  if (!said.key_variable.empty()) {
    where.key(secret{look_up(variables, said.key_variable)});
    missing(said.key_variable);
  }
  for (const auto& header : said.headers) {
    auto value = header.is_variable ? look_up(variables, header.value) : header.value;
    if (header.is_variable && value.empty()) {
      where.key(secret{});  // nothing is sent until the variable is there
      missing(header.value);
      return;
    }
    where.header(header.field, std::move(value));
  }
}

void set_connection(endpoint& where, const provider_entry& said, const client_entry& client,
                    const environment& variables) {
  const auto& how = said.connection;
  where.version(how.http).unix_socket(how.unix_socket);
  if (how.has_own_tls(client)) {
    net::tls_options tls;
    tls.extra_ca_file(how.ca_file).client_certificate(how.client_certificate, how.client_key);
    for (const auto& pin : how.pins) tls.pin_sha256(pin);
    where.tls(std::move(tls));
  }
  if (how.proxy) where.via(*how.proxy);
  if (how.proxy_variable.empty()) return;
  const auto text = look_up(variables, how.proxy_variable);
  auto named = net::proxy::parse(text);
  if (named) {
    where.via(std::move(named).value());
    return;
  }
  where.key(secret{});  // nothing goes out on another way than the one that was meant
  if (text.empty())
    where.key_missing("set the environment variable " + how.proxy_variable + " to the proxy of \"" + said.name + "\"");
  else
    where.key_missing(how.proxy_variable + ": " + std::string{named.error().detail()});
}

configured_provider make(client& client, const client_entry& of_all, const provider_entry& said,
                         const environment& variables) {
  auto base_url = said.base_url_variable.empty() ? std::string{} : look_up(variables, said.base_url_variable);
  if (base_url.empty()) base_url = said.base_url;
  const auto parsed = wire::parse_url(base_url);
  auto origin = parsed ? parsed.value().origin() : std::string{"(" + said.base_url_variable + " is no URL)"};

  endpoint where{std::move(base_url), said.model};
  where.name(said.name).deviations(said.deviations);
  if (said.clocks) where.clocks(*said.clocks);
  set_credentials(where, said, variables);
  set_connection(where, said, of_all, variables);
  const auto& speaks = said.is_legacy ? dialect::legacy_completions() : dialect::openai_chat();
  return {said.kind, std::move(origin), said.model, make_provider(client, speaks, std::move(where))};
}

route make(const route_entry& said, std::vector<provider> candidates) {
  route made{said.name};
  switch (said.strategy) {
    case strategy_kind::fallback: made.fallback(std::move(candidates)); break;
    case strategy_kind::race: made.race(std::move(candidates)); break;
    case strategy_kind::hedge:
      if (said.delay)
        made.hedge(std::move(candidates), *said.delay);
      else
        made.hedge(std::move(candidates));
      break;
    case strategy_kind::split: {
      std::vector<split_arm> arms;
      for (std::size_t i = 0; i < candidates.size(); ++i) arms.emplace_back(candidates[i], said.weights[i]);
      made.split(std::move(arms));
    }
  }
  if (said.deadline) made.deadline(*said.deadline);
  if (said.retries) made.retries(static_cast<int>(*said.retries));
  if (said.attempts) made.attempts(static_cast<std::size_t>(*said.attempts));
  if (said.cache) made.cache(said.cache->entries, said.cache->bytes, said.cache->time_to_live);
  made.fall_over(said.fall_over);
  return made;
}

}  // namespace

std::string look_up(const environment& variables, const std::string& name) {
  if (variables) return variables(name).value_or("");
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

result<setup> build(client& client, const description& said, const environment& variables) {
  std::vector<configured_provider> providers;
  for (const auto& each : said.providers) providers.push_back(make(client, said.client, each, variables));

  std::vector<route> routes;  // candidates come first: `link_routes` has sorted them
  for (const auto& each : said.routes) {
    std::vector<provider> candidates;
    for (const auto& name : each.candidates) {
      const auto inner = std::ranges::find(routes, name, &route::name);
      const auto leaf = std::ranges::find(providers, name, &configured_provider::name);
      candidates.push_back(inner != routes.end() ? provider{*inner} : leaf->provider());
    }
    routes.push_back(make(each, std::move(candidates)));
  }
  return setup{std::move(providers), std::move(routes)};
}

}  // namespace cohedge::config
