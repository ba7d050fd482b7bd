#include "catch.hpp"

#include <cohedge/wire/json_scan.hpp>

#include <string>

using cohedge::wire::find_json_special;
using cohedge::wire::find_json_special_or_non_ascii;

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
