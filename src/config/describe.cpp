#include "description.hpp"

namespace cohedge::config {

namespace {

// Calls `read` for each table within the table at `key`.
template <class Read>
void each_table(table_reader& top, std::string_view key, const Read& read) {
  const auto* at = top.table(key);
  if (!at) return;
  table_reader within{*at->value.as<node::table>(), std::string{key}, top.noted()};
  for (const auto& each : *at->value.as<node::table>()) {
    if (each.value.as<node::table>())
      read(each);
    else
      within.problem(each, "must be a table: [" + within.path_to(each.key) + "]");
  }
}

}  // namespace

result<description> describe(const node& root, std::string file_name) {
  problems noted{std::move(file_name)};
  table_reader top{*root.as<node::table>(), "", noted};
  description all;
  if (const auto* client = top.table("client")) all.client = read_client(*client, noted);
  each_table(top, "providers",
             [&](const member& at) { all.providers.push_back(read_provider(at, all.client, noted)); });
  each_table(top, "routes", [&](const member& at) { all.routes.push_back(read_route(at, noted)); });
  each_table(top, "prices", [&](const member& at) { all.prices.push_back(read_price(at, noted)); });
  top.finish();
  link_routes(all, noted);
  if (!noted.any() && all.providers.empty())
    noted.add(1, "providers", "none: a file needs at least one [providers.NAME]");
  if (noted.any()) return noted.as_error();
  return all;
}

}  // namespace cohedge::config
