#include "preset_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace cohedge {

namespace {

// A provider that fails with what is wrong with its settings, so that a program need not look before it asks.
provider made_or_failing(client& client, std::string_view name, std::string model) {
  const auto rows = preset_table();
  const auto row = std::ranges::find(rows, name, &preset_row::name);
  preset_options said;
  said.model(model);
  auto where = preset_endpoint(*row, said);
  if (where) return make_provider(client, preset_surface(*row), std::move(where).value());
  endpoint failing{std::string{}, std::move(model)};
  failing.name(std::string{name}).unusable(std::move(where).error());
  return make_provider(client, preset_surface(*row), std::move(failing));
}

}  // namespace

std::string look_up(const environment& variables, std::string_view name) {
  const std::string variable{name};
  if (variable.empty()) return {};
  if (variables) return variables(variable).value_or("");
  const char* value = std::getenv(variable.c_str());
  return value ? value : "";
}

std::span<const preset_row* const> presets() {
  static const auto listed = [] {
    std::vector<const preset_row*> rows;
    for (const auto& row : preset_table())
      if (dialect::surface_named(row.surface)) rows.push_back(&row);
    return rows;
  }();
  return listed;
}

const preset_row* preset_named(std::string_view name) {
  const auto all = presets();
  const auto found = std::ranges::find(all, name, &preset_row::name);
  return found == all.end() ? nullptr : *found;
}

const dialect::surface& preset_surface(const preset_row& row) {
  const auto* speaks = dialect::surface_named(row.surface);
  return speaks ? *speaks : dialect::openai_chat();  // `preset_endpoint` refuses the row
}

result<provider> preset(client& client, std::string_view name, std::string model) {
  preset_options said;
  said.model(std::move(model));
  return preset(client, name, said);
}

result<provider> preset(client& client, std::string_view name, const preset_options& said) {
  const auto* row = preset_named(name);
  if (!row) {
    std::string text{"no provider is called \""};
    text.append(name).append("\"; known are:");
    for (const auto* each : presets()) text.append(each == presets().front() ? " " : ", ").append(each->name);
    return error{errc::invalid_config, std::move(text)};
  }
  auto where = preset_endpoint(*row, said);
  if (!where) return std::move(where).error();
  return make_provider(client, preset_surface(*row), std::move(where).value());
}

provider openai(client& client, std::string model) { return made_or_failing(client, "openai", std::move(model)); }
provider openai_responses(client& client, std::string model) {
  return made_or_failing(client, "openai_responses", std::move(model));
}
provider anthropic(client& client, std::string model) { return made_or_failing(client, "anthropic", std::move(model)); }
provider gemini(client& client, std::string model) { return made_or_failing(client, "gemini", std::move(model)); }
provider vertex(client& client, std::string model) { return made_or_failing(client, "vertex", std::move(model)); }
provider bedrock(client& client, std::string model) { return made_or_failing(client, "bedrock", std::move(model)); }
provider azure(client& client, std::string deployment) {
  return made_or_failing(client, "azure", std::move(deployment));
}
provider mistral(client& client, std::string model) { return made_or_failing(client, "mistral", std::move(model)); }
provider cohere(client& client, std::string model) { return made_or_failing(client, "cohere", std::move(model)); }
provider ollama(client& client, std::string model) { return made_or_failing(client, "ollama", std::move(model)); }

}  // namespace cohedge
