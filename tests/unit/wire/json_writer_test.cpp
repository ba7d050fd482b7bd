#include "catch.hpp"

#include <cohedge/wire/json_check.hpp>
#include <cohedge/wire/json_writer.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace cohedge::wire;
using namespace std::string_literals;

namespace {

std::string quote(std::string_view text) {
  std::string out;
  json_writer{out}.string(text);
  return out;
}

template <class Number>
std::string number(Number value) {
  std::string out;
  json_writer{out}.number(value);
  return out;
}

}  // namespace

TEST_CASE("json_writer: commas and nesting") {
  std::string out;
  json_writer w{out};
  w.begin_object();
  w.key("a").begin_array().end_array();
  w.key("b").begin_object().end_object();
  w.key("c").begin_array().number(1).null().boolean(true).string("x").begin_array().number(2).end_array();
  w.begin_object().member("d", false).member("e", "f").end_object().raw("{\"g\":[]}").end_array();
  w.member("h", std::string_view{"i"}).member("j", 3).member("k", 0.5);
  w.end_object();
  CHECK(out == R"({"a":[],"b":{},"c":[1,null,true,"x",[2],{"d":false,"e":"f"},{"g":[]}],"h":"i","j":3,"k":0.5})");
  CHECK(is_json(out));
}

TEST_CASE("json_writer: a document stands behind what was there, whatever the size of its parts") {
  for (std::size_t size : {0, 1, 200, 300, 511, 512, 513, 2000, 70000}) {
    const std::string part(size, 'x'), escaped = part + "\"";
    std::string out{"before "};
    json_writer w{out};
    w.begin_object().member("a", part).member("b", escaped).key("c").begin_array().raw("\"" + part + "\"").number(1);
    w.end_array().key(part).null().end_object();
    CHECK(out == "before {\"a\":\"" + part + "\",\"b\":\"" + part + "\\\"\",\"c\":[\"" + part + "\",1],\"" + part +
                     "\":null}");
    out.assign("[");  // between two documents it belongs to whoever wants it
    w = json_writer{out};
    w.begin_array().end_array();
    CHECK(out == "[[]");
  }
}

TEST_CASE("json_writer: strings") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "\"\""},
      {"plain text", "\"plain text\""},
      {"\"\\/", "\"\\\"\\\\/\""},
      {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
      {"\0\x01\x1f\x7f"s, "\"\\u0000\\u0001\\u001f\x7f\""},
      {"caf\xC3\xA9 \xE6\x95\xB0 \xF0\x9F\x98\x80", "\"caf\xC3\xA9 \xE6\x95\xB0 \xF0\x9F\x98\x80\""},
      {"\xE6\x95\xB0\xE6\x8D\xAE\xE6\xB5\x81\"x", "\"\xE6\x95\xB0\xE6\x8D\xAE\xE6\xB5\x81\\\"x\""},
  };
  for (const auto& [text, json] : rows) {
    INFO(text);
    CHECK(quote(text) == json);
    CHECK(is_json(quote(text)));
  }
}

TEST_CASE("json_writer: a text is a text, whatever kind of text it is given as") {
  const auto member = [](const auto& text) {
    std::string out;
    json_writer{out}.begin_object().member("a", text).end_object();
    return out;
  };
  const char* const pointer = "x\"";
  std::string literals;
  json_writer{literals}.begin_object().member("a", "x").member("b", "x\"").end_object();
  CHECK(literals == R"({"a":"x","b":"x\""})");
  CHECK(member(pointer) == R"({"a":"x\""})");
  CHECK(member(std::string{"x\""}) == R"({"a":"x\""})");
  CHECK(member(std::string_view{"x\""}) == R"({"a":"x\""})");
  CHECK(member(json_string{"x"}) == R"({"a":"x"})");
  CHECK(member(true) == R"({"a":true})");
}

TEST_CASE("json_writer: each maximal part of invalid UTF-8 becomes one U+FFFD") {
  const std::string r = "\xEF\xBF\xBD";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"\xff", r},
      {"\x80\x80", r + r},
      {"a\xC3", "a" + r},
      {"\xC3(", r + "("},
      {"\xC0\xAF", r + r},                  // too long
      {"\xE0\x80\x80", r + r + r},          // too long
      {"\xED\xA0\x80", r + r + r},          // a surrogate
      {"\xF4\x90\x80\x80", r + r + r + r},  // beyond U+10FFFF
      {"\xF0\x9F\x98", r},                  // cut off
      {"\xF0\x9F\x98x", r + "x"},
      {"\xE6\x95\xE6\x95\xB0", r + "\xE6\x95\xB0"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", r + r + r + r + "A"},  // Unicode 15, table 3-11
      {"\xF5\x80", r + r},
  };
  for (const auto& [text, expected] : rows) {
    for (const std::string before : {"", "0123456", "\xC3\xA9"}) {
      CHECK(quote(before + text + "end") == "\"" + before + expected + "end\"");
    }
  }
}

TEST_CASE("json_writer: every byte at every place gives valid JSON") {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t place = 0; place < 18; ++place) {
      std::string text(17, 'x');
      text.insert(place, 1, static_cast<char>(c));
      if (!is_json(quote(text))) FAIL_CHECK("byte " << c << " at " << place);
    }
  }
}

TEST_CASE("json_writer: numbers") {
  CHECK(number(0) == "0");
  CHECK(number(-1) == "-1");
  CHECK(number(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(number(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(number(static_cast<unsigned char>(200)) == "200");
  CHECK(number(0.1) == "0.1");
  CHECK(number(0.7) == "0.7");
  CHECK(number(1e300) == "1e+300");
  CHECK(number(std::nan("")) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
  for (double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.125, 2.5e-7}) {
    CHECK(is_json(number(value)));
    CHECK(std::stod(number(value == 5e-324 ? 1.0 : value)) == (value == 5e-324 ? 1.0 : value));
  }
}

TEST_CASE("is_json") {
  for (std::string_view good : {"{}", " [1, 2] \n", "\"x\"", "1", "null", "{\"a\":{\"b\":[true]}}"})
    CHECK(is_json(good));
  for (std::string_view bad :
       {"", " ", "{", "{\"a\":1", "{} {}", "[1,]", "{'a':1}", "nul", "01", "\"\xff\"", "\"\n\"", "{\"a\" 1}"}) {
    INFO(bad);
    CHECK_FALSE(is_json(bad));
  }
  CHECK(is_json("[\"" + std::string(300000, 'x') + "\"]"));
  CHECK_FALSE(is_json(std::string(100000, '[')));
  CHECK(is_json(std::string_view{"[1]garbage"}.substr(0, 3)));
}
