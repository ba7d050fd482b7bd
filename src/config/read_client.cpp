#include "description.hpp"

namespace cohedge::config {

namespace {

std::optional<duration> limit(table_reader& from, std::string_view key) {
  const auto* found = from.find(key);
  if (!found) return std::nullopt;
  if (const auto* text = found->value.as<std::string>(); text && *text == "never") return plan::never;
  return from.time(key);
}

}  // namespace

std::optional<plan::clock_limits> read_clocks(table_reader& from, std::optional<plan::clock_limits> otherwise) {
  const auto* at = from.table("timeouts");
  if (!at) return otherwise;
  auto clocks = otherwise.value_or(plan::clock_limits{});
  table_reader times{*at->value.as<node::table>(), from.path_to("timeouts"), from.noted()};
  if (const auto longest = limit(times, "connect")) clocks.connect(*longest);
  if (const auto longest = limit(times, "headers")) clocks.headers(*longest);
  if (const auto longest = limit(times, "first_content")) clocks.first_content(*longest);
  if (const auto longest = limit(times, "between_content")) clocks.between_content(*longest);
  if (const auto longest = limit(times, "total")) clocks.total(*longest);
  times.finish();
  return clocks;
}

client_entry read_client(const member& at, problems& noted) {
  table_reader from{*at.value.as<node::table>(), "client", noted};
  client_entry client;
  client.ca_file = from.text("ca_file").value_or("");
  client.log = from.text("log").value_or("");
  client.clocks = read_clocks(from, std::nullopt);
  from.finish();
  return client;
}

}  // namespace cohedge::config
