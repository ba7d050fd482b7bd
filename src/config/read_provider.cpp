#include "description.hpp"
#include "known_providers.hpp"

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
  std::vector<std::string_view> names{"openai_compatible", "legacy"};
  for (const auto& known : known_providers()) names.push_back(known.name);
  return names;
}

void read_deviations(table_reader& from, dialect::deviations& into) {
  using member_name = dialect::deviations::max_tokens_member;
  using role = dialect::deviations::system_role;
  if (const auto picked = from.word("max_tokens_as", {"max_tokens", "max_completion_tokens"}))
    into.max_tokens_as(*picked == 0 ? member_name::max_tokens : member_name::max_completion_tokens);
  if (const auto picked = from.word("system_as", {"system", "developer"}))
    into.system_as(*picked == 0 ? role::system : role::developer);
  if (const auto yes = from.flag("include_usage")) into.include_usage(*yes);
  if (const auto yes = from.flag("without_obfuscation")) into.without_obfuscation(*yes);
  if (const auto yes = from.flag("finish_reason_optional")) into.finish_reason_optional(*yes);
}

void read_base_url(table_reader& from, provider_entry& into, const known_provider* known, const member& table) {
  const auto* at = from.find("base_url");
  if (at) {
    const auto text = from.text("base_url");
    if (!text) return;
    into.base_url = *text;
    const auto parsed = wire::parse_url(*text);
    if (!parsed) from.problem(*at, parsed.error().detail());
  } else if (known) {
    into.base_url = known->base_url;
    if (known->has_base_url_variable) into.base_url_variable = known->variable("_BASE_URL");
    into.key_variable = known->key_variable;  // a provider's own key goes to its own address, nowhere else by default
  } else if (!into.kind.empty()) {
    const std::string suffix = into.is_legacy ? "/completions" : "/chat/completions";
    from.problem(table,
                 "base_url is missing: where \"" + suffix + "\" is appended, such as \"http://127.0.0.1:8080/v1\"");
  }
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
    if (const auto picked = from.word("kind", known_kinds)) made.kind = known_kinds[*picked];
  } else {
    from.problem(whole, "kind is missing: one of " + listed(known_kinds));
  }
  const auto* known = known_provider_named(made.kind);
  made.is_legacy = made.kind == "legacy";
  made.deviations = known ? known->deviations : dialect::compatible_deviations();

  if (auto model = from.text("model"))
    made.model = std::move(*model);
  else if (!from.find("model"))
    from.problem(whole, "model is missing");
  read_base_url(from, made, known, whole);
  if (const auto* key = from.find("key")) {
    const std::string_view example = known ? known->key_variable : std::string_view{"MY_API_KEY"};
    if (auto variable = variable_of(from, *key, example)) made.key_variable = std::move(*variable);
  }
  read_headers(from, made);
  made.clocks = read_clocks(from, client.clocks);
  made.connection = read_connection(from, client, made.base_url);
  read_deviations(from, made.deviations);
  from.finish();
  return made;
}

}  // namespace cohedge::config
