#include "problems.hpp"

#include <cohedge/config/config.hpp>

#include <algorithm>

namespace cohedge {

namespace {

template <class Named>
error none_named(std::string_view what, std::string_view name, const std::vector<Named>& all) {
  std::vector<std::string_view> known;
  for (const auto& each : all) known.push_back(each.name());
  std::string text{"there is no "};
  text.append(what).append(" \"").append(name).append("\"").append(config::hint(name, known));
  return error{errc::invalid_config, std::move(text)};
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const auto& each : all) names.push_back(each.name());
  return names;
}

}  // namespace

result<cohedge::provider> setup::provider(std::string_view name) const {
  const auto found = std::ranges::find(providers_, name, &configured_provider::name);
  if (found != providers_.end()) return found->provider();
  return none_named("provider", name, providers_);
}

result<cohedge::route> setup::route(std::string_view name) const {
  const auto found = std::ranges::find(routes_, name, &cohedge::route::name);
  if (found != routes_.end()) return *found;
  return none_named("route", name, routes_);
}

std::vector<std::string> setup::provider_names() const { return names_of(providers_); }
std::vector<std::string> setup::route_names() const { return names_of(routes_); }

}  // namespace cohedge
