#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::wire {

/// One header field. The views belong to whoever holds the text.
struct header {
  std::string_view name;
  std::string_view value;
};

/// The header fields of one message in the order they came. All text lies in one string and fields are places in it,
/// so a block that is cleared and filled again does not allocate. Views it gives are valid until the next `add` or
/// `clear`. Holds at most 4 GiB of text; parsers stop far earlier (core/limits.hpp). Thread-safety: as for
/// `std::string`.
class header_block {
 public:
  class iterator;

  /// Appends a field. Takes what it is given: check with `valid_header_name` and `valid_header_value` where the text
  /// comes from outside. The arguments must not be views of this block.
  void add(std::string_view name, std::string_view value);
  /// Where a field lies in a text.
  struct place {
    std::uint32_t name, name_size, value, value_size;

    header in(const char* text) const noexcept { return {{text + name, name_size}, {text + value, value_size}}; }
  };
  /// For parsers, which copy many lines at once: appends the fields that lie at these places of `text`.
  void append(std::string_view text, std::span<const place> fields);
  /// Forgets all fields and keeps the memory.
  void clear() noexcept;
  /// The same for parsers of one message after the other, whose heads differ in little but some values: the last one's
  /// fields, and the text they lie in, stay readable until the next `append`.
  void begin_again() noexcept;
  std::span<const place> before() const noexcept { return {before_.data(), outdated_ ? before_.size() : 0}; }
  const char* text_before() const noexcept { return text_.data(); }

  /// The value of the first field with this name, compared without regard to ASCII case.
  std::optional<std::string_view> find(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return places_.size(); }
  bool empty() const noexcept { return places_.empty(); }
  header operator[](std::size_t index) const noexcept { return places_[index].in(text_.data()); }
  iterator begin() const noexcept;
  iterator end() const noexcept;

 private:
  std::string text_;
  std::vector<place> places_;
  std::vector<place> before_;  // the fields of the message before
  bool outdated_ = false;      // the text is still that message's
};

class header_block::iterator {
 public:
  using value_type = header;
  using difference_type = std::ptrdiff_t;

  iterator() noexcept = default;
  header operator*() const noexcept { return at_->in(text_); }
  iterator& operator++() noexcept {
    ++at_;
    return *this;
  }
  iterator operator++(int) noexcept {
    auto before = *this;
    ++at_;
    return before;
  }
  bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

 private:
  friend class header_block;
  iterator(const place* at, const char* text) noexcept : at_{at}, text_{text} {}

  const place* at_ = nullptr;
  const char* text_ = nullptr;
};

inline header_block::iterator header_block::begin() const noexcept { return {places_.data(), text_.data()}; }
inline header_block::iterator header_block::end() const noexcept { return {places_.data() + size(), text_.data()}; }

/// Whether this is a `token` of RFC 9110 §5.6.2: not empty, only letters, digits and !#$%&'*+-.^_`|~
bool valid_header_name(std::string_view name) noexcept;
/// The same without capitals, as HTTP/2 has it (RFC 9113 §8.2.1).
bool valid_lower_header_name(std::string_view name) noexcept;
/// Whether this can stand after the colon (RFC 9110 §5.5): no CR, LF, NUL or any other control but TAB. Bytes from
/// 0x80 up are allowed.
bool valid_header_value(std::string_view value) noexcept;
/// Equality without regard to ASCII case, as for header names.
bool equals_ignore_case(std::string_view a, std::string_view b) noexcept;

}  // namespace cohedge::wire
