#include <cohedge/wire/hpack.hpp>

#include "hpack_static.hpp"

#include <algorithm>
#include <array>

namespace cohedge::wire {

namespace {

// The first byte's bit pattern (RFC 7541 §6).
constexpr unsigned char indexed = 0x80, remembered = 0x40, table_size = 0x20, never_indexed = 0x10, as_it_is = 0;

void append_number(std::string& out, unsigned char pattern, unsigned prefix_bits, std::size_t value) {
  const std::size_t most = (std::size_t{1} << prefix_bits) - 1;
  if (value < most) {
    out += static_cast<char>(pattern | value);
    return;
  }
  out += static_cast<char>(pattern | most);
  for (value -= most; value >= 0x80; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7f));
  out += static_cast<char>(value);
}

void append_text(std::string& out, std::string_view text) {
  append_number(out, 0, 7, text.size());
  out += text;
}

bool is_credential(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> known{"authorization", "proxy-authorization", "cookie"};
  return name.ends_with("key") || name.ends_with("token") || std::ranges::find(known, name) != known.end();
}

/// An index for all of a field, or for its name only; 0: none.
struct place {
  std::size_t field = 0, name = 0;
};

template <class Table>
bool find(const Table& table, std::size_t count, std::size_t first_index, const header& field, place& found) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const header each = table[i];
    if (each.name.size() != field.name.size() || each.name != field.name) continue;
    if (each.value == field.value) return found.field = first_index + i, true;
    if (found.name == 0) found.name = first_index + i;
  }
  return false;
}

}  // namespace

void hpack_encoder::limit(std::size_t size) noexcept {
  // It never grows again, so that the smallest one is all that has to be said (RFC 7541 §4.2).
  if (size >= table_.limit()) return;
  table_.limit(size);
  resized_ = true;
}

void hpack_encoder::begin(std::string& out) {
  if (!resized_) return;
  append_number(out, table_size, 5, table_.limit());
  resized_ = false;
}

void hpack_encoder::add(std::string& out, std::string_view name, std::string_view value) {
  const header field{name, value};
  place found;
  const bool secret = is_credential(name);
  if (!secret && (find(table_, table_.count(), hpack_static.size() + 1, field, found) ||
                  find(hpack_static, hpack_static.size(), 1, field, found)))
    return append_number(out, indexed, 7, found.field);
  if (secret) find(hpack_static, hpack_static.size(), 1, field, found);
  const bool remember = !secret && name != "content-length" &&
                        name.size() + value.size() + hpack_table::per_field <= table_.limit() / 4;
  append_number(out, remember ? remembered : secret ? never_indexed : as_it_is, remember ? 6 : 4, found.name);
  if (found.name == 0) append_text(out, name);
  append_text(out, value);
  if (remember) table_.insert(name, value);
}

}  // namespace cohedge::wire
