#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace cohedge::wire {

/// The name of a member. Whether it has a character to escape is known when the program is compiled where it is a
/// literal. A view: it must outlive the call it is given to.
class json_name {
 public:
  template <std::size_t Size>
  consteval json_name(const char (&literal)[Size])  // NOLINT(google-explicit-constructor)
      : text_{literal, Size - 1}, plain_{true} {
    for (const char c : text_) plain_ = plain_ && c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  }
  template <std::convertible_to<std::string_view> Text>
    requires(!std::is_array_v<Text>)
  json_name(const Text& text) noexcept : text_{text} {}  // NOLINT(google-explicit-constructor)

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

  json_writer& key(const json_name& name);
  /// A string, escaped. Each invalid UTF-8 sequence becomes U+FFFD (WHATWG Encoding: maximal subparts).
  json_writer& string(std::string_view text);
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
  json_writer& member(const json_name& name, std::string_view text) { return key(name).string(text); }
  json_writer& member(const json_name& name, const char* text) { return key(name).string(text); }
  json_writer& member(const json_name& name, bool value) { return key(name).boolean(value); }
  json_writer& member(const json_name& name, double value) { return key(name).number(value); }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) json_writer& member(const json_name& name, Integer value) {
    return key(name).number(value);
  }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  json_writer& literal(std::string_view text);
  json_writer& signed_number(std::int64_t value);
  json_writer& unsigned_number(std::uint64_t value);
  char* room(std::size_t size);
  char* room_for_value(std::size_t size);
  void widen(std::size_t size);
  json_writer& wrote_to(char* end, bool comma);
  json_writer& appended(std::string_view text, void (*append)(std::string&, std::string_view));

  std::string* out_;
  char* at_ = nullptr;     // the end of what has been written, inside of a document
  char* end_ = nullptr;    // of out_, which is longer then
  std::size_t depth_ = 0;  // brackets that are open
  bool comma_ = false;     // a value came before on this level
};

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cohedge::wire
