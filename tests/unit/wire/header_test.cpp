#include "catch.hpp"

#include <cohedge/wire/header.hpp>

#include <string>
#include <vector>

using namespace cohedge::wire;

TEST_CASE("header_block: finds names without regard to case, the first of several") {
  header_block block;
  CHECK(block.empty());
  block.add("Content-Type", "text/event-stream");
  block.add("Set-Cookie", "a=1");
  block.add("set-cookie", "b=2");
  block.add("X-Empty", "");
  CHECK(block.size() == 4);
  CHECK(block.find("content-type") == "text/event-stream");
  CHECK(block.find("SET-COOKIE") == "a=1");
  CHECK(block.find("x-empty") == "");
  CHECK_FALSE(block.find("content-typ"));
  CHECK_FALSE(block.find(""));
  CHECK(block[2].name == "set-cookie");
  CHECK(block[2].value == "b=2");
}

TEST_CASE("header_block: iterates in order") {
  header_block block;
  block.add("a", "1");
  block.add("b", "2");
  std::string seen;
  for (const header field : block) seen.append(field.name).append("=").append(field.value).append(";");
  CHECK(seen == "a=1;b=2;");
}

TEST_CASE("header_block: fields of one text") {
  const std::string_view text{"A: 1\r\nBee: two\r\n"};
  header_block block;
  block.add("first", "0");
  block.append(text, std::vector<header_block::place>{{0, 1, 3, 1}, {6, 3, 11, 3}});
  block.add("last", "9");
  CHECK(block.find("a") == "1");
  CHECK(block.find("bee") == "two");
  CHECK(block.find("first") == "0");
  CHECK(block.find("last") == "9");
}

TEST_CASE("header_block: clear forgets the fields and keeps the memory") {
  header_block block;
  block.add("name", std::string(1000, 'v'));
  const auto* before = block[0].name.data();
  block.clear();
  CHECK(block.empty());
  CHECK_FALSE(block.find("name"));
  block.add("other", std::string(900, 'w'));
  CHECK(block[0].name.data() == before);
}

TEST_CASE("header_block: begun again, it tells the fields of before until it gets a text") {
  const auto before = [](const header_block& block) {
    std::string all;
    for (const auto& at : block.before()) {
      const auto field = at.in(block.text_before());
      all.append(field.name).append("=").append(field.value).append(";");
    }
    return all;
  };
  const std::string_view text{"A: 1\r\nBee: two\r\n"};
  header_block block;
  CHECK(before(block).empty());
  block.append(text, std::vector<header_block::place>{{0, 1, 3, 1}, {6, 3, 11, 3}});
  CHECK(before(block).empty());
  block.begin_again();
  CHECK(block.empty());
  CHECK_FALSE(block.find("a"));
  CHECK(before(block) == "A=1;Bee=two;");
  const std::string_view next{"C: 3\r\n"};
  block.append(next, std::vector<header_block::place>{{0, 1, 3, 1}});
  CHECK(before(block).empty());
  CHECK(block.size() == 1);
  CHECK(block.find("c") == "3");
  block.begin_again();
  CHECK(before(block) == "C=3;");
  block.add("d", "4");
  CHECK(before(block).empty());
  CHECK(block.size() == 1);
  CHECK(block.find("d") == "4");
  block.begin_again();
  block.begin_again();
  CHECK(before(block).empty());
}

TEST_CASE("header names and values: what may stand in them") {
  for (std::string_view good : {"a", "X-Request-Id", "!#$%&'*+-.^_`|~09"}) CHECK(valid_header_name(good));
  for (std::string_view bad : {"", "a b", "a:", "a\r", "a\n", "\t", "n\xC3\xA4me", "a(b)"})
    CHECK_FALSE(valid_header_name(bad));
  for (std::string_view good : {"", "plain", "tab\tin\tit", "caf\xC3\xA9", "\xff\xfe", "a: b, \"c\""}) {
    CHECK(valid_header_value(good));
  }
  for (int c = 0; c < 256; ++c) {
    const bool fine = c == '\t' || (c >= 0x20 && c != 0x7f);
    for (std::size_t before : {0U, 3U, 7U, 8U, 13U, 20U}) {
      for (std::size_t after : {0U, 1U, 9U}) {
        const auto text = std::string(before, 'x') + static_cast<char>(c) + std::string(after, '\t');
        if (valid_header_value(text) != fine) FAIL_CHECK("byte " << c << " after " << before << ", before " << after);
      }
    }
  }
}
