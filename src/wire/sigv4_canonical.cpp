#include "sigv4_canonical.hpp"

#include "scan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace cohedge::wire::sigv4 {

namespace {

constexpr bool unreserved(char c) noexcept {
  return (scan::lower(c) >= 'a' && scan::lower(c) <= 'z') || scan::is_digit(c) || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits{"0123456789ABCDEF"};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (unreserved(c))
      out.push_back(c);
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
}

std::optional<int> hex_digit(char c) noexcept {
  if (scan::is_digit(c)) return c - '0';
  if (scan::lower(c) >= 'a' && scan::lower(c) <= 'f') return scan::lower(c) - 'a' + 10;
  return std::nullopt;
}

/// Escaped once: what the escapes in it mean, escaped again.
std::string escaped_once(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%' && at + 2 < text.size()) {
      const auto high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
      if (high && low) {
        c = static_cast<char>(*high << 4 | *low);
        at += 2;
      }
    }
    append_escaped(out, {&c, 1});
  }
  return out;
}

std::vector<std::string_view> without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  while (!path.empty()) {
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..")
      kept.push_back(segment);
    else if (!kept.empty())
      kept.pop_back();
  }
  return kept;
}

constexpr bool white(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

void append_folded(std::string& out, std::string_view value) {
  bool gap = false, begun = false;
  for (const char c : value) {
    if (white(c)) {
      gap = begun;
      continue;
    }
    if (gap) out.append(" ");
    out.append(1, c);
    gap = false;
    begun = true;
  }
}

}  // namespace

void append_path(std::string& out, std::string_view path, bool normalize) {
  if (path.empty()) path = "/";
  if (!normalize) {
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
      append_escaped(out, path.substr(0, slash));
      out.append("/");
      path.remove_prefix(slash + 1);
    }
    return append_escaped(out, path);
  }
  const auto segments = without_dot_segments(path);
  for (const auto segment : segments) {
    out.append("/");
    append_escaped(out, segment);
  }
  if (segments.empty() || path.ends_with('/')) out.append("/");
}

void append_query(std::string& out, std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    parameters.emplace_back(escaped_once(one.substr(0, equals)),
                            escaped_once(one.substr(std::min(equals + 1, one.size()))));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string_view separator;
  for (const auto& [name, value] : parameters) {
    out.append(separator).append(name).append("=").append(value);
    separator = "&";
  }
}

header_text canonical_headers(std::span<const header> fields) {
  std::multimap<std::string, std::string_view> sorted;  // values of one name stay in their order
  for (const auto& field : fields) {
    std::string name;
    for (const char c : field.name) name.push_back(scan::lower(c));
    sorted.emplace(std::move(name), field.value);
  }
  header_text out;
  std::size_t size = 0;
  for (const auto& field : fields) size += field.name.size() + field.value.size() + 2;
  out.lines.reserve(size);  // a buffer that grew would leave a copy of a credential behind
  const std::string* before = nullptr;
  for (const auto& [name, value] : sorted) {
    if (before != nullptr && *before == name) {
      out.lines.back() = ',';  // instead of the line's end
    } else {
      out.names.append(before != nullptr ? ";" : "").append(name);
      out.lines.append(name).append(":");
    }
    append_folded(out.lines, value);
    out.lines.append("\n");
    before = &name;
  }
  return out;
}

}  // namespace cohedge::wire::sigv4
