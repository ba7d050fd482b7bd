// From a row of the table, the environment and what was said beside them to an endpoint.

#include <cohedge/provider/presets.hpp>
#include <cohedge/wire/sigv4.hpp>
#include <cohedge/wire/url.hpp>

#include <algorithm>

namespace cohedge {

namespace {

constexpr int deepest = 4;  // parts within parts

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_';
  });
}

std::string either(std::string_view first, std::string_view second) {
  return std::string{first}.append(first.empty() ? "" : " or ").append(second);
}

/// Fills the parts of a row into its templates.
class filling {
 public:
  filling(const preset_row& row, const preset_options& said, std::string_view model)
      : row_{row}, said_{said}, model_{model} {}

  result<std::string> fill(std::string_view text, int depth = 0) {
    std::string whole;
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
      const auto close = text.find('}', open);
      auto name = text.substr(open + 1, close - open - 1);
      const bool dash = name.ends_with('-');
      if (dash) name.remove_suffix(1);
      if (depth == 0) keys_.clear(), variables_.clear();
      auto value = value_of(name, depth);
      if (!value) return value;
      whole.append(text.substr(0, open));
      if (!dash)
        whole.append(*value);
      else if (*value != "global")
        whole.append(*value).push_back('-');
      text.remove_prefix(close + 1);
    }
    return whole.append(text);
  }

 private:
  result<std::string> value_of(std::string_view name, int depth) {
    const auto what = std::ranges::find(row_.parts, name, &preset_row::part::name);
    std::string value;
    std::string source{name};
    if (name == "model") value = model_;
    if (const auto given = said_.parts().find(name); given != said_.parts().end()) value = given->second;
    if (what != std::end(row_.parts)) {
      for (const auto variable : what->variables) {
        if (value.empty()) value = look_up(said_.variables(), variable), source = value.empty() ? source : variable;
        if (!variable.empty()) variables_ = either(variables_, variable);
      }
      keys_ = either(keys_, name);
      if (value.empty() && depth < deepest && !what->otherwise.empty()) return fill(what->otherwise, depth + 1);
    }
    if (value.empty()) return missing();
    if (what != std::end(row_.parts) && what->is_url) return checked_url(std::move(value), source);
    if (is_plain(value)) return value;
    return error{errc::invalid_config, source + " holds other characters than letters, digits and -._"};
  }

  // Everything that was looked for on the way here would have done.
  error missing() const {
    std::string text{row_.name};
    text.append(" needs ").append(keys_).append(": set ").append(variables_);
    return error{errc::invalid_config, text.append(", or ").append(keys_).append(" in the configuration")};
  }

  static result<std::string> checked_url(std::string value, const std::string& source) {
    while (value.ends_with('/')) value.pop_back();
    if (const auto parsed = wire::parse_url(value); !parsed)
      return error{errc::invalid_config, source + ": " + std::string{parsed.error().detail()}};
    return value;
  }

  const preset_row& row_;
  const preset_options& said_;
  std::string_view model_;
  std::string keys_;
  std::string variables_;
};

/// A variable may hold only "host" or "host:port" (OLLAMA_HOST does): the rest is as in the preset's own URL.
std::string completed(std::string value, std::string_view usual) {
  if (value.find("://") != std::string::npos) return value;
  const auto own = wire::parse_url(usual);
  if (!own) return value;
  const bool has_port = value.find(':', value.starts_with('[') ? value.find(']') : 0) != std::string::npos;
  auto whole = own->scheme + "://" + value;
  if (!has_port) whole.append(":").append(std::to_string(own->port));
  return whole.append(own->path);
}

result<std::string> base_url_of(const preset_row& row, const preset_options& said, filling& parts) {
  if (!said.base_url().empty()) return said.base_url();
  if (auto text = look_up(said.variables(), row.base_url_variable); !text.empty())
    return completed(std::move(text), row.base_url);
  if (!row.base_url.empty()) return parts.fill(row.base_url);
  std::string text{row.name};
  text.append(" needs base_url");
  if (!row.base_url_variable.empty()) text.append(": set ").append(row.base_url_variable);
  return error{errc::invalid_config, std::move(text)};
}

/// "set the environment variable GROQ_API_KEY to a key from https://…"
std::string advice_for(const preset_row& row) {
  std::string names;
  for (const auto& each : row.keys)
    if (!each.variable.empty()) names = either(names, each.variable);
  if (!row.signing.empty()) names = either(names, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  std::string text{"set the environment variable "};
  return text.append(names).append(" to a key from ").append(row.console);
}

/// True where the environment has AWS's keys: requests are signed by them.
result<bool> sign(endpoint& where, const preset_row& row, const preset_options& said, filling& parts) {
  const auto variable = [&](std::string_view name) { return secret{look_up(said.variables(), name)}; };
  wire::aws_credentials who{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                            variable("AWS_SESSION_TOKEN")};
  if (row.signing.empty() || who.access_key_id.empty() || who.secret_access_key.empty()) return false;
  auto region = parts.fill("{region}");
  if (!region) return std::move(region).error();
  where.hide(who.secret_access_key).hide(who.session_token);
  where.sign(wire::sigv4_signer{std::move(who), std::move(region).value(), std::string{row.signing}});
  return true;
}

void set_key_header(endpoint& where, std::string_view header) {
  if (!header.empty()) where.key_in(std::string{header}, header == "Authorization" ? "Bearer " : "");
}

result<void> set_key(endpoint& where, const preset_row& row, const preset_options& said, filling& parts) {
  if (!said.key().empty()) {
    where.key(said.key());
    set_key_header(where, row.keys[0].header);
    return success();
  }
  if (!said.key_variable().empty()) {
    where.key(secret{look_up(said.variables(), said.key_variable())});
    set_key_header(where, row.keys[0].header);
    where.key_missing("set the environment variable " + said.key_variable() + " to the key of \"" + where.name() +
                      "\"");
    return success();
  }
  if (!said.base_url().empty()) return success();  // somebody else's address gets no key of the preset's
  for (const auto& each : row.keys) {
    secret found{look_up(said.variables(), each.variable)};
    if (found.empty()) continue;
    where.key(std::move(found));
    set_key_header(where, each.header);
    return success();
  }
  const auto is_signed = sign(where, row, said, parts);
  if (!is_signed) return is_signed.error();
  if (row.needs_key && !is_signed.value()) where.key_missing(advice_for(row));
  return success();
}

}  // namespace

result<endpoint> preset_endpoint(const preset_row& row, const preset_options& said) {
  if (!dialect::surface_named(row.surface))
    return error{errc::unsupported,
                 std::string{row.name} + " speaks " + std::string{row.surface} + ", which this version does not"};
  auto model = said.model();
  if (model.empty()) model = look_up(said.variables(), row.model_variable);
  if (model.empty()) model = row.default_model;
  if (model.empty()) {
    std::string text{row.name};
    text.append(" has no default model: name one");
    if (!row.model_variable.empty()) text.append(", or set ").append(row.model_variable);
    return error{errc::invalid_config, std::move(text)};
  }
  filling parts{row, said, model};
  auto base_url = base_url_of(row, said, parts);
  if (!base_url) return std::move(base_url).error();

  endpoint where{std::move(base_url).value(), model};
  where.name(said.name().empty() ? std::string{row.name} : said.name()).deviations(row.deviations);
  if (auto done = set_key(where, row, said, parts); !done) return std::move(done).error();
  auto query = parts.fill(row.query);
  if (!query) return std::move(query).error();
  where.query(std::move(query).value());
  for (const auto& each : row.headers)
    if (const auto value = look_up(said.variables(), each.variable); !value.empty() && said.base_url().empty())
      where.header(std::string{each.field}, value);
  return where;
}

}  // namespace cohedge
