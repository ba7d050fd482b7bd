#include "catch.hpp"
#include "conform/cuts.hpp"

#include <cohedge/wire/json_array.hpp>

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
  list elements;
  std::string tail;
  errc fault = errc::none;
  bool complete = false;
};

seen read(std::string_view input, const cutting& cut = {}, const limits& bounds = {}) {
  json_array_splitter splitter{bounds};
  seen out;
  feed(input, cut, [&](std::string_view piece) {
    for (;;) {
      std::string_view element;
      const auto more = splitter.next(piece, element);
      if (more.has_error()) {
        out.fault = more.error().code();
        CHECK(splitter.next(piece, element).has_error());
        return false;
      }
      if (!more.value()) {
        CHECK(piece.empty());
        return true;
      }
      out.elements.emplace_back(element);
    }
  });
  out.tail = splitter.tail();
  out.complete = splitter.complete();
  return out;
}

std::vector<cutting> all_cuts(std::string_view input) {
  auto ways = cuttings({}, 32);
  for (std::size_t at = 1; at < input.size(); ++at) ways.push_back({"in two", {at, input.size()}});
  return ways;
}

}  // namespace

TEST_CASE("json_array: elements, however the bytes are cut", "[json_array]") {
  const std::vector<std::pair<std::string, list>> rows{
      {"[]", {}},
      {" [ ] \n", {}},
      {"[{}]", {"{}"}},
      {"[{\"a\":1}\n,\r\n{\"b\":[1,{}]}\n]\n", {"{\"a\":1}", "{\"b\":[1,{}]}"}},
      {R"([{"a":"]}\"[{"},{"\\":"\\"}])", {R"({"a":"]}\"[{"})", R"({"\\":"\\"})"}},
      {R"(["a,]","\"",""])", {R"("a,]")", R"("\"")", R"("")"}},
      {"[1,-2.5e3 , true,false,null\n]", {"1", "-2.5e3", "true", "false", "null"}},
      {"[[],[[1,2],[]],[\"]\"]]", {"[]", "[[1,2],[]]", "[\"]\"]"}},
      {"{\"error\":{\"code\":400}}", {"{\"error\":{\"code\":400}}"}},
      {"\r\n {\"a\":[]} \n", {"{\"a\":[]}"}},
      {"[\"\xE1\x88\xB4\x01\"]", {"\"\xE1\x88\xB4\x01\""}},
  };
  for (const auto& [input, elements] : rows) {
    for (const cutting& cut : all_cuts(input)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut);
      CHECK(got.fault == errc::none);
      CHECK(got.elements == elements);
      CHECK(got.complete);
      CHECK(got.tail == "");
    }
  }
}

TEST_CASE("json_array: what is no array of values", "[json_array]") {
  for (const std::string input : {"x", "1", "\"a\"", "[,", "[}", "[1,]", "[1,,", "[1 2", "[{}{}", "[]x", "[],", "[]]",
                                  "{}{", "{},", "[:", "[+", "data: {}"}) {
    for (const cutting& cut : all_cuts(input)) {
      INFO(input << " (" << cut.name << ")");
      CHECK(read(input, cut).fault == errc::malformed_answer);
    }
  }
}

TEST_CASE("json_array: the end of the stream in the middle", "[json_array]") {
  struct row {
    std::string input;
    list elements;
    std::string tail;
  };
  const std::vector<row> rows{
      {"", {}, ""},
      {"[", {}, ""},
      {"[{\"a\":1}", {"{\"a\":1}"}, ""},
      {"[{\"a\":1},", {"{\"a\":1}"}, ""},
      {"[{\"a\":1},{\"b\":\"}", {"{\"a\":1}"}, "{\"b\":\"}"},
      {"[1", {}, "1"},
      {"{\"error\":", {}, "{\"error\":"},
  };
  for (const auto& [input, elements, tail] : rows) {
    for (const cutting& cut : all_cuts(input)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut);
      CHECK(got.fault == errc::none);
      CHECK(got.elements == elements);
      CHECK(got.tail == tail);
      CHECK_FALSE(got.complete);
    }
  }
}

TEST_CASE("json_array: an element is there as soon as its last byte is", "[json_array]") {
  json_array_splitter splitter;
  std::string_view element;
  std::string_view input{"[{\"a\":1}"};
  REQUIRE(splitter.next(input, element).value());
  CHECK(element == "{\"a\":1}");
  input = ",\n\"b\"";
  REQUIRE(splitter.next(input, element).value());
  CHECK(element == "\"b\"");
}

TEST_CASE("json_array: the limit holds at its value and fails one beyond", "[json_array]") {
  limits bounds;
  bounds.sse_event = 7;
  for (const std::string good : {"[{\"a\":1}]", "[\"12345\",   {} ]", "[1234567]"}) {
    for (const cutting& cut : all_cuts(good)) CHECK(read(good, cut, bounds).complete);
  }
  for (const std::string bad : {"[{\"a\":12}]", "[{},\"123456\"]", "[12345678", "{\"a\":   "}) {
    for (const cutting& cut : all_cuts(bad)) CHECK(read(bad, cut, bounds).fault == errc::limit_exceeded);
  }
}

TEST_CASE("json_array: a whole element is handed out without a copy, a collected one with 64 readable bytes after it",
          "[json_array]") {
  json_array_splitter splitter;
  std::string_view element;
  const std::string text{"[{\"a\":1},{\"b\""};
  std::string_view input{text};
  REQUIRE(splitter.next(input, element).value());
  CHECK(element.data() == text.data() + 1);
  REQUIRE_FALSE(splitter.next(input, element).value());
  input = ":2}";
  REQUIRE(splitter.next(input, element).value());
  CHECK(element == "{\"b\":2}");
  unsigned sum = 0;
  for (int i = 0; i < 64; ++i) sum += static_cast<unsigned char>(*(element.data() + element.size() + i));
  CHECK(sum <= 64 * 255);  // the sanitizer is the judge
}
