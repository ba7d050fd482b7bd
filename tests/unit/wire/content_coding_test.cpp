#include "catch.hpp"
#include "conform/cuts.hpp"
#include "zip.hpp"

#include <cohedge/wire/content_coding.hpp>

#include <random>
#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;
using namespace std::string_literals;
using tests::cutting;
using tests::cuttings;
using tests::zip;
using tests::zip_format;

namespace {

constexpr std::size_t plenty = 1 << 20;

struct decoded {
  std::string text, detail;
  errc fault = errc::none;
};

decoded decode(std::string_view coding, std::string_view body, const cutting& cut = {}, std::size_t most = plenty) {
  decoded out;
  auto made = content_decoder::make(coding, most);
  const auto note = [&out](const error& failure) {
    out.fault = failure.code();
    out.detail = failure.detail();
  };
  if (made.has_error()) note(made.error());
  if (made.has_error()) return out;
  tests::feed(body, cut, [&](std::string_view piece) {
    const auto fed = made->feed(piece, out.text);
    if (fed.has_error()) note(fed.error());
    return fed.has_value();
  });
  if (const auto finished = made->finish(); finished.has_error()) note(finished.error());
  return out;
}

std::string gzip(std::string_view text) { return zip(text, zip_format::gzip); }

// gzip with everything that its header can hold: extra field, name, comment and the header's own checksum.
std::string gzip_with_full_header(std::string_view text) {
  std::string extra(300, 'x'), name{"answer.json"}, comment{"a comment"};
  const auto bytes = [](std::string& of) { return reinterpret_cast<Bytef*>(of.data()); };
  gz_header header{};
  header.text = 1;
  header.extra = bytes(extra);
  header.extra_len = static_cast<uInt>(extra.size());
  header.name = bytes(name);
  header.comment = bytes(comment);
  header.hcrc = 1;
  return zip(text, zip_format::gzip, 9, &header);
}

// A text that needs several steps and does not compress away.
std::string long_text() {
  std::mt19937_64 random{7};
  std::string text;
  while (text.size() < 100'000) text.append(std::to_string(random())).append(random() % 40, ' ');
  return text;
}

}  // namespace

TEST_CASE("content coding: every coding gives the text, however the bytes are cut") {
  const std::string hello{"hello hello hello hello\n"};
  const std::string gnu_gzip{
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x27\xb9\x00\x00\x88\x59\x0b\x18\x00\x00"
      "\x00"s};
  const std::string text = long_text();
  struct row {
    std::string what, coding, body, text;
  };
  const std::vector<row> rows{
      {"identity", "identity", hello, hello},
      {"no coding", "", hello, hello},
      {"empty elements", " , identity ,", hello, hello},
      {"as the gzip program writes it", "gzip", gnu_gzip, hello},
      {"x-gzip, in capitals", "X-GZip", gnu_gzip, hello},
      {"gzip and identity", "identity, gzip", gnu_gzip, hello},
      {"gzip of much", "gzip", gzip(text), text},
      {"gzip of nothing", "gzip", gzip(""), ""},
      {"gzip, stored", "gzip", zip(text, zip_format::gzip, 0), text},
      {"gzip with a full header", "gzip", gzip_with_full_header(hello), hello},
      {"gzip in members", "gzip", gzip("a") + gzip("") + gzip_with_full_header("b") + gzip(text), "ab" + text},
      {"deflate, zlib format", "deflate", zip(text, zip_format::zlib), text},
      {"deflate, raw", "deflate", zip(text, zip_format::raw), text},
      {"deflate, raw and stored", "Deflate", zip(text, zip_format::raw, 0), text},
      {"deflate, raw, of nothing", "deflate", zip("", zip_format::raw), ""},
      {"not a byte, gzip", "gzip", "", ""},
      {"not a byte, deflate", "deflate", "", ""},
  };
  for (const row& r : rows) {
    for (const cutting& cut : cuttings({}, 31)) {
      INFO(r.what << " (" << cut.name << ")");
      const auto got = decode(r.coding, r.body, cut, r.text.size());
      CHECK(got.detail == "");
      CHECK(got.fault == errc::none);
      CHECK((got.text == r.text));
    }
  }
}

TEST_CASE("content coding: a coding that was not asked for is refused, and the error says what was") {
  for (const char* coding :
       {"br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "gzip;q=1", "gzip gzip", "\"gzip\""}) {
    INFO(coding);
    const auto got = decode(coding, "");
    CHECK(got.fault == errc::malformed_answer);
    CHECK(got.detail == "Content-Encoding '"s + coding + "', where gzip or deflate, once, was asked for");
  }
  const auto hostile = decode("br\x01\xff" + std::string(500, 'x'), "");
  CHECK(hostile.detail.size() < 150);
  CHECK(hostile.detail.find("'br??x") != std::string::npos);
}

TEST_CASE("content coding: a body cut off at any byte is incomplete") {
  const std::string text{"{\"answer\":\"forty-two\"}"};
  const std::vector<std::pair<std::string, std::string>> rows{
      {"gzip", gzip(text)},
      {"gzip", gzip_with_full_header(text)},
      {"deflate", zip(text, zip_format::zlib)},
      {"deflate", zip(text, zip_format::raw)},
  };
  for (const auto& [coding, body] : rows) {
    for (std::size_t size = 1; size < body.size(); ++size) {
      INFO(coding << " of " << body.size() << " bytes, cut at " << size);
      for (const cutting& cut : {cutting{}, cutting{"bytes", {1}}}) {
        const auto got = decode(coding, std::string_view{body}.substr(0, size), cut);
        CHECK(got.fault == errc::connection_closed);
        CHECK(text.starts_with(got.text));
      }
    }
  }
  const auto second = decode("gzip", gzip(text) + gzip(text).substr(0, 9));
  CHECK(second.fault == errc::connection_closed);
  CHECK(second.detail == "gzip body, after 22 decoded bytes: it ends in the middle");
}

TEST_CASE("content coding: what is not the coding is a protocol error") {
  const std::string text{"some text"};
  const auto zlib = zip(text, zip_format::zlib);
  const std::vector<std::pair<std::string, std::string>> rows{
      {"gzip", text},
      {"gzip", zlib},
      {"gzip", "\x1f\x8c" + gzip(text).substr(2)},
      {"gzip", gzip(text) + "x"},
      {"gzip", gzip(text) + "\0"s},
      {"gzip", gzip(text) + text},
      {"gzip", gzip(text) + "\x1f\x1f"},
      {"gzip", "\x1f\x8b\x08\xe0"s + std::string(20, '\0')},  // reserved flags
      {"deflate", "\x07garbage"},
      {"deflate", gzip(text)},
      {"deflate", "\x78\xbb"s + std::string(20, '\0')},  // wants a preset dictionary
      {"deflate", zlib + "x"},
      {"deflate", zlib + zlib},
      {"deflate", zip(text, zip_format::raw) + "x"},
  };
  for (const auto& [coding, body] : rows) {
    for (const cutting& cut : cuttings({}, 32)) {
      INFO(coding << ": " << body << " (" << cut.name << ")");
      CHECK(decode(coding, body, cut).fault == errc::protocol_error);
    }
  }
}

TEST_CASE("content coding: every flipped bit is found or harmless") {
  const std::string text{"{\"answer\":\"forty-two\"}"};
  const std::vector<std::pair<std::string, std::string>> rows{
      {"gzip", gzip(text)},
      {"gzip", gzip_with_full_header(text)},
      {"gzip", gzip("{\"answer\":") + gzip("\"forty-two\"}")},
      {"deflate", zip(text, zip_format::zlib)},
  };
  for (const auto& [coding, body] : rows) {
    std::size_t found = 0;
    for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
      std::string flipped = body;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const auto whole = decode(coding, flipped);
      CHECK((whole.fault != errc::none || whole.text == text));
      found += whole.fault != errc::none;
      const auto bytes = decode(coding, flipped, {"bytes", {1}});
      CHECK(bytes.fault == whole.fault);
    }
    CHECK(found > body.size() * 4);
  }
}

TEST_CASE("content coding: the limit holds at its value and fails one beyond") {
  const std::string text = long_text();
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", text},
      {"gzip", gzip(text)},
      {"gzip", gzip(text.substr(0, 50'000)) + gzip(text.substr(50'000))},
      {"deflate", zip(text, zip_format::zlib)},
      {"deflate", zip(text, zip_format::raw)},
  };
  for (const auto& [coding, body] : rows) {
    for (const cutting& cut : cuttings({}, 33)) {
      INFO(coding << " (" << cut.name << ")");
      CHECK(decode(coding, body, cut, text.size()).fault == errc::none);
      const auto beyond = decode(coding, body, cut, text.size() - 1);
      CHECK(beyond.fault == errc::limit_exceeded);
      CHECK(beyond.text.size() < text.size());
    }
  }
}

TEST_CASE("content coding: a bomb goes off no further than the limit") {
  constexpr std::size_t most = 1 << 17;
  const std::string zeros(64 * most, '\0');
  for (const auto format : {zip_format::gzip, zip_format::zlib, zip_format::raw}) {
    const auto bomb = zip(zeros, format);
    REQUIRE(bomb.size() < zeros.size() / 1000);
    const auto got = decode(format == zip_format::gzip ? "gzip" : "deflate", bomb, {}, most);
    CHECK(got.fault == errc::limit_exceeded);
    CHECK(got.text.size() <= most);
    CHECK(got.text.capacity() <= 2 * most);  // how strings grow
  }
}

TEST_CASE("content coding: moved in the middle of a body it goes on; an error stays") {
  const std::string text = long_text();
  const auto body = gzip(text);
  auto first = content_decoder::make("gzip", plenty);
  REQUIRE(first.has_value());
  std::string out;
  REQUIRE(first->feed(std::string_view{body}.substr(0, 1000), out).has_value());
  content_decoder second = std::move(first).value();
  REQUIRE(second.feed(std::string_view{body}.substr(1000), out).has_value());
  REQUIRE(second.finish().has_value());
  CHECK((out == text));

  REQUIRE(second.feed("x", out).has_error());
  for (int i = 0; i < 2; ++i) {
    const auto again = i == 0 ? second.feed(gzip("more"), out) : second.finish();
    REQUIRE(again.has_error());
    CHECK(again.error().code() == errc::protocol_error);
    CHECK(again.error().detail().ends_with("decoded bytes: bytes after its end"));
  }
  CHECK((out == text));
}
