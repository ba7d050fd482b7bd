#include <cohedge/wire/hpack.hpp>

#include "hpack_static.hpp"

#include <algorithm>
#include <array>

namespace cohedge::wire {

namespace {

// The first byte's bit pattern (RFC 7541 §6).
constexpr unsigned char indexed = 0x80, remembered = 0x40, table_size = 0x20, never_indexed = 0x10;

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

/// Fields that repeat and never hold a secret. A path may, and so may any field of a name that we do not know.
bool may_be_remembered(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 5> harmless{":authority", "user-agent", "content-type", "accept",
                                                     "accept-encoding"};
  return std::ranges::find(harmless, name) != harmless.end();
}

}  // namespace

void hpack_encoder::limit(std::size_t size) noexcept {
  // It never grows again, so that the smallest one is all that has to be said (RFC 7541 §4.2).
  if (size >= table_.limit()) return;
  table_.limit(size);
  resized_ = true;
  ++version_;
}

void hpack_encoder::begin(std::string& out) {
  if (!resized_) return;
  append_number(out, table_size, 5, table_.limit());
  resized_ = false;
}

hpack_encoder::place hpack_encoder::find(std::string_view name, std::string_view value) const noexcept {
  place found{0, false};
  const auto& known = hpack_static_by_length;
  if (name.size() <= known.longest)
    for (auto at = known.first[name.size()]; at != known.first[name.size() + 1]; ++at) {
      const std::size_t index = known.index[at];
      if (hpack_static[index - 1].name != name) continue;
      if (hpack_static[index - 1].value == value) return {index, true};
      if (found.index == 0) found.index = index;
    }
  if (const auto whole = table_.find(name, value); whole != table_.count())
    return {hpack_static.size() + 1 + whole, true};
  return found;
}

void hpack_encoder::add(std::string& out, std::string_view name, std::string_view value) {
  const auto found = find(name, value);
  if (found.with_value) return append_number(out, indexed, 7, found.index);
  const bool remember =
      may_be_remembered(name) && name.size() + value.size() + hpack_table::per_field <= table_.limit() / 4;
  append_number(out, remember ? remembered : never_indexed, remember ? 6 : 4, found.index);
  if (found.index == 0) append_text(out, name);
  append_text(out, value);
  if (!remember) return;
  table_.insert(name, value);
  ++version_;
}

}  // namespace cohedge::wire
