#include <cohedge/wire/json_scan.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cohedge::wire {

namespace {

// Length of the valid UTF-8 sequence that begins with this non-ASCII byte, 0 if there is none.
std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [](unsigned c) { return (c & 0xC0) == 0x80; };
  const auto lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return follows(byte(1)) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!follows(byte(1)) || !follows(byte(2))) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // too long
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogates
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!follows(byte(1)) || !follows(byte(2)) || !follows(byte(3))) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;  // too long
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

// Length of the part of an invalid sequence that one U+FFFD replaces: a valid beginning, or one byte.
std::size_t maximal_subpart(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0xC2 || lead > 0xF4 || text.size() < 2) return 1;
  unsigned low = 0x80, high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  const std::size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  std::size_t size = 1;
  while (size < wanted && size < text.size()) {
    const auto c = static_cast<unsigned char>(text[size]);
    if (c < low || c > high) break;
    low = 0x80;
    high = 0xBF;
    ++size;
  }
  return size;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    default: break;
  }
  constexpr std::string_view hex{"0123456789abcdef"};
  out.append("\\u00");
  out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
  out.push_back(hex[static_cast<unsigned char>(c) & 15]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t copied = 0;
  for (std::size_t at = find_json_special_or_non_ascii(text); at < text.size();) {
    const auto rest = text.substr(at);
    if (static_cast<unsigned char>(rest[0]) >= 0x80) {
      if (const auto size = utf8_sequence(rest); size != 0) {
        at += size;
        const bool ascii = at < text.size() && static_cast<unsigned char>(text[at]) < 0x80;
        if (ascii) at = find_json_special_or_non_ascii(text, at);
        continue;
      }
    }
    out.append(text.substr(copied, at - copied));
    if (static_cast<unsigned char>(rest[0]) >= 0x80) {
      out.append("\xEF\xBF\xBD");
      at += maximal_subpart(rest);
    } else {
      append_escape(out, rest[0]);
      ++at;
    }
    copied = at;
    at = find_json_special_or_non_ascii(text, at);
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

// Small pieces go into room that is made for many at once; a long one is appended, for a string would fill its room with
// zeros first.
constexpr std::size_t room_ahead = 512;
constexpr std::size_t longest_piece = 512;

static char* copy(std::string_view text, char* to) noexcept { return to + text.copy(to, text.size()); }

void json_writer::widen(std::size_t size) {
  const auto used = at_ ? static_cast<std::size_t>(at_ - out_->data()) : out_->size();
  const auto needed = used + size;
  const auto space = out_->capacity() < needed ? needed + room_ahead : std::min(needed + room_ahead, out_->capacity());
  out_->resize(space);
  at_ = out_->data() + used;
  end_ = out_->data() + space;
}

json_writer& json_writer::finished() {
  out_->resize(static_cast<std::size_t>(at_ - out_->data()));
  at_ = end_ = nullptr;
  return *this;
}

json_writer& json_writer::appended(std::string_view text, void (*append)(std::string&, std::string_view)) {
  out_->resize(static_cast<std::size_t>(room_for_value(0) - out_->data()));
  append(*out_, text);
  end_ = out_->data() + out_->size();
  return wrote_to(end_, true);
}

json_writer& json_writer::escaped_key(std::string_view name) {
  appended(name, &append_json_string);
  char* to = room(1);
  *to++ = ':';
  return wrote_to(to, false);
}

json_writer& json_writer::any_string(std::string_view text) {
  if (text.size() > longest_piece || find_json_special_or_non_ascii(text) < text.size())
    return appended(text, &append_json_string);
  char* to = room_for_value(text.size() + 2);
  *to++ = '"';
  to = copy(text, to);
  *to++ = '"';
  return wrote_to(to, true);
}

json_writer& json_writer::literal(std::string_view text) {
  if (text.size() <= longest_piece) return wrote_to(copy(text, room_for_value(text.size())), true);
  return appended(text, [](std::string& out, std::string_view all) { out.append(all); });
}

json_writer& json_writer::number(double value) {
  if (!std::isfinite(value)) return null();
  constexpr std::size_t longest = 32;
  char* to = room_for_value(longest);
  return wrote_to(std::to_chars(to, to + longest, value).ptr, true);
}

json_writer& json_writer::signed_number(std::int64_t value) {
  constexpr std::size_t longest = 24;
  char* to = room_for_value(longest);
  return wrote_to(std::to_chars(to, to + longest, value).ptr, true);
}

json_writer& json_writer::unsigned_number(std::uint64_t value) {
  constexpr std::size_t longest = 24;
  char* to = room_for_value(longest);
  return wrote_to(std::to_chars(to, to + longest, value).ptr, true);
}

}  // namespace cohedge::wire
