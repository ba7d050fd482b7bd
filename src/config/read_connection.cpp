// How a provider is connected to: the keys of a provider that end up in its net::destination.

#include "description.hpp"

#include <cohedge/wire/url.hpp>

#include <algorithm>
#include <array>

namespace cohedge::config {

namespace {

/// A proxy's URL, or "env:NAME" for one: with a password in it it is a secret.
void read_proxy(table_reader& from, connection_entry& into) {
  const auto text = from.text("proxy");
  if (!text) return;
  const auto& at = *from.find("proxy");
  if (auto variable = variable_named(*text)) {
    into.proxy_variable = std::move(*variable);
    return;
  }
  auto read = net::proxy::parse(*text);
  if (!read)
    from.problem(at, read.error().detail());
  else if (!read->credentials().empty())
    from.problem(at, "a password does not belong into a file: put the whole URL into an environment variable and write "
                     "\"env:MY_PROXY\" here");
  else
    into.proxy = std::move(read).value();
}

void read_pins(table_reader& from, connection_entry& into) {
  const auto* at = from.find("pin");
  if (!at) return;
  if (const auto* one = at->value.as<std::string>())
    into.pins.push_back(*one);
  else
    into.pins = from.texts("pin");
  const auto is_pin = [](const std::string& text) { return text.size() == 44 && text.ends_with('='); };
  if (!std::ranges::all_of(into.pins, is_pin))
    from.problem(*at, "a pin is the base64 of a SHA-256 of a public key, 44 characters");
}

/// On a connection without TLS these would promise what nobody keeps.
void check_for_tls(table_reader& from, std::string_view base_url) {
  const auto parsed = wire::parse_url(base_url);
  if (!parsed || parsed->secure()) return;
  for (const auto* key : {"ca_file", "client_certificate", "client_key", "pin"})
    if (const auto* at = from.find(key)) from.problem(*at, "belongs to TLS, and base_url is http://");
}

}  // namespace

connection_entry read_connection(table_reader& from, const client_entry& client, std::string_view base_url) {
  connection_entry made;
  read_proxy(from, made);
  made.unix_socket = from.text("unix_socket").value_or("");
  if (const auto* at = from.find("unix_socket"); at && from.find("proxy"))
    from.problem(*at, "either this or proxy, not both");
  if (const auto picked = from.word("http", {"negotiated", "1", "2"}))
    made.http = std::array{net::http_version::negotiated, net::http_version::http1, net::http_version::http2}[*picked];
  made.ca_file = from.text("ca_file").value_or(client.ca_file);
  made.client_certificate = from.text("client_certificate").value_or("");
  made.client_key = from.text("client_key").value_or(made.client_certificate);
  if (const auto* at = from.find("client_key"); at && !from.find("client_certificate"))
    from.problem(*at, "client_certificate is missing: the file with the certificate that this key is of");
  read_pins(from, made);
  check_for_tls(from, base_url);
  return made;
}

}  // namespace cohedge::config
