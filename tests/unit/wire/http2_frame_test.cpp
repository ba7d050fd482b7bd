// Frames, cut anywhere.

#include "catch.hpp"

#include <cohedge/wire/http2_frame.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cohedge::tests {
namespace {

using wire::http2_frame_head;
using wire::http2_frame_reader;
using wire::http2_type;
namespace flag = wire::http2_flag;

std::string frame(http2_type type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string bytes;
  wire::append_frame_head(bytes, {static_cast<std::uint32_t>(payload.size()), type, flags, stream});
  return bytes.append(payload);
}

/// What comes of the bytes in pieces of `size`: each frame by its type and stream, with its payload put together.
std::string read(std::string_view bytes, std::size_t size) {
  using step = http2_frame_reader::step;
  http2_frame_reader reader;
  std::string seen;
  while (!bytes.empty()) {
    const auto own = std::make_unique<char[]>(size);  // a byte too far is seen by the sanitizer
    const auto count = bytes.copy(own.get(), size);
    bytes.remove_prefix(count);
    for (std::string_view piece{own.get(), count};;) {
      const auto got = reader.next(piece);
      if (got == step::too_large) return seen + "too large";
      if (got == step::malformed) return seen + "malformed";
      if (got == step::more) break;
      if (reader.begins()) seen += std::to_string(static_cast<int>(reader.head().type)) + '@' + std::to_string(reader.head().stream) + '(';
      seen += reader.payload();
      if (reader.ends()) seen += ") ";
    }
  }
  return seen;
}

TEST_CASE("frames come out the same however the bytes are cut", "[http2]") {
  const auto bytes = frame(http2_type::settings, 0, 0, "") + frame(http2_type::headers, flag::padded, 1, "\2abcde") +
                     frame(http2_type::data, 0, 1, "hello") + frame(http2_type::data, flag::padded, 3, std::string("\3text\0\0\0", 8)) +
                     frame(http2_type::data, 0, 1, "") + frame(http2_type::data, flag::padded, 1, std::string(1, '\0')) +
                     frame(static_cast<http2_type>(200), 0xff, 0x7fffffff, "unknown") + frame(http2_type::ping, 0, 0, "12345678");
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    INFO(size);
    REQUIRE(read(bytes, size) ==
            "4@0() 1@1(\2abcde) 0@1(hello) 0@3(text) 0@1() 0@1() 200@2147483647(unknown) 6@0(12345678) ");
  }
}

TEST_CASE("content is given on before its frame is whole, and lies where it came", "[http2]") {
  const auto bytes = frame(http2_type::data, 0, 1, std::string(1'000, 'x'));
  http2_frame_reader reader;
  auto first = std::string_view{bytes}.substr(0, 500);
  const auto* const start = first.data() + http2_frame_head::size;
  REQUIRE(reader.next(first) == http2_frame_reader::step::frame);
  CHECK(reader.payload().data() == start);
  CHECK(reader.payload().size() == 500 - http2_frame_head::size);
  CHECK(reader.begins());
  CHECK_FALSE(reader.ends());
  CHECK(reader.next(first) == http2_frame_reader::step::more);
  auto second = std::string_view{bytes}.substr(500);
  REQUIRE(reader.next(second) == http2_frame_reader::step::frame);
  CHECK(reader.payload().size() == 500 + http2_frame_head::size);
  CHECK_FALSE(reader.begins());
  CHECK(reader.ends());
}

TEST_CASE("frames that are no frames", "[http2]") {
  for (const std::size_t size : {1, 5, 100}) {
    CHECK(read(frame(http2_type::data, flag::padded, 1, ""), size).ends_with("malformed"));
    CHECK(read(frame(http2_type::data, flag::padded, 1, "\4abc"), size).ends_with("malformed"));
    CHECK(read("HTTP/1.1 400 Bad Request\r\n\r\n", size) == "too large");
    std::string large;
    wire::append_frame_head(large, {http2_frame_reader::most + 1, http2_type::data, 0, 1});
    CHECK(read(large, size) == "too large");
  }
}

TEST_CASE("the names of RFC 9113's codes", "[http2]") {
  CHECK(name_of(wire::http2_code::no_error) == std::string_view{"NO_ERROR"});
  CHECK(name_of(wire::http2_code::http_1_1_required) == std::string_view{"HTTP_1_1_REQUIRED"});
  CHECK(name_of(static_cast<wire::http2_code>(14)) == std::string_view{"an unknown error"});
}

}  // namespace
}  // namespace cohedge::tests
