#include "json_text.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace cohedge::dialect {
namespace {

constexpr std::string_view white_space = " \t\r\n";

// Four hexadecimal digits at the front of `text`, or -1.
int hex4(std::string_view text) noexcept {
  if (text.size() < 4) return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    const int lower = c | 0x20;
    if (c >= '0' && c <= '9') value = value * 16 + (c - '0');
    else if (lower >= 'a' && lower <= 'f') value = value * 16 + (lower - 'a' + 10);
    else return -1;
  }
  return value;
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto byte = [&](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | point >> 6);
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3F));
    byte(0x80 | (point >> 6 & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

// What follows "\u": consumes the digits, and those of the second half of a surrogate pair.
bool append_code_unit(std::string_view& rest, std::string& out) {
  const int first = hex4(rest);
  if (first < 0) return false;
  rest.remove_prefix(4);
  auto point = static_cast<std::uint32_t>(first);
  if (point >= 0xD800 && point < 0xE000) {
    const int second = point < 0xDC00 && rest.starts_with("\\u") ? hex4(rest.substr(2)) : -1;
    if (second >= 0xDC00 && second < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00);
      rest.remove_prefix(6);
    } else {
      point = 0xFFFD;
    }
  }
  append_utf8(point, out);
  return true;
}

bool append_unescaped(std::string_view rest, std::string& out) {
  while (true) {
    const auto plain = rest.find('\\');
    out.append(rest.substr(0, plain));
    if (plain == std::string_view::npos) return true;
    if (plain + 1 >= rest.size()) return false;
    const char escape = rest[plain + 1];
    rest.remove_prefix(plain + 2);
    switch (escape) {
      case '"':
      case '\\':
      case '/': out.push_back(escape); break;
      case 'b': out.push_back('\b'); break;
      case 'f': out.push_back('\f'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't': out.push_back('\t'); break;
      case 'u':
        if (!append_code_unit(rest, out)) return false;
        break;
      default: return false;
    }
  }
}

}  // namespace

simdjson::ondemand::parser& shared_parser(std::size_t document_size) {
  constexpr std::size_t kept = 1024 * 1024;
  thread_local simdjson::ondemand::parser parser;
  if (parser.capacity() > kept && document_size <= kept) parser = simdjson::ondemand::parser{};
  // It would grow to just this size, and again for every document that is a little larger than all before.
  if (parser.capacity() < document_size && document_size <= kept)
    [[maybe_unused]] const auto fails_again_when_it_parses =
        parser.allocate(std::bit_ceil(std::max(document_size, std::size_t{4096})));
  return parser;
}

bool append_text(std::string_view token, std::string& out) {
  while (!token.empty() && token.back() != '"') {
    if (white_space.find(token.back()) == std::string_view::npos) return false;
    token.remove_suffix(1);
  }
  if (token.size() < 2 || token.front() != '"') return false;
  const auto text = token.substr(1, token.size() - 2);
  if (std::memchr(text.data(), '\\', text.size()) != nullptr) return append_unescaped(text, out);
  out.append(text);
  return true;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

}  // namespace cohedge::dialect
