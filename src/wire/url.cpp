#include <cohedge/wire/url.hpp>

#include "scan.hpp"

#include <algorithm>
#include <optional>

namespace cohedge::wire {

namespace {

error refuse(std::string_view why) { return {errc::invalid_argument, std::string{"URL: "}.append(why)}; }

bool is_hex(char c) noexcept { return scan::is_digit(c) || (scan::lower(c) >= 'a' && scan::lower(c) <= 'f'); }

bool is_name_char(char c) noexcept {
  return scan::is_digit(c) || (scan::lower(c) >= 'a' && scan::lower(c) <= 'z') || c == '-' || c == '_';
}

// Labels of letters, digits, - and _ with dots between them; an IPv4 address is one of these too.
bool valid_host_name(std::string_view host) noexcept {
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!is_name_char(c) || ++label > 63) {
      return false;
    }
  }
  return label != 0;
}

bool valid_ipv4(std::string_view text) noexcept {
  int parts = 0;
  for (;;) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    const auto value = scan::digits(part);
    if (!value || *value > 255 || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

// Groups of up to four hexadecimal digits, "::" once at most, an IPv4 address in place of the last two (RFC 4291 §2.2).
bool valid_ipv6(std::string_view text) noexcept {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  for (;;) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      groups += 2;
      return valid_ipv4(group) && (gap ? groups < 8 : groups == 8);
    }
    if (group.empty() || group.size() > 4 || !std::all_of(group.begin(), group.end(), is_hex)) return false;
    ++groups;
    if (colon == std::string_view::npos) return gap ? groups < 8 : groups == 8;
    text.remove_prefix(colon + 1);
    if (text.starts_with(':')) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(1);
      if (text.empty()) return groups < 8;
    }
  }
}

// What is wrong with the characters of a path or query, or nothing.
std::optional<std::string_view> fault_in(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) return "non-ASCII characters are written as %XX escapes of their UTF-8";
    if (c <= ' ' || c == 0x7f) return "no spaces or control characters; write %20 for a space";
    if (std::string_view{"\"<>\\^`{|}"}.find(c) != std::string_view::npos) {
      return "the characters \" < > \\ ^ ` { | } are written as %XX escapes";
    }
    if (c == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))) {
      return "two hexadecimal digits must follow %; write %25 for the sign itself";
    }
  }
  return std::nullopt;
}

result<void> read_authority(std::string_view text, url& out) {
  if (text.find('@') != std::string_view::npos) {
    return refuse("no user name or password before the host (no @): give the key as a credential instead");
  }
  std::string_view host = text;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return refuse("an IPv6 address ends with ]: http://[::1]:8080");
    host = text.substr(1, bracket - 1);
    port = text.substr(bracket + 1);
    if (!valid_ipv6(host)) return refuse("not an IPv6 address between the brackets (zones are not supported)");
    has_port = !port.empty();
    if (has_port && port[0] != ':') return refuse("only :port can follow ]");
  } else {
    const auto colon = text.find(':');
    host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
    has_port = !port.empty();
    if (port.find(':', 1) != std::string_view::npos)
      return refuse("an IPv6 address stands in brackets: http://[::1]:8080");
    if (host.empty()) return refuse("no host; write for instance https://api.openai.com/v1");
    if (!valid_host_name(host)) {
      return refuse("a host is letters, digits, - and dots between them; names in other scripts are written as xn--…");
    }
  }
  for (char c : host) out.host.push_back(scan::lower(c));
  if (!has_port) return success();
  const auto number = scan::digits(port.substr(1));
  if (!number || *number == 0 || *number > 65535)
    return refuse("a port is a number from 1 to 65535, or left out with its colon");
  out.port = static_cast<std::uint16_t>(*number);
  return success();
}

}  // namespace

std::string url::host_header() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (!default_port()) text.append(":").append(std::to_string(port));
  return text;
}

std::string url::origin() const { return scheme + "://" + host_header(); }

std::string url::target() const {
  std::string text = path + slashes;
  if (text.empty()) text = "/";
  if (!query.empty()) text.append("?").append(query);
  return text;
}

result<url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return refuse("no scheme; write for instance https://api.openai.com/v1");
  url out;
  if (scan::is(text.substr(0, colon), "https"))
    out.scheme = "https", out.port = 443;
  else if (scan::is(text.substr(0, colon), "http"))
    out.scheme = "http", out.port = 80;
  else
    return refuse("the scheme is https or http");
  text.remove_prefix(colon + 3);

  const auto authority_end = std::min(text.find_first_of("/?#"), text.size());
  if (auto read = read_authority(text.substr(0, authority_end), out); read.has_error()) return std::move(read).error();
  text.remove_prefix(authority_end);

  if (text.find('#') != std::string_view::npos) return refuse("no fragment (#…)");
  if (const auto fault = fault_in(text)) return refuse(*fault);
  const auto question = text.find('?');
  const auto path = text.substr(0, question);
  const auto last = path.find_last_not_of('/') + 1;  // 0 where there is none
  out.path = path.substr(0, last);
  out.slashes = path.substr(last);
  if (question != std::string_view::npos) out.query = text.substr(question + 1);
  return out;
}

void append_path_segment(std::string& path, std::string_view text) {
  constexpr std::string_view hex{"0123456789ABCDEF"};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = scan::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view{"-._~@"}.find(c) != std::string_view::npos;
    if (plain)
      path.push_back(c);
    else
      path.append({'%', hex[byte >> 4], hex[byte & 15]});
  }
}

}  // namespace cohedge::wire
