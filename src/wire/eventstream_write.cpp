#include <cohedge/wire/eventstream.hpp>

#include <cohedge/wire/big_endian.hpp>
#include "crc32.hpp"
#include "in_quotes.hpp"

#include <limits>

namespace cohedge::wire {

namespace {

template <class Signed>
bool append_number(std::string& out, std::int64_t value) {
  using bounds = std::numeric_limits<Signed>;
  append_big_endian(out, static_cast<std::make_unsigned_t<Signed>>(value));
  return value >= bounds::min() && value <= bounds::max();
}

bool append_value(std::string& out, const eventstream_header& one) {
  switch (one.type) {
    case eventstream_type::yes:
    case eventstream_type::no: return true;
    case eventstream_type::int8: return append_number<std::int8_t>(out, one.number);
    case eventstream_type::int16: return append_number<std::int16_t>(out, one.number);
    case eventstream_type::int32: return append_number<std::int32_t>(out, one.number);
    case eventstream_type::int64:
    case eventstream_type::timestamp: return append_number<std::int64_t>(out, one.number);
    case eventstream_type::bytes:
    case eventstream_type::string:
      append_big_endian(out, static_cast<std::uint16_t>(one.text.size()));
      out.append(one.text);
      return one.text.size() <= std::numeric_limits<std::uint16_t>::max();
    case eventstream_type::uuid: out.append(one.text); return one.text.size() == 16;
  }
  return false;
}

bool append_header(std::string& out, const eventstream_header& one) {
  out.push_back(static_cast<char>(one.name.size()));
  out.append(one.name).push_back(static_cast<char>(one.type));
  return append_value(out, one) && one.name.size() <= 255;
}

void append_checksum(std::string& out, std::size_t from) {
  append_big_endian(out, crc32_of(std::string_view{out}.substr(from)));
}

}  // namespace

result<void> append_eventstream(std::string& out, std::span<const eventstream_header> headers,
                                std::string_view payload) {
  std::string text;
  for (const auto& one : headers)
    if (!append_header(text, one))
      return error{errc::invalid_argument, "the header " + in_quotes(one.name) + " cannot be written"};
  const auto size = 12 + text.size() + payload.size() + 4;
  if (text.size() > eventstream_parser::most_headers || size > std::numeric_limits<std::uint32_t>::max())
    return error{errc::invalid_argument, "a message of " + std::to_string(size) + " bytes is too large"};
  const auto start = out.size();
  append_big_endian(out, static_cast<std::uint32_t>(size));
  append_big_endian(out, static_cast<std::uint32_t>(text.size()));
  append_checksum(out, start);
  out.append(text).append(payload);
  append_checksum(out, start);
  return success();
}

}  // namespace cohedge::wire
