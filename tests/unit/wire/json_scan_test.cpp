#include "catch.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <string>

using cohedge::wire::find_json_special;
using cohedge::wire::find_json_special_or_non_ascii;
using cohedge::wire::leading_digits;

TEST_CASE("json scan: the first byte that may not stand in a string, wherever it is", "[wire][json]") {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t from = 0; from <= size; ++from) {
      const std::string plain(size, 'a');
      CHECK(find_json_special(plain, from) == size);
      CHECK(find_json_special_or_non_ascii(plain, from) == size);
      for (const char c : {'"', '\\', '\0', '\x1f', '\n'}) {
        auto text = plain;
        text.append(1, c).append(size, '"');
        CHECK(find_json_special(text, from) == size);
        CHECK(find_json_special_or_non_ascii(text, from) == size);
      }
      auto foreign = plain + "\xC3\xBC\x7f !";
      CHECK(find_json_special(foreign, from) == foreign.size());
      CHECK(find_json_special_or_non_ascii(foreign, from) == size);
    }
  }
}

TEST_CASE("json scan: how many digits a text begins with", "[wire][json]") {
  for (std::size_t size = 0; size < 70; ++size) {
    std::string digits;
    while (digits.size() < size) digits.push_back(static_cast<char>('0' + digits.size() % 10));
    CHECK(leading_digits(digits) == size);
    for (const char c : {'/', ':', '.', ' ', '\0', '\xB2'}) CHECK(leading_digits(digits + c + digits) == size);
  }
}
