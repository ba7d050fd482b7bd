// The event stream framing. The oracle: however the bytes are cut, the same messages come out, and the stream is
// refused in every way of cutting or in none; what was read is written as the bytes it was read from. As nearly no
// input has the right checksums, each is also read with the checksums put right, as far as its lengths allow.

#include "target.hpp"

#include "conform/cuts.hpp"

#include <cohedge/wire/eventstream.hpp>

#include <zlib.h>

#include <string>

namespace cohedge::fuzz {
namespace {

using wire::eventstream_message;
using wire::eventstream_parser;

limits small() {
  limits bounds;
  bounds.sse_event = 600;
  bounds.header_count = 5;
  return bounds;
}

std::string messages_of(std::string_view bytes, const tests::cutting& cut) {
  eventstream_parser parser{small()};
  std::string log, again;
  eventstream_message message;
  bool refused = false;
  tests::feed(bytes, cut, [&](std::string_view piece) {
    auto more = parser.next(piece, message);
    for (; more.has_value() && more.value(); more = parser.next(piece, message)) {
      require(wire::append_eventstream(again, message.headers, message.payload).has_value());
      log.append(message.text(":event-type")).append("|").append(message.payload) += ']';
    }
    refused = more.has_error();
    require(refused || piece.empty());
    return !refused;
  });
  require(bytes.starts_with(again));
  if (refused) return log + "refused";
  require((again.size() < bytes.size()) == parser.within_message());
  return log;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void put_checksum(std::string& bytes, std::size_t from, std::size_t at) {
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data() + from), at - from);
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(sum >> (24 - 8 * i));
}

std::string with_checksums(std::string_view text) {
  std::string bytes{text};
  for (std::size_t at = 0; at + 16 <= bytes.size();) {
    put_checksum(bytes, at, at + 8);
    const std::size_t size = number_at(bytes, at);
    if (size < 16 || size > bytes.size() - at) break;
    put_checksum(bytes, at, at + size - 4);
    at += size;
  }
  return bytes;
}

void run(std::string_view bytes) {
  const auto repaired = with_checksums(bytes);
  for (const auto each : {bytes, std::string_view{repaired}}) {
    const auto whole = messages_of(each, {});
    for (std::size_t size : {1U, 3U, 17U}) require(messages_of(each, {"", {size}}) == whole);
  }
}

const registered here{"eventstream", &run};

}  // namespace
}  // namespace cohedge::fuzz
