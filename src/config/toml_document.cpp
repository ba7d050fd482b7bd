// The only file that knows the TOML library.

#include "node.hpp"

#ifndef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#endif
#ifndef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0
#endif
#include <toml++/toml.h>

#include <algorithm>

namespace cohedge::config {

namespace {

node node_of(const toml::node& from, int line);

int line_of(const toml::source_region& where, int otherwise) {
  return where.begin.line > 0 ? static_cast<int>(where.begin.line) : otherwise;
}

node table_of(const toml::table& from, int line) {
  struct placed {
    toml::source_position at;
    member entry;
  };
  std::vector<placed> found;
  for (const auto& [key, value] : from) {
    const int at = line_of(key.source(), line_of(value.source(), line));
    found.push_back({key.source().begin, member{std::string{key.str()}, at, node_of(value, at)}});
  }
  std::ranges::stable_sort(found, [](const placed& a, const placed& b) {
    return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
  });
  node::table members;
  for (auto& each : found) members.push_back(std::move(each.entry));
  return {std::move(members), line};
}

node node_of(const toml::node& from, int line) {
  if (const auto* text = from.as_string()) return {text->get(), line};
  if (const auto* whole = from.as_integer()) return {whole->get(), line};
  if (const auto* real = from.as_floating_point()) return {real->get(), line};
  if (const auto* yes = from.as_boolean()) return {yes->get(), line};
  if (const auto* table = from.as_table()) return table_of(*table, line);
  if (const auto* array = from.as_array()) {
    node::list items;
    for (const auto& item : *array) items.push_back(node_of(item, line_of(item.source(), line)));
    return {std::move(items), line};
  }
  return {node::other{}, line};
}

}  // namespace

result<node> read_toml(std::string_view text, std::string_view file_name) {
  const toml::parse_result parsed = toml::parse(text);
  if (parsed) return table_of(parsed.table(), 1);
  const auto& wrong = parsed.error();
  return error{errc::invalid_config, std::string{file_name} + ":" + std::to_string(line_of(wrong.source(), 1)) + ": " +
                                         std::string{wrong.description()}};
}

}  // namespace cohedge::config
