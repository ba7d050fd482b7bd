#include "catch.hpp"
#include "conform/cuts.hpp"

#include <cohedge/wire/ndjson.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;
using tests::cutting;
using tests::cuttings;
using tests::feed;

namespace {

using list = std::vector<std::string>;

struct seen {
  list lines;
  std::string tail;
  errc fault = errc::none;
};

seen read(std::string_view input, const cutting& cut = {}, const limits& bounds = {}) {
  ndjson_splitter splitter{bounds};
  seen out;
  feed(input, cut, [&](std::string_view piece) {
    for (;;) {
      std::string_view line;
      const auto more = splitter.next(piece, line);
      if (more.has_error()) {
        out.fault = more.error().code();
        CHECK(splitter.next(piece, line).has_error());
        return false;
      }
      if (!more.value()) {
        CHECK(piece.empty());
        return true;
      }
      out.lines.emplace_back(line);
    }
  });
  out.tail = splitter.tail();
  CHECK(splitter.tail() == out.tail);
  return out;
}

std::vector<cutting> all_cuts(std::string_view input) {
  auto ways = cuttings({}, 31);
  for (std::size_t at = 1; at < input.size(); ++at) ways.push_back({"in two", {at, input.size()}});
  return ways;
}

}  // namespace

TEST_CASE("ndjson: lines, however the bytes are cut", "[ndjson]") {
  struct row {
    std::string input;
    list lines;
    std::string tail;
  };
  const std::vector<row> rows{
      {"", {}, ""},
      {"{\"a\":1}\n", {"{\"a\":1}"}, ""},
      {"{\"a\":1}\n{\"b\":2}\n", {"{\"a\":1}", "{\"b\":2}"}, ""},
      {"{\"a\":1}\r\n{\"b\":2}\r\n", {"{\"a\":1}", "{\"b\":2}"}, ""},
      {"\n\r\n  \n{\"a\":\"\\n\"}\n\n\t\r\n{}\n\n", {"{\"a\":\"\\n\"}", "{}"}, ""},
      {"{\"a\":1}\n{\"b\":", {"{\"a\":1}"}, "{\"b\":"},
      {"{\"a\":1}\n{\"b\":2}", {"{\"a\":1}"}, "{\"b\":2}"},
      {"{\"a\":1}\n \r", {"{\"a\":1}"}, ""},
      {" {\"a\":1} \n", {" {\"a\":1} "}, ""},
      {"a\rb\n", {"a\rb"}, ""},
  };
  for (const auto& [input, lines, tail] : rows) {
    for (const cutting& cut : all_cuts(input)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut);
      CHECK(got.fault == errc::none);
      CHECK(got.lines == lines);
      CHECK(got.tail == tail);
    }
  }
}

TEST_CASE("ndjson: the limit holds at its value and fails one beyond", "[ndjson]") {
  limits bounds;
  bounds.sse_line = 5;
  for (const std::string good : {"12345\n", "1\n12345\n12345"}) {
    for (const cutting& cut : all_cuts(good)) CHECK(read(good, cut, bounds).fault == errc::none);
  }
  for (const std::string bad : {"123456\n", "1\n123456\n", "123456", "      \n"}) {
    for (const cutting& cut : all_cuts(bad)) CHECK(read(bad, cut, bounds).fault == errc::limit_exceeded);
  }
}

TEST_CASE("ndjson: a whole line is handed out without a copy, a collected one with 64 readable bytes after it",
          "[ndjson]") {
  ndjson_splitter splitter;
  std::string_view line;
  const std::string text{"{\"a\":1}\n{\"b\""};
  std::string_view input{text};
  REQUIRE(splitter.next(input, line).value());
  CHECK(line.data() == text.data());
  REQUIRE_FALSE(splitter.next(input, line).value());
  input = ":2}\n";
  REQUIRE(splitter.next(input, line).value());
  CHECK(line == "{\"b\":2}");
  unsigned sum = 0;
  for (int i = 0; i < 64; ++i) sum += static_cast<unsigned char>(*(line.data() + line.size() + i));
  CHECK(sum <= 64 * 255);  // the sanitizer is the judge
}
