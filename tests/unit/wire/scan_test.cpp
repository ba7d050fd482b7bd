#include "catch.hpp"

#include "../../../src/wire/scan.hpp"

#include <string>

using namespace cohedge::wire;

TEST_CASE("scan: the first special byte is found at every place, whatever surrounds it") {
  const auto marks = [](std::uint64_t word) { return scan::equal(word, '\n') | scan::equal(word, '\r'); };
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      for (char around : {'x', '\v', '\x0c', '\x0e', '\x8a', '\x8d', '\xff'}) {
        std::string text(size, around);
        if (place < size) text[place] = '\r';
        if (place + 1 < size) text[place + 1] = '\n';
        for (std::size_t from = 0; from <= place; ++from) {
          if (scan::find_first(text, from, marks) != place) {
            FAIL_CHECK("size " << size << ", place " << place << ", from " << from);
          }
        }
      }
    }
  }
}

TEST_CASE("scan: digits are digits alone, without overflow") {
  CHECK(scan::digits("0") == 0U);
  CHECK(scan::digits("18446744073709551615") == 18446744073709551615U);
  for (std::string_view bad :
       {"", "18446744073709551616", "99999999999999999999", "-1", "+1", " 1", "1 ", "1.0", "a"}) {
    CHECK_FALSE(scan::digits(bad));
  }
}

TEST_CASE("scan: digits of every size, with every byte at every place") {
  const std::string many{"12345678901234567890"};
  for (std::size_t size = 1; size < many.size(); ++size) {
    const auto text = many.substr(0, size);
    if (scan::digits(text) != std::stoull(text)) FAIL_CHECK(text);
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        auto other = text;
        other[place] = static_cast<char>(byte);
        const auto found = scan::digits(other);
        const bool good = scan::is_digit(other[place]) ? found == std::stoull(other) : !found;
        if (!good) FAIL_CHECK("byte " << byte << " at " << place << " of " << size);
      }
    }
  }
}

TEST_CASE("scan: every byte ends a token, or does not, at every place") {
  for (std::size_t size = 0; size < 36; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'm');
        text[place] = static_cast<char>(byte);
        const auto end = scan::is_token(text[place]) ? size : place;
        if (scan::find_token_end(text, 0) != end) FAIL_CHECK("byte " << byte << " at " << place << " of " << size);
        const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        if (scan::find_control(text) != (control ? place : size)) FAIL_CHECK("byte " << byte << " at " << place);
        if (scan::has_no_control(text) == control) FAIL_CHECK("byte " << byte << " at " << place << " of " << size);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
        if (scan::is_plain_name(text) != plain) FAIL_CHECK("byte " << byte << " at " << place << " of " << size);
      }
    }
  }
}

namespace {

/// Every byte at every place of a word, and the word with more or less behind it, against what texts are compared with.
template <std::size_t Size>
void compare_word(const char (&word)[Size]) {
  const std::string known{word};
  CHECK(scan::begins(known + "-more", word));
  CHECK_FALSE(scan::is(known + "-more", word));
  CHECK_FALSE(scan::begins(known.substr(0, known.size() - 1), word));
  for (std::size_t place = 0; place < known.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      auto text = known;
      text[place] = static_cast<char>(byte);
      if (scan::is(text, word) != scan::equals_any_case(text, known)) FAIL_CHECK(word << ": " << byte << " at " << place);
    }
  }
}

}  // namespace

TEST_CASE("scan: a word is what the text of the same letters is") {
  compare_word("q");
  compare_word("10");
  compare_word("req");
  compare_word("hour");
  compare_word("limit");
  compare_word("tokens");
  compare_word("chunked");
  compare_word("requests");
  compare_word("remaining");
  compare_word("ratelimit-policy");
  compare_word("transfer-encoding");
  compare_word("anthropic-ratelimit-");
}

TEST_CASE("scan: letters are equal in either case and nothing else is, at every place") {
  const auto low = [](int c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; };
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        for (const int other : {byte, byte ^ 0x20, byte ^ 0x80, low(byte), byte + 1}) {
          std::string a(size, 'm'), b(size, 'M');
          a[place] = static_cast<char>(byte);
          b[place] = static_cast<char>(other);
          const bool same = low(byte) == low(other & 0xff);
          if (scan::equals_any_case(a, b) != same) FAIL_CHECK(byte << ", " << other << " at " << place << " of " << size);
          if (scan::has_capital(a) != (low(byte) != byte)) FAIL_CHECK(byte << " at " << place << " of " << size);
        }
      }
    }
  }
  CHECK(scan::equals_any_case("", ""));
  CHECK_FALSE(scan::equals_any_case("a", ""));
  CHECK_FALSE(scan::has_capital(""));
}
