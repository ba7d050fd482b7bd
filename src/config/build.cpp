#include "build.hpp"

#include "description.hpp"

#include <cohedge/provider/presets.hpp>
#include <cohedge/wire/url.hpp>

#include <algorithm>

namespace cohedge::config {

namespace {

error missing_variable(const std::string& variable, const std::string& what) {
  return {errc::missing_credential, "set the environment variable " + variable + " to " + what};
}

void set_headers(endpoint& where, const provider_entry& said, const environment& variables) {
  for (const auto& header : said.headers) {
    auto value = header.is_variable ? look_up(variables, header.value) : header.value;
    if (header.is_variable && value.empty())  // nothing is sent until the variable is there
      where.unusable(missing_variable(header.value, "the key of \"" + said.name + "\""));
    else
      where.header(header.field, value);
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
  // Nothing goes out on another way than the one that was meant.
  if (text.empty())
    where.unusable(missing_variable(how.proxy_variable, "the proxy of \"" + said.name + "\""));
  else
    where.unusable({errc::missing_credential, how.proxy_variable + ": " + std::string{named.error().detail()}});
}

/// Where to ask; what the environment lacks for it is the error of every call, as a missing key is.
endpoint made_endpoint(const provider_entry& said, const environment& variables) {
  auto options = said.options;
  options.name(said.name).variables(variables);
  for (const auto& part : said.part_variables)
    if (auto value = look_up(variables, part.value); !value.empty()) options.part(part.field, std::move(value));
  auto made = preset_endpoint(*said.row, options);
  if (made) return std::move(made).value();
  endpoint failing{std::string{}, said.options.model()};
  failing.name(said.name).unusable(std::move(made).error());
  return failing;
}

configured_provider make(client& client, const client_entry& of_all, const provider_entry& said,
                         const environment& variables) {
  auto where = made_endpoint(said, variables);
  where.deviations(said.deviations);
  if (said.clocks) where.clocks(*said.clocks);
  set_headers(where, said, variables);
  set_connection(where, said, of_all, variables);
  const auto parsed = wire::parse_url(where.base_url());
  auto origin = parsed ? parsed.value().origin() : std::string{"(no address)"};
  auto model = where.model();
  const auto kind = std::string{said.row->name};
  return {kind, std::move(origin), std::move(model),
          make_provider(client, preset_surface(*said.row), std::move(where))};
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
  price_table prices;
  for (const auto& each : said.prices) prices.set(each.model, each.of_a_million);
  return setup{std::move(providers), std::move(routes), std::move(prices)};
}

}  // namespace cohedge::config
