#include <cohedge/wire/eventstream.hpp>

#include <cohedge/wire/big_endian.hpp>
#include "crc32.hpp"
#include "in_quotes.hpp"
#include "padded.hpp"

#include <algorithm>
#include <type_traits>

namespace cohedge::wire {

namespace {

constexpr std::size_t prelude_size = 12;  // length of the message, length of its headers, checksum of both
constexpr std::size_t checksum_size = 4;

std::uint32_t number_at(std::string_view bytes, std::size_t at) noexcept {
  return read_big_endian<std::uint32_t>({bytes.data() + at, sizeof(std::uint32_t)});
}

bool checksum_is_right(std::string_view bytes, std::size_t at) noexcept {
  return crc32_of({bytes.data(), at}) == number_at(bytes, at);
}

/// Takes from the front; nothing where it is too short.
std::optional<std::string_view> take(std::string_view& bytes, std::size_t size) noexcept {
  if (bytes.size() < size) return std::nullopt;
  const auto taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

template <class Signed, class Unsigned = std::make_unsigned_t<Signed>>
bool take_number(std::string_view& bytes, std::int64_t& out) noexcept {
  const auto taken = take(bytes, sizeof(Signed));
  if (taken) out = static_cast<Signed>(read_big_endian<Unsigned>(*taken));
  return taken.has_value();
}

bool take_text(std::string_view& bytes, std::size_t size, std::string_view& out) noexcept {
  const auto taken = take(bytes, size);
  if (taken) out = *taken;
  return taken.has_value();
}

}  // namespace

std::string_view eventstream_message::text(std::string_view name) const noexcept {
  for (const auto& each : headers)
    if (each.name == name && each.type == eventstream_type::string) return each.text;
  return {};
}

bool eventstream_parser::fail(errc code, std::string what) {
  failure_.emplace(code, "event stream: " + std::move(what));
  return false;
}

/// The size of the message that begins with these bytes; 0: failed.
std::size_t eventstream_parser::read_prelude(std::string_view bytes) {
  const std::size_t size = number_at(bytes, 0), headers = number_at(bytes, 4);
  if (!checksum_is_right(bytes, prelude_size - checksum_size))
    fail(errc::malformed_answer, "the checksum of a message's lengths is wrong");
  else if (size < prelude_size + checksum_size || headers > size - prelude_size - checksum_size)
    fail(errc::malformed_answer, "the lengths of a message do not add up");
  else if (size > message_limit_)
    fail(errc::limit_exceeded, "a message of more than " + std::to_string(message_limit_) + " bytes");
  else if (headers > most_headers)
    fail(errc::limit_exceeded, "headers of more than " + std::to_string(most_headers) + " bytes");
  return failure_ ? 0 : size;
}

bool eventstream_parser::read_value(std::string_view& bytes, eventstream_header& out) {
  const auto byte = take(bytes, 1);
  if (!byte) return false;
  out.type = static_cast<eventstream_type>(byte->front());
  switch (out.type) {
    case eventstream_type::yes: out.number = 1; return true;
    case eventstream_type::no: return true;
    case eventstream_type::int8: return take_number<std::int8_t>(bytes, out.number);
    case eventstream_type::int16: return take_number<std::int16_t>(bytes, out.number);
    case eventstream_type::int32: return take_number<std::int32_t>(bytes, out.number);
    case eventstream_type::int64:
    case eventstream_type::timestamp: return take_number<std::int64_t>(bytes, out.number);
    case eventstream_type::bytes:
    case eventstream_type::string: {
      const auto size = take(bytes, 2);
      return size && take_text(bytes, read_big_endian<std::uint16_t>(*size), out.text);
    }
    case eventstream_type::uuid: return take_text(bytes, 16, out.text);
  }
  return false;
}

// Nearly every message has the headers of the one before.
bool eventstream_parser::read_headers(std::string_view bytes) {
  same_headers_ = any_message_ && bytes == header_text_;
  if (same_headers_) return true;
  any_message_ = true;
  header_text_.assign(bytes);
  bytes = header_text_;
  headers_.clear();
  while (!bytes.empty()) {
    if (headers_.size() == header_count_limit_)
      return fail(errc::limit_exceeded, "more than " + std::to_string(header_count_limit_) + " headers");
    eventstream_header one;
    const std::size_t name_size = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (!take_text(bytes, name_size, one.name) || !read_value(bytes, one))
      return fail(errc::malformed_answer, "a header that is cut off or of no known type");
    const auto same = [&one](const eventstream_header& other) { return other.name == one.name; };
    if (std::any_of(headers_.begin(), headers_.end(), same))
      return fail(errc::malformed_answer, "the header " + in_quotes(one.name) + " comes twice");
    headers_.push_back(one);
  }
  return true;
}

bool eventstream_parser::read_message(std::string_view bytes, eventstream_message& out) {
  const auto end = bytes.size() - checksum_size;
  if (!checksum_is_right(bytes, end)) return fail(errc::malformed_answer, "the checksum of a message is wrong");
  const auto headers_size = number_at(bytes, 4);
  if (!read_headers(bytes.substr(prelude_size, headers_size))) return false;
  const auto payload_at = prelude_size + headers_size;
  out.headers = headers_;  // one by one: a message that is made first and then copied stalls
  out.payload = {bytes.data() + payload_at, end - payload_at};
  out.same_headers = same_headers_;
  return true;
}

/// False: the input is used up before there is that much.
bool eventstream_parser::collect(std::string_view& input, std::size_t size) {
  if (collected_.size() >= size) return true;
  const auto taken = input.substr(0, size - collected_.size());
  collected_.append(taken);
  input.remove_prefix(taken.size());
  return collected_.size() == size;
}

bool eventstream_parser::take_message(std::string_view& input, eventstream_message& out) {
  if (handed_out_) collected_.clear();
  handed_out_ = false;
  if (collected_.empty() && input.size() >= prelude_size) {
    const auto size = read_prelude(input);
    if (size == 0) return false;
    if (const auto whole = take(input, size)) return read_message(*whole, out);
  }
  if (!collect(input, prelude_size)) return false;
  const auto size = read_prelude(collected_);
  if (size == 0 || !collect(input, size)) return false;
  pad(collected_);
  handed_out_ = true;
  return read_message(collected_, out);
}

result<bool> eventstream_parser::next(std::string_view& input, eventstream_message& out) {
  if (failure_) return *failure_;
  const bool found = take_message(input, out);
  if (failure_) return *failure_;
  return found;
}

}  // namespace cohedge::wire
