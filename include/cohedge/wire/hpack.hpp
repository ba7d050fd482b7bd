#pragma once

#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cohedge::wire {

/// The fields that both ends of a connection remember, the newest first (RFC 7541 §2.3.2). All memory is taken when it is
/// made; texts lie one behind another in a buffer of twice the size, whose live part moves to the front when the end is
/// reached, so a field costs one copy and on average less than one more.
class hpack_table {
 public:
  static constexpr std::size_t usual_size = 4096;  ///< RFC 9113 §6.5.2, SETTINGS_HEADER_TABLE_SIZE
  static constexpr std::size_t per_field = 32;     ///< what a field counts beside its text (RFC 7541 §4.1)

  /// Throws std::bad_alloc, as what follows from memory that is used up everywhere here.
  hpack_table();

  std::size_t count() const noexcept { return count_; }
  /// 0 is the newest. The views are valid until the next `insert`.
  header operator[](std::size_t index) const noexcept {
    const auto& at = places_[(newest_ - index) % most_fields];
    const char* const text = text_.get() + at.start;
    return {{text, at.name_size}, {text + at.name_size, at.value_size}};
  }
  /// The newest field that is this one; `count()` if there is none.
  std::size_t find(std::string_view name, std::string_view value) const noexcept;
  /// What the fields may count together, at most `usual_size`: the oldest ones go until it holds.
  void limit(std::size_t size) noexcept;
  std::size_t limit() const noexcept { return limit_; }
  /// The oldest ones go until there is room; all of them, and this one too, where it is larger than the limit. The name
  /// may be one of the table's.
  void insert(std::string_view name, std::string_view value) noexcept;

 private:
  static constexpr std::size_t most_fields = usual_size / per_field;

  struct place {
    std::uint16_t start, name_size, value_size;
  };

  void evict_down_to(std::size_t size) noexcept;
  std::size_t oldest_start() const noexcept { return places_[(newest_ - count_ + 1) % most_fields].start; }

  std::unique_ptr<char[]> text_;
  std::unique_ptr<place[]> places_;  // a ring
  std::size_t newest_ = 0;
  std::size_t count_ = 0;
  std::size_t size_ = 0;  // as RFC 7541 counts
  std::size_t limit_ = usual_size;
  std::size_t end_ = 0;   // of the newest one's text
};

/// Reads blocks of fields (RFC 7541), each whole, in the order they came on the connection; one that is not read to its
/// end makes all later ones wrong. Thread-safety: none.
class hpack_decoder {
 public:
  enum class step { field, end, malformed };

  /// The block must stay until it has been read. Throws std::bad_alloc.
  void begin(std::string_view block);
  /// The next field, whose views are valid until the next step. After `malformed` the connection cannot go on (RFC 9113
  /// §4.3).
  step next(header& field) noexcept;

 private:
  bool number(unsigned prefix_bits, std::uint32_t& value) noexcept;
  bool text(char*& free, std::string_view& into) noexcept;
  bool at_index(std::uint32_t index, header& field) const noexcept;
  bool literal(unsigned prefix_bits, header& field) noexcept;
  bool resize() noexcept;

  hpack_table table_;
  std::string decoded_;  // as long as all that Huffman's code in a block can stand for
  std::string_view rest_;
  bool fields_seen_ = false;
};

/// Writes blocks of fields (RFC 7541). Method and scheme, authority, user agent and the media types become one byte each
/// once they have been said. Everything else may hold a credential and never enters a table, here or at the peer (§7.1.3).
/// Texts are not Huffman coded: time is worth more than the bytes. Thread-safety: none.
class hpack_encoder {
 public:
  /// The peer remembers at most this much: its SETTINGS_HEADER_TABLE_SIZE.
  void limit(std::size_t size) noexcept;
  /// Begins a block.
  void begin(std::string& out);
  /// Another one whenever the table is another one: fields are written with the same bytes as long as it is the same,
  /// and the block before has ended.
  std::uint64_t version() const noexcept { return version_; }
  /// The name is in lower case.
  void add(std::string& out, std::string_view name, std::string_view value);

 private:
  struct place {
    std::size_t index;  // 0: none
    bool with_value;
  };
  place find(std::string_view name, std::string_view value) const noexcept;

  hpack_table table_;
  std::uint64_t version_ = 0;
  bool resized_ = false;  // and the peer has not been told
};

}  // namespace cohedge::wire
