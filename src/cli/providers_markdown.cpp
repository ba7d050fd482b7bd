#include "providers_markdown.hpp"

#include <cohedge/dialect/deviation_switches.hpp>
#include <cohedge/dialect/surface.hpp>

#include <algorithm>

namespace cohedge::cli {

namespace {

using dialect::deviations;

constexpr std::string_view head = R"(# Providers

Written by the program itself: `cohedge providers --markdown > docs/providers.md`. The name is `kind` in
[cohedge.toml](config.md), and what `cohedge::preset(client, name)` and `cohedge ask --provider` take. Of several
variables the first that is set counts; `cohedge providers` says which are. A provider that is missing is
[one row](adding-a-provider.md).

| name | provider | API | base URL | key | model |
|---|---|---|---|---|---|
)";

constexpr std::string_view about_parts = R"(
`(key)`: sent where it is set, none is needed. `{region}` and the like are parts of an address, which differ from user
to user; `{location-}` is nothing for `global`. They are keys in cohedge.toml, and variables:

| name | part | variables | otherwise |
|---|---|---|---|
)";

constexpr std::string_view about_more = R"(
Variables beside these: a base URL of one's own, the model, and headers.

| name | base URL | model | headers and query |
|---|---|---|---|
)";

constexpr std::string_view about_apis = R"(
## What the APIs can say

| API | text | images | tools | structured output | reasoning | embeddings | list of models | token count |
|---|---|---|---|---|---|---|---|---|
)";

constexpr std::string_view about_deviations = R"(
What a server or model behind an API does with it is its own affair: not every one that speaks OpenAI's chat completions
has embeddings or tools.

## Where servers depart from OpenAI's API

The [switches](../include/cohedge/dialect/deviations.hpp) that are set for a provider, beside those every server with a copy of the API has.

| name | switches |
|---|---|
)";

std::string code(std::string_view text) { return text.empty() ? std::string{} : "`" + std::string{text} + "`"; }

/// One more cell of a list that shares it.
void add(std::string& list, std::string_view text) {
  if (text.empty()) return;
  list.append(list.empty() ? "" : ", ").append(text);
}

void row_of(std::string& out, std::initializer_list<std::string> cells) {
  for (const auto& each : cells) out.append("| ").append(each).append(" ");
  out.append("|\n");
}

std::string keys_cell(const preset_row& row) {
  std::string text;
  for (const auto& each : row.keys) {
    if (each.variable.empty()) continue;
    auto one = code(each.variable);
    if (!each.header.empty()) one.append(" in ").append(each.header);
    add(text, one);
  }
  if (!row.signing.empty()) add(text, "or signed: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`");
  if (!row.needs_key && !text.empty()) return "(" + text + ")";
  if (!row.console.empty()) text.append("<br>").append(row.console);
  return text;
}

void parts_of(std::string& out, const preset_row& row) {
  for (const auto& part : row.parts) {
    std::string variables;
    for (const auto each : part.variables) add(variables, code(each));
    if (!part.name.empty())
      row_of(out, {std::string{row.name}, code(part.name), variables,
                   part.otherwise.empty() ? (part.variables[0].empty() ? "" : "needed") : code(part.otherwise)});
  }
}

void more_of(std::string& out, const preset_row& row) {
  std::string headers;
  for (const auto& each : row.headers)
    if (!each.field.empty()) add(headers, std::string{each.field}.append(": ").append(code(each.variable)));
  if (!row.query.empty()) add(headers, code("?" + std::string{row.query}));
  if (row.base_url_variable.empty() && row.model_variable.empty() && headers.empty()) return;
  row_of(out, {std::string{row.name}, code(row.base_url_variable), code(row.model_variable), headers});
}

void surface_row(std::string& out, const dialect::surface& api) {
  const auto has = api.capabilities();
  const auto mark = [](bool yes) { return std::string{yes ? "✓" : ""}; };
  row_of(out, {std::string{api.name()}, mark(has.text), mark(has.images), mark(has.tools), mark(has.structured_output),
               mark(has.reasoning), mark(has.embeddings), mark(has.models), mark(has.token_count)});
}

std::string deviations_cell(const deviations& own) {
  constexpr auto usual = dialect::compatible_deviations();
  std::string text;
  for (const auto& each : dialect::deviation_switches()) {
    const auto value = each.get(own);
    if (value == each.get(usual)) continue;
    const auto name = each.words.empty() ? std::string{value != 0 ? "" : "not "}.append(each.name)
                                         : std::string{each.name}.append(" ").append(each.words[value]);
    add(text, name);
  }
  return text;
}

}  // namespace

std::string key_variables(const preset_row& row) {
  std::string text;
  for (const auto& each : row.keys)
    if (!each.variable.empty()) text.append(text.empty() ? "" : " or ").append(each.variable);
  if (!row.signing.empty()) text.append(" or AWS_ACCESS_KEY_ID");
  return text;
}

std::string providers_markdown() {
  std::string out{head};
  for (const auto* row : presets())
    row_of(out,
           {code(row->name), std::string{row->title}, std::string{row->surface},
            row->base_url.empty() ? "to be given" : code(row->base_url), keys_cell(*row), code(row->default_model)});
  out.append(about_parts);
  for (const auto* row : presets()) parts_of(out, *row);
  out.append(about_more);
  for (const auto* row : presets()) more_of(out, *row);
  out.append(about_apis);
  for (const auto* api : dialect::surfaces()) surface_row(out, *api);
  out.append(about_deviations);
  for (const auto* row : presets())
    if (const auto switches = deviations_cell(row->deviations); row->surface == "openai.chat" && !switches.empty())
      row_of(out, {std::string{row->name}, switches});
  return out;
}

}  // namespace cohedge::cli
