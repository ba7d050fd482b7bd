#include "no_proxy.hpp"

#include <cohedge/wire/header.hpp>

#include <asio/ip/address.hpp>

#include <charconv>
#include <optional>
#include <span>
#include <string>

namespace cohedge::net {

namespace {

using asio::ip::address;
using wire::equals_ignore_case;

std::optional<address> address_of(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::error_code failed;
  auto read = asio::ip::make_address(std::string{text}, failed);
  if (failed) return std::nullopt;
  return read;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  if (const auto [stopped, failed] = std::from_chars(text.data(), end, value); failed != std::errc{} || stopped != end)
    return std::nullopt;
  return value;
}

bool same_bits(std::span<const unsigned char> one, std::span<const unsigned char> other, std::size_t bits) {
  for (std::size_t i = 0; i < bits; ++i) {
    const auto mask = static_cast<unsigned char>(0x80U >> i % 8);
    if (((one[i / 8] ^ other[i / 8]) & mask) != 0) return false;
  }
  return true;
}

bool in_network(const address& host, const address& network, std::size_t bits) {
  if (host.is_v4() != network.is_v4() || bits > (host.is_v4() ? 32U : 128U)) return false;
  if (host.is_v4()) return same_bits(host.to_v4().to_bytes(), network.to_v4().to_bytes(), bits);
  return same_bits(host.to_v6().to_bytes(), network.to_v6().to_bytes(), bits);
}

bool in_domain(std::string_view host, std::string_view domain) {
  if (host.size() < domain.size()) return false;
  const auto above = host.size() - domain.size();
  return equals_ignore_case(host.substr(above), domain) && (above == 0 || host[above - 1] == '.');
}

/// Takes ":port" off the end of a rule. An IPv6 address has a port only behind its brackets.
std::optional<unsigned> take_port(std::string_view& rule) {
  const auto colon = rule.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const bool one_colon = rule.find(':') == colon;
  if (!one_colon && rule[colon - 1] != ']') return std::nullopt;
  const auto port = number(rule.substr(colon + 1));
  if (port) rule = rule.substr(0, colon);
  return port;
}

std::string_view without_final_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (const auto known = address_of(host)) return known->is_loopback();
  return in_domain(without_final_dot(host), "localhost");
}

bool is_exempt(const origin& to, std::string_view rule) {
  if (rule == "*") return true;
  const auto host = address_of(to.host);
  if (const auto slash = rule.find('/'); slash != std::string_view::npos) {
    const auto network = address_of(rule.substr(0, slash));
    const auto bits = number(rule.substr(slash + 1));
    return host && network && bits && in_network(*host, *network, *bits);
  }
  if (const auto port = take_port(rule); port && *port != to.port) return false;
  if (const auto one = address_of(rule)) return host == one;
  if (rule.starts_with("*.")) rule.remove_prefix(1);
  if (rule.starts_with('.')) rule.remove_prefix(1);
  rule = without_final_dot(rule);
  return !rule.empty() && !host && in_domain(without_final_dot(to.host), rule);
}

}  // namespace cohedge::net
