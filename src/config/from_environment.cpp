#include "build.hpp"
#include "description.hpp"
#include "known_providers.hpp"

namespace cohedge {

std::vector<std::string_view> environment_keys() {
  std::vector<std::string_view> names;
  for (const auto& known : config::known_providers()) names.push_back(known.key_variable);
  return names;
}

result<setup> from_environment(client& client, const environment& variables) {
  config::description found;
  config::route_entry chat;
  chat.name = "chat";
  for (const auto& known : config::known_providers()) {
    const std::string key_variable{known.key_variable};
    if (config::look_up(variables, key_variable).empty()) continue;
    auto& provider = found.providers.emplace_back();
    provider.name = known.name;
    provider.kind = known.name;
    provider.base_url = known.base_url;
    if (known.has_base_url_variable) provider.base_url_variable = known.variable("_BASE_URL");
    provider.key_variable = key_variable;
    provider.deviations = known.deviations;
    provider.model = config::look_up(variables, known.variable("_MODEL"));
    if (provider.model.empty()) provider.model = known.default_model;
    chat.candidates.push_back(provider.name);
  }
  if (found.providers.empty())
    return error{errc::missing_credential,
                 "no provider's key is set: set one of " + config::listed(environment_keys())};
  found.routes.push_back(std::move(chat));
  return config::build(client, found, variables);
}

}  // namespace cohedge
