#pragma once

#include "problems.hpp"
#include "table_reader.hpp"

#include <cohedge/chat/price.hpp>
#include <cohedge/dialect/deviations.hpp>
#include <cohedge/net/destination.hpp>
#include <cohedge/plan/advice.hpp>
#include <cohedge/plan/attempt_clocks.hpp>
#include <cohedge/provider/presets.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cohedge::config {

struct client_entry {
  std::string ca_file;
  std::string log;
  std::optional<plan::clock_limits> clocks;
};

/// A request header; the value may be a variable's name.
struct header_entry {
  std::string field;
  std::string value;
  bool is_variable = false;
};

/// How a provider is connected to.
struct connection_entry {
  std::optional<net::proxy> proxy;
  std::string proxy_variable;  ///< instead
  std::string unix_socket;
  net::http_version http = net::http_version::negotiated;
  std::string ca_file;  ///< the client's where it says nothing else
  std::string client_certificate;
  std::string client_key;
  std::vector<std::string> pins;

  /// It needs TLS settings other than the client's.
  bool has_own_tls(const client_entry& client) const {
    return ca_file != client.ca_file || !client_certificate.empty() || !pins.empty();
  }
};

struct provider_entry {
  std::string name;
  const preset_row* row = nullptr;           ///< its kind
  preset_options options;                    ///< model, base URL, key's variable, parts of the address
  std::vector<header_entry> part_variables;  ///< parts that a variable holds
  std::vector<header_entry> headers;
  std::optional<plan::clock_limits> clocks;
  connection_entry connection;
  dialect::deviations deviations;
  int line = 0;
};

enum class strategy_kind : std::uint8_t { fallback, race, hedge, split };

struct cache_entry {
  std::size_t entries = 0;
  std::size_t bytes = 64 * 1024 * 1024;
  duration time_to_live = std::chrono::minutes{10};
};

struct route_entry {
  std::string name;
  strategy_kind strategy = strategy_kind::fallback;
  std::vector<std::string> candidates;
  std::vector<double> weights;  ///< one per candidate of a split
  std::optional<duration> delay;
  std::optional<duration> deadline;
  std::optional<std::int64_t> retries;
  std::optional<std::int64_t> attempts;
  std::optional<cache_entry> cache;
  plan::fall_over fall_over;
  int line = 0;
};

/// What a model costs.
struct price_entry {
  std::string model;  ///< or the beginning of names, with '*' behind it
  price of_a_million;
};

/// What a configuration says, checked and free of TOML; routes come after those they refer to.
struct description {
  client_entry client;
  std::vector<provider_entry> providers;
  std::vector<route_entry> routes;
  std::vector<price_entry> prices;
};

result<description> describe(const node& root, std::string file_name);

// The parts of `describe`; what is wrong is noted.
client_entry read_client(const member& at, problems& noted);
provider_entry read_provider(const member& at, const client_entry& client, problems& noted);
route_entry read_route(const member& at, problems& noted);
price_entry read_price(const member& at, problems& noted);
connection_entry read_connection(table_reader& from, const client_entry& client, std::string_view base_url);
/// "env:NAME" as NAME.
std::optional<std::string> variable_named(std::string_view text);
std::optional<plan::clock_limits> read_clocks(table_reader& from, std::optional<plan::clock_limits> otherwise);
/// Checks names, and that no route leads back to itself; sorts the routes so that a route's candidates come before it.
void link_routes(description& all, problems& noted);

}  // namespace cohedge::config
