#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace cohedge::wire {

/// A text that becomes a string or the name of a member. Whether it has a character to escape is known when the program
/// is compiled where it is a literal. A view: it must outlive the call it is given to.
class json_string {
 public:
  template <std::size_t Size>
  consteval json_string(const char (&literal)[Size])  // NOLINT(google-explicit-constructor)
      : text_{literal, Size - 1}, plain_{true} {
    for (const char c : text_) plain_ = plain_ && c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  }
  template <std::convertible_to<std::string_view> Text>
    requires(!std::is_array_v<Text>)
  json_string(const Text& text) noexcept : text_{text} {}  // NOLINT(google-explicit-constructor)

  std::string_view text() const noexcept { return text_; }
  /// It may be written as it is.
  bool plain() const noexcept { return plain_; }

 private:
  std::string_view text_;
  bool plain_ = false;
};

/// Appends JSON (RFC 8259) to a string, commas included. Does not check the order of calls: a key belongs before every
/// value of an object and nowhere else. `out` must outlive the writer. Nothing else may read or write it between the
/// calls that make up one document: until the last bracket is closed it is longer than what has been written.
class json_writer {
 public:
  explicit json_writer(std::string& out) noexcept : out_{&out} {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(const json_string& name);
  /// A string, escaped. Each invalid UTF-8 sequence becomes U+FFFD (WHATWG Encoding: maximal subparts).
  json_writer& string(const json_string& text);
  /// A double as the shortest text that reads back the same; null where JSON has no such number (NaN, infinities).
  json_writer& number(double value);
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) json_writer& number(Integer value) {
    if constexpr (std::signed_integral<Integer>)
      return signed_number(value);
    else
      return unsigned_number(value);
  }
  json_writer& boolean(bool value) { return literal(value ? "true" : "false"); }
  json_writer& null() { return literal("null"); }
  /// Appends JSON that is known to be valid, as it is.
  json_writer& raw(std::string_view json) { return literal(json); }

  /// key and value at once.
  json_writer& member(const json_string& name, const json_string& text) { return key(name).string(text); }
  json_writer& member(const json_string& name, std::same_as<bool> auto value) { return key(name).boolean(value); }
  json_writer& member(const json_string& name, double value) { return key(name).number(value); }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) json_writer& member(const json_string& name, Integer value) {
    return key(name).number(value);
  }

 private:
  inline json_writer& open(char bracket);
  inline json_writer& close(char bracket);
  /// Where the next `size` bytes go.
  char* room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) widen(size);
    return at_;
  }
  /// The same, behind the comma that is due.
  char* room_for_value(std::size_t size) {
    char* to = room(size + 1);
    if (comma_) *to++ = ',';
    return to;
  }
  json_writer& wrote_to(char* end, bool comma) {
    at_ = end;
    comma_ = comma;
    return depth_ > 0 ? *this : finished();
  }
  void widen(std::size_t size);
  json_writer& finished();
  json_writer& literal(std::string_view text);
  json_writer& signed_number(std::int64_t value);
  json_writer& unsigned_number(std::uint64_t value);
  json_writer& escaped_key(std::string_view name);
  json_writer& any_string(std::string_view text);
  /// Between quotes, as it is.
  char* quoted(std::string_view text, char* to) {
    *to++ = '"';
    std::memcpy(to, text.data(), text.size());  // of a known size where the compiler sees the text
    to += text.size();
    *to++ = '"';
    return to;
  }
  json_writer& appended(std::string_view text, void (*append)(std::string&, std::string_view));

  std::string* out_;
  char* at_ = nullptr;     // the end of what has been written, inside of a document
  char* end_ = nullptr;    // of out_, which is longer then
  std::size_t depth_ = 0;  // brackets that are open
  bool comma_ = false;     // a value came before on this level
};

inline json_writer& json_writer::open(char bracket) {
  char* to = room_for_value(1);
  *to++ = bracket;
  ++depth_;
  return wrote_to(to, false);
}

inline json_writer& json_writer::close(char bracket) {
  char* to = room(1);
  *to++ = bracket;
  if (depth_ > 0) --depth_;
  return wrote_to(to, true);
}

inline json_writer& json_writer::key(const json_string& name) {
  if (!name.plain()) return escaped_key(name.text());
  char* to = quoted(name.text(), room_for_value(name.text().size() + 3));
  *to++ = ':';
  return wrote_to(to, false);
}

inline json_writer& json_writer::string(const json_string& text) {
  if (!text.plain()) return any_string(text.text());
  return wrote_to(quoted(text.text(), room_for_value(text.text().size() + 2)), true);
}

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cohedge::wire
