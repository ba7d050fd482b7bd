#include "build.hpp"
#include "description.hpp"

#include <algorithm>

namespace cohedge {

namespace {

/// It can be asked as it is: the key is there, or the address of a server that needs none.
bool is_set_up(const preset_row& row, const environment& variables) {
  preset_options said;
  said.variables(variables);
  const auto where = preset_endpoint(row, said);
  if (!where || !where.value().key_missing().empty()) return false;
  return row.needs_key || !look_up(variables, row.base_url_variable).empty();
}

std::string keys_to_set() {
  std::vector<std::string_view> names;
  for (const auto* row : presets())
    if (const auto first = row->keys[0].variable; row->needs_key && std::ranges::find(names, first) == names.end())
      names.push_back(first);
  return config::listed(names);
}

}  // namespace

result<setup> from_environment(client& client, const environment& variables) {
  config::description found;
  config::route_entry chat;
  chat.name = "chat";
  for (const auto* row : presets()) {
    const auto same_key = [&](const config::provider_entry& earlier) {
      return row->needs_key && earlier.row->keys[0].variable == row->keys[0].variable;
    };
    if (!is_set_up(*row, variables) || std::ranges::any_of(found.providers, same_key)) continue;
    auto& provider = found.providers.emplace_back();
    provider.name = row->name;
    provider.row = row;
    provider.deviations = row->deviations;
    chat.candidates.push_back(provider.name);
  }
  if (found.providers.empty())
    return error{errc::missing_credential, "no provider's key is set: set one of " + keys_to_set()};
  found.routes.push_back(std::move(chat));
  return config::build(client, found, variables);
}

}  // namespace cohedge
