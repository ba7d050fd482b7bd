#include "description.hpp"

#include <cohedge/dialect/deviation_switches.hpp>
#include <cohedge/wire/url.hpp>

#include <algorithm>
#include <cctype>

namespace cohedge::config {

namespace {

constexpr std::string_view from_variable = "env:";

bool is_variable_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// The text itself is never shown: it may be a key.
std::optional<std::string> variable_of(table_reader& from, const member& at, std::string_view example) {
  const auto* text = at.value.as<std::string>();
  if (auto name = text ? variable_named(*text) : std::nullopt) return name;
  from.problem(at, "a secret does not belong into a file: put it into an environment variable and write \"env:" +
                       std::string{example} + "\" here");
  return std::nullopt;
}

bool carries_a_secret(std::string field) {
  std::ranges::transform(field, field.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return field == "authorization" || field == "proxy-authorization" || field == "cookie" || field.ends_with("key") ||
         field.ends_with("token") || field.ends_with("secret");
}

bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

void read_headers(table_reader& from, provider_entry& into) {
  const auto* at = from.table("headers");
  if (!at) return;
  table_reader fields{*at->value.as<node::table>(), from.path_to("headers"), from.noted()};
  for (const auto& each : *at->value.as<node::table>()) {
    const auto* text = each.value.as<std::string>();
    if (!text || !is_header_text(*text)) {
      fields.problem(each, "must be a text in quotes, on one line");
    } else if (carries_a_secret(each.key) || text->starts_with(from_variable)) {
      if (auto name = variable_of(fields, each, "NAME")) into.headers.push_back({each.key, std::move(*name), true});
    } else {
      into.headers.push_back({each.key, *text, false});
    }
  }
}

std::vector<std::string_view> kinds() {
  std::vector<std::string_view> names;
  for (const auto* row : presets()) names.push_back(row->name);
  return names;
}

void read_deviations(table_reader& from, dialect::deviations& into) {
  for (const auto& each : dialect::deviation_switches()) {
    if (!each.words.empty()) {
      if (const auto picked = from.word(each.name, {each.words.begin(), each.words.end()})) each.set(into, *picked);
    } else if (const auto yes = from.flag(each.name)) {
      each.set(into, *yes);
    }
  }
}

void read_base_url(table_reader& from, provider_entry& into, const member& table) {
  if (const auto* at = from.find("base_url")) {
    const auto text = from.text("base_url");
    if (!text) return;
    into.options.base_url(*text);
    const auto parsed = wire::parse_url(*text);
    if (!parsed) from.problem(*at, parsed.error().detail());
  } else if (into.row && into.row->base_url.empty()) {
    const std::string suffix = into.row->surface == "legacy.completions" ? "/completions" : "/chat/completions";
    from.problem(table,
                 "base_url is missing: where \"" + suffix + "\" is appended, such as \"http://127.0.0.1:8080/v1\"");
  }
}

// What the address is made of: region, project, deployment and the like, where the kind has them.
void read_parts(table_reader& from, provider_entry& into) {
  if (!into.row) return;
  for (const auto& part : into.row->parts) {
    if (part.name.empty()) continue;
    const auto text = from.text(part.name);
    if (!text) continue;
    if (auto variable = variable_named(*text))
      into.part_variables.push_back({std::string{part.name}, std::move(*variable), true});
    else
      into.options.part(std::string{part.name}, *text);
  }
}

// A model that the kind has a default for may be left out.
void read_model(table_reader& from, provider_entry& into, const member& table) {
  if (auto model = from.text("model"))
    into.options.model(std::move(*model));
  else if (!from.find("model") && into.row && into.row->default_model.empty())
    from.problem(table, "model is missing");
}

}  // namespace

std::optional<std::string> variable_named(std::string_view text) {
  if (!text.starts_with(from_variable) || !is_variable_name(text.substr(from_variable.size()))) return std::nullopt;
  return std::string{text.substr(from_variable.size())};
}

provider_entry read_provider(const member& at, const client_entry& client, problems& noted) {
  provider_entry made;
  made.name = at.key;
  made.line = at.line;
  table_reader from{*at.value.as<node::table>(), "providers." + shown(at.key), noted};
  const member whole{"", at.line, at.value};

  const auto known_kinds = kinds();
  if (from.find("kind")) {
    if (const auto picked = from.word("kind", known_kinds)) made.row = presets()[*picked];
  } else {
    from.problem(whole, "kind is missing: one of " + listed(known_kinds));
  }
  made.deviations = made.row ? made.row->deviations : dialect::compatible_deviations();
  read_model(from, made, whole);
  read_base_url(from, made, whole);
  if (const auto* key = from.find("key")) {
    const auto usual = made.row ? made.row->keys[0].variable : std::string_view{};
    if (auto variable = variable_of(from, *key, usual.empty() ? "MY_API_KEY" : usual))
      made.options.key_variable(std::move(*variable));
  }
  read_parts(from, made);
  read_headers(from, made);
  made.clocks = read_clocks(from, client.clocks);
  made.connection = read_connection(from, client, made.options.base_url());
  read_deviations(from, made.deviations);
  from.finish();
  return made;
}

}  // namespace cohedge::config
