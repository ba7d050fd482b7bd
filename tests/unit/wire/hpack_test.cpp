// HPACK: the examples of RFC 7541, and nghttp2's on the other side.

#include "catch.hpp"
#include "nghttp2_hpack.hpp"

#include "wire/huffman.hpp"

#include <cohedge/wire/hpack.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace cohedge::tests {
namespace {

using wire::hpack_decoder;
using wire::hpack_encoder;

std::string from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes, digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ' '; });
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(digit(digits[i]) * 16 + digit(digits[i + 1]));
  return bytes;
}

/// Nothing: malformed.
std::optional<hpack_fields> read(hpack_decoder& decoder, const std::string& block) {
  const auto own = std::make_unique<char[]>(block.size());  // a byte too far is seen by the sanitizer
  block.copy(own.get(), block.size());
  decoder.begin({own.get(), block.size()});
  hpack_fields fields;
  for (wire::header next;;) {
    const auto step = decoder.next(next);
    if (step == hpack_decoder::step::malformed) return std::nullopt;
    if (step == hpack_decoder::step::end) return fields;
    fields.emplace_back(next.name, next.value);
  }
}

std::string write(hpack_encoder& encoder, const hpack_fields& fields) {
  std::string block;
  encoder.begin(block);
  for (const auto& [name, value] : fields) encoder.add(block, name, value);
  return block;
}

TEST_CASE("hpack: the requests of RFC 7541, C.4") {
  hpack_decoder decoder;
  const hpack_fields first{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "www.example.com"}};
  auto second = first;
  second.emplace_back("cache-control", "no-cache");
  const hpack_fields third{{":method", "GET"}, {":scheme", "https"}, {":path", "/index.html"},
                           {":authority", "www.example.com"}, {"custom-key", "custom-value"}};
  CHECK(read(decoder, from_hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")) == first);
  CHECK(read(decoder, from_hex("8286 84be 5886 a8eb 1064 9cbf")) == second);
  CHECK(read(decoder, from_hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")) == third);
}

TEST_CASE("hpack: the responses of RFC 7541, C.6, whose table has 256 bytes") {
  hpack_decoder decoder;
  const auto table_of_256 = from_hex("3f e1 01");
  const hpack_fields first{{":status", "302"}, {"cache-control", "private"}, {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                           {"location", "https://www.example.com"}};
  auto second = first;
  second[0].second = "307";
  const hpack_fields third{{":status", "200"}, {"cache-control", "private"}, {"date", "Mon, 21 Oct 2013 20:13:22 GMT"},
                           {"location", "https://www.example.com"}, {"content-encoding", "gzip"},
                           {"set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"}};
  CHECK(read(decoder, table_of_256 + from_hex("4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 "
                                              "82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3")) == first);
  CHECK(read(decoder, from_hex("4883 640e ffc1 c0bf")) == second);
  CHECK(read(decoder, from_hex("88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 "
                               "821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed "
                               "4ee5 b106 3d50 07")) == third);
}

TEST_CASE("hpack: every byte in Huffman's code, alone and beside every other") {
  nghttp2_deflater theirs;
  theirs.table_size(0);
  hpack_decoder ours;
  for (int one = 0; one < 256; ++one) {
    // Digits have the shortest codes: with many of them nghttp2 codes whatever else is there.
    std::string text(64, '0');
    text[20] = text[63] = text[0] = static_cast<char>(one);
    for (int other = 0; other < 256; ++other) {
      text[21] = static_cast<char>(other);
      const hpack_fields field{{"a", text}};
      REQUIRE(read(ours, theirs.write(field)) == field);
    }
  }
}

TEST_CASE("hpack: Huffman's code with a wrong end") {
  const auto decode = [](const std::string& coded) {
    std::string out(wire::huffman_decoded_most(coded.size()) + 2, '\0');
    const char* const end = wire::huffman_decode(coded, out.data());
    return end ? std::optional{out.substr(0, static_cast<std::size_t>(end - out.data()))} : std::nullopt;
  };
  CHECK(decode("") == "");
  CHECK(decode(from_hex("07")) == "0");            // 00000 and three ones
  CHECK_FALSE(decode(from_hex("06")));             // padding that is not ones
  CHECK_FALSE(decode(from_hex("07 ff")));          // eleven bits of padding
  CHECK_FALSE(decode(from_hex("ff")));             // eight
  CHECK_FALSE(decode(from_hex("ff ff ff ff")));    // the code for the end
  CHECK_FALSE(decode(from_hex("ff ff ff")));       // a code that is cut off
  CHECK(decode(from_hex("ff ff ff f3")) == "\n");  // one of the three that are as long as the end's
}

TEST_CASE("hpack: what is malformed") {
  hpack_decoder decoder;
  const auto block = GENERATE(as<std::string>{}, "80",         // the index 0
                              "be",                            // an index that nobody has
                              "ff",                            // a number that is cut off
                              "ff ff ff ff ff ff ff",          // and one that is too large
                              "40", "40 01", "40 01 61 05 61",  // texts that are cut off
                              "3f e2 1f",                      // a table of more than 4,096 bytes
                              "88 20",                         // a table's size after a field
                              "7e 00");                        // the name of an index that nobody has
  INFO(block);
  CHECK_FALSE(read(decoder, from_hex(block)));
}

TEST_CASE("hpack: a name is taken from the field that has to go for it, where the table's texts move too") {
  hpack_decoder ours;
  nghttp2_inflater theirs;
  const auto both_read = [&](const std::string& block) {
    const auto fields = read(ours, block);
    REQUIRE(fields);
    REQUIRE(fields == theirs.read(block));
  };
  for (char name = 'a'; name <= 'z'; ++name)
    both_read("\x40\x40" + std::string(63, name) + '#' + "\x08" + "a value.");
  std::mt19937 random{5};
  for (int i = 0; i < 20'000; ++i) {
    const auto oldest = theirs.indexes();  // more than the prefix of six bits holds
    const auto size = 1 + random() % 30;
    std::string block{'\x7f', static_cast<char>(oldest - 63), static_cast<char>(size)};
    both_read(block.append(size, static_cast<char>('a' + i % 26)));
  }
}

/// As RFC 7541 §5.2 writes it without Huffman's code.
std::string literal(const std::string& text) {
  if (text.size() < 127) return static_cast<char>(text.size()) + text;
  std::string bytes = "\x7f";
  auto rest = text.size() - 127;
  for (; rest >= 0x80; rest >>= 7) bytes += static_cast<char>(0x80 | (rest & 0x7f));
  return bytes + static_cast<char>(rest) + text;
}

TEST_CASE("hpack: a name that lies where the table's texts are moved to") {
  hpack_decoder ours;
  nghttp2_inflater theirs;
  std::string name(1'000, '\0');
  for (std::size_t i = 0; i < name.size(); ++i) name[i] = static_cast<char>('a' + i % 23);
  const std::string remembered = "\x40", of_the_newest = "\x7e";
  // 2,193 bytes, which go; 3,000, whose beginning is then within the first 3,000 of the buffer; and 3,000 that fit no more.
  for (const auto& block : {remembered + literal("first") + literal(std::string(2'188, 'x')),
                            remembered + literal(name) + literal(std::string(2'000, 'y')),
                            of_the_newest + literal(std::string(2'000, 'z')), "\xbe" + of_the_newest + literal("short")}) {
    const auto fields = read(ours, block);
    REQUIRE(fields);
    CHECK(fields == theirs.read(block));
  }
}

/// Fields as clients and servers have them: names that repeat, values that partly do.
hpack_fields some_fields(std::mt19937& random) {
  const auto below = [&](std::size_t end) { return random() % end; };
  hpack_fields fields;
  for (auto left = below(12); left > 0; --left) {
    const char* const usual[] = {"content-type", "user-agent", "accept"};
    std::string name = below(2) == 0 ? usual[below(3)] : "x-" + std::to_string(below(20));
    std::string value(below(30) == 0 ? below(5'000) : below(60), '\0');
    const bool printable = below(4) != 0;
    for (auto& each : value) each = static_cast<char>(printable ? ' ' + below(95) : below(256));
    if (below(2) == 0) value = std::to_string(below(5));
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

TEST_CASE("hpack: what either side writes the other reads") {
  std::mt19937 random{11};
  hpack_decoder our_decoder;
  hpack_encoder our_encoder;
  nghttp2_inflater their_decoder;
  nghttp2_deflater their_encoder;
  for (int i = 0; i < 3'000; ++i) {
    if (i % 100 == 99) {
      their_encoder.table_size(random() % 4'097);
      our_encoder.limit(4'096 - static_cast<std::size_t>(i));
    }
    const auto fields = some_fields(random);
    REQUIRE(read(our_decoder, their_encoder.write(fields)) == fields);
    REQUIRE(their_decoder.read(write(our_encoder, fields)) == fields);
  }
}

TEST_CASE("hpack: what repeats is a byte, and what may be a secret is never remembered") {
  hpack_encoder encoder;
  const hpack_fields fields{{":method", "POST"},           {":scheme", "https"},           {":authority", "api.test"},
                            {"user-agent", "cohedge/0.1"}, {"content-type", "application/json"}};
  CHECK(write(encoder, fields).size() > 40);
  const auto version = encoder.version();
  CHECK(write(encoder, fields).size() == fields.size());
  for (const auto* name : {"authorization", "proxy-authorization", "cookie", "x-api-key", "cf-access-client-secret",
                           "helicone-auth", "x-whatever", ":path"}) {
    const auto block = write(encoder, {{name, "s3cret"}});
    INFO(name);
    CHECK(block.find("s3cret") != std::string::npos);
    CHECK((static_cast<unsigned char>(block[0]) & 0xf0) == 0x10);  // never indexed, RFC 7541 §6.2.3
    CHECK(write(encoder, {{name, "s3cret"}}) == block);
  }
  CHECK(encoder.version() == version);
}

TEST_CASE("hpack: a smaller table is said once, before the next block") {
  hpack_encoder encoder;
  const hpack_fields field{{"user-agent", "cohedge"}};
  static_cast<void>(write(encoder, field));
  auto version = encoder.version();
  encoder.limit(5'000);  // no smaller than it is
  CHECK(encoder.version() == version);
  encoder.limit(0);
  CHECK(encoder.version() != version);
  version = encoder.version();
  const auto block = write(encoder, field);
  CHECK(block[0] == '\x20');
  CHECK(write(encoder, field) == block.substr(1));
  CHECK(encoder.version() == version);
}

}  // namespace
}  // namespace cohedge::tests
