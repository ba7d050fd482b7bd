#include "catch.hpp"

#include <cohedge/core/base64.hpp>

using namespace cohedge;

TEST_CASE("base64: the vectors of RFC 4648 §10", "[core][base64]") {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xFF\xEF\xBE", "/+++"}};
  for (const auto& [bytes, text] : vectors) {
    std::string out = "<";
    append_base64(out, bytes);
    CHECK(out == "<" + text);
    CHECK(from_base64(text) == bytes);
  }
  CHECK(from_base64("Zg") == "f");
  CHECK(from_base64("Zm8") == "fo");
}

TEST_CASE("base64: what is none is refused", "[core][base64]") {
  for (const auto* text : {"Z", "Zm9v=", "Zm9vY===", "Zm 9", "Zm9-", "=", "====", "Zg==Zg=="})
    CHECK_FALSE(from_base64(text).has_value());
}
