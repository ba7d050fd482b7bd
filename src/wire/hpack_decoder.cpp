#include <cohedge/wire/hpack.hpp>

#include "hpack_static.hpp"
#include "huffman.hpp"

namespace cohedge::wire {

void hpack_decoder::begin(std::string_view block) {
  rest_ = block;
  fields_seen_ = false;
  if (const auto most = huffman_decoded_most(block.size()) + 2; decoded_.size() < most) decoded_.resize(most);
}

/// The first byte's bit pattern tells what follows (RFC 7541 §6).
hpack_decoder::step hpack_decoder::next(header& field) noexcept {
  for (;;) {
    if (rest_.empty()) return step::end;
    const auto first = static_cast<unsigned char>(rest_.front());
    if (first >= 0x40 || first < 0x20) fields_seen_ = true;
    if (first >= 0x80) {
      std::uint32_t index = 0;
      return number(7, index) && at_index(index, field) ? step::field : step::malformed;
    }
    if (first >= 0x40) {
      if (!literal(6, field)) return step::malformed;
      table_.insert(field.name, field.value);
      if (table_.count() != 0) field = table_[0];  // its name may have lain where the table has put others since
      return step::field;
    }
    if (first < 0x20) return literal(4, field) ? step::field : step::malformed;
    if (!resize()) return step::malformed;
  }
}

/// RFC 7541 §5.1; nothing is as large as 2^32.
bool hpack_decoder::number(unsigned prefix_bits, std::uint32_t& value) noexcept {
  if (rest_.empty()) return false;
  const std::uint32_t most = (1u << prefix_bits) - 1;
  value = static_cast<unsigned char>(rest_.front()) & most;
  rest_.remove_prefix(1);
  if (value < most) return true;
  std::uint64_t sum = value;
  for (unsigned shift = 0; shift < 32 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    sum += std::uint64_t{byte & 0x7fu} << shift;
    if (byte >= 0x80) continue;
    value = static_cast<std::uint32_t>(sum);
    return sum == value;
  }
  return false;
}

/// RFC 7541 §5.2. What is not coded stays where it is; what is goes to `free`.
bool hpack_decoder::text(char*& free, std::string_view& into) noexcept {
  const bool coded = !rest_.empty() && (rest_.front() & 0x80) != 0;
  std::uint32_t size = 0;
  if (!number(7, size) || size > rest_.size()) return false;
  into = rest_.substr(0, size);
  rest_.remove_prefix(size);
  if (!coded) return true;
  char* const end = huffman_decode(into, free);
  if (!end) return false;
  into = {free, static_cast<std::size_t>(end - free)};
  free = end;
  return true;
}

bool hpack_decoder::at_index(std::uint32_t index, header& field) const noexcept {
  if (index == 0 || index > hpack_static.size() + table_.count()) return false;
  field = index <= hpack_static.size() ? hpack_static[index - 1] : table_[index - 1 - hpack_static.size()];
  return true;
}

bool hpack_decoder::literal(unsigned prefix_bits, header& field) noexcept {
  std::uint32_t index = 0;
  char* free = decoded_.data();
  if (!number(prefix_bits, index)) return false;
  if (index == 0 ? !text(free, field.name) : !at_index(index, field)) return false;
  return text(free, field.value);
}

/// The peer's table becomes smaller or larger, before the first field of a block (RFC 7541 §4.2).
bool hpack_decoder::resize() noexcept {
  std::uint32_t size = 0;
  if (fields_seen_ || !number(5, size) || size > hpack_table::usual_size) return false;
  table_.limit(size);
  return true;
}

}  // namespace cohedge::wire
