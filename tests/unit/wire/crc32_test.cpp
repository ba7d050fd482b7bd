#include "catch.hpp"

#include "wire/crc32.hpp"

#include <zlib.h>

#include <random>
#include <string>

using cohedge::wire::crc32_of;
using cohedge::wire::portable_crc32_of;

namespace {

std::uint32_t zlib_says(std::string_view bytes, std::uint32_t before = 0) {
  return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string noise(std::size_t size) {
  std::mt19937 random{7};
  std::string bytes(size, '\0');
  for (auto& each : bytes) each = static_cast<char>(random());
  return bytes;
}

}  // namespace

TEST_CASE("crc32: the value that the standards give") {
  CHECK(crc32_of("") == 0);
  CHECK(crc32_of("123456789") == 0xCBF43926);
  CHECK(portable_crc32_of("123456789") == 0xCBF43926);
}

TEST_CASE("crc32: what zlib says, by either way, of every size and from every place") {
  const auto bytes = noise(700);
  for (std::size_t at = 0; at < 17; ++at) {
    for (std::size_t size = 0; size <= 600; ++size) {
      const auto some = std::string_view{bytes}.substr(at, size);
      const auto before = static_cast<std::uint32_t>(at * 0x9E3779B9);
      const auto right = zlib_says(some, before);
      if (crc32_of(some, before) != right || portable_crc32_of(some, before) != right) FAIL(at << " " << size);
    }
  }
  const auto large = noise(1'000'003);
  CHECK(crc32_of(large) == zlib_says(large));
  CHECK(portable_crc32_of(large) == zlib_says(large));
}

TEST_CASE("crc32: a sum goes on where another ended") {
  const auto bytes = noise(200);
  const auto right = zlib_says(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::string_view all{bytes};
    CHECK(crc32_of(all.substr(cut), crc32_of(all.substr(0, cut))) == right);
    CHECK(portable_crc32_of(all.substr(cut), portable_crc32_of(all.substr(0, cut))) == right);
  }
}
