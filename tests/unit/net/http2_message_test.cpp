// What RFC 9113 §8 asks of a response, as a table: blocks of fields and content in, well or malformed out.

#include "catch.hpp"

#include "../../../src/net/http2_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cohedge::tests {
namespace {

using net::http2_message;

struct step {
  std::vector<std::pair<std::string, std::string>> fields;  // a block, or
  std::size_t content = 0;                                  // so many bytes of content
  bool last = false;                                        // with END_STREAM
};

/// The number of steps that are well; all of them: the response is.
std::size_t good_steps(const std::vector<step>& steps, bool to_head = false) {
  http2_message message;
  message.begin(to_head);
  std::size_t good = 0;
  for (const auto& [fields, content, last] : steps) {
    if (fields.empty()) {
      if (!message.data(content)) return good;
    } else {
      message.begin_block();
      for (const auto& [name, value] : fields)
        if (!message.field(name, value)) return good;
      if (!message.end_block(last)) return good;
    }
    if (last && !message.end()) return good;
    ++good;
  }
  return good;
}

step block(std::vector<std::pair<std::string, std::string>> fields, bool last = false) {
  return {std::move(fields), 0, last};
}
step content(std::size_t size, bool last = false) { return {{}, size, last}; }

const step ok = block({{":status", "200"}});

TEST_CASE("http2_message: responses that are well", "[net][http2]") {
  const std::vector<std::vector<step>> all{
      {ok, content(3), content(0, true)},
      {ok, content(3), block({{"a", "1"}}, true)},
      {block({{":status", "103"}, {"link", "x"}}), block({{":status", "100"}}), ok, content(1, true)},
      {block({{":status", "200"}, {"content-length", "5"}}), content(2), content(3, true)},
      {block({{":status", "200"}, {"content-length", "0"}}, true)},
      {block({{":status", "304"}, {"content-length", "5"}}, true)},
      {block({{":status", "500"}, {"x", ""}, {"cookie", "\t \xc3\xa4"}, {"!#$%&'*+-.^_`|~09az", "v"}}, true)},
      {ok, block({{"content-length", "nonsense"}}, true)},  // of no meaning in trailers
  };
  for (const auto& steps : all) {
    CAPTURE(&steps - all.data());
    CHECK(good_steps(steps) == steps.size());
  }
  CHECK(good_steps({block({{":status", "200"}, {"content-length", "5"}}, true)}, true) == 1);  // to HEAD
}

TEST_CASE("http2_message: malformed at the last step", "[net][http2]") {
  const std::vector<std::vector<step>> all{
      {block({{"a", "1"}})},
      {block({{":status", "200"}, {":status", "200"}})},
      {block({{"a", "1"}, {":status", "200"}})},
      {block({{":status", "2x0"}})},
      {block({{":status", "20"}})},
      {block({{":status", "2000"}})},
      {block({{":status", "099"}})},
      {block({{":status", ""}})},
      {block({{":status", "200"}, {":path", "/"}})},
      {block({{":status", "200"}, {":", ""}})},
      {block({{":status", "101"}})},
      {block({{":status", "103"}}, true)},
      {block({{":status", "103"}}), content(1)},
      {content(1)},
      {block({{":status", "200"}, {"", "x"}})},
      {block({{":status", "200"}, {"Upper", "x"}})},
      {block({{":status", "200"}, {"long-name-with-one-Capital", "x"}})},
      {block({{":status", "200"}, {"a b", "x"}})},
      {block({{":status", "200"}, {"a:b", "x"}})},
      {block({{":status", "200"}, {"a", "x\r\ny: z"}})},
      {block({{":status", "200"}, {"a", std::string("x\0y", 3)}})},
      {block({{":status", "200"}, {"connection", "close"}})},
      {block({{":status", "200"}, {"transfer-encoding", "chunked"}})},
      {block({{":status", "200"}, {"keep-alive", "1"}})},
      {block({{":status", "200"}, {"proxy-connection", "close"}})},
      {block({{":status", "200"}, {"upgrade", "h2c"}})},
      {block({{":status", "200"}, {"content-length", "5"}, {"content-length", "5"}})},
      {block({{":status", "200"}, {"content-length", "-5"}})},
      {block({{":status", "200"}, {"content-length", "+5"}})},
      {block({{":status", "200"}, {"content-length", "5 "}})},
      {block({{":status", "200"}, {"content-length", ""}})},
      {block({{":status", "200"}, {"content-length", "18446744073709551616"}})},
      {block({{":status", "200"}, {"content-length", "5"}}, true)},
      {block({{":status", "200"}, {"content-length", "5"}}), content(6)},
      {block({{":status", "200"}, {"content-length", "5"}}), content(4, true)},
      {block({{":status", "200"}, {"content-length", "5"}}), content(4), block({{"a", "1"}}, true)},
      {block({{":status", "204"}}), content(1)},
      {ok, block({{"a", "1"}})},
      {ok, block({{":status", "200"}}, true)},
  };
  for (const auto& steps : all) {
    CAPTURE(&steps - all.data());
    CHECK(good_steps(steps) == steps.size() - 1);
  }
}

TEST_CASE("http2_message: forgets the response before", "[net][http2]") {
  http2_message message;
  message.begin(true);
  message.begin_block();
  CHECK(message.field(":status", "200"));
  CHECK(message.field("content-length", "1"));
  CHECK(message.end_block(true));
  CHECK(message.end());
  message.begin(false);
  CHECK(message.status() == 0);
  message.begin_block();
  CHECK(message.field(":status", "404"));
  CHECK(message.status() == 404);
  CHECK(message.end_block(false));
  CHECK(message.data(7));
  CHECK(message.end());
}

}  // namespace
}  // namespace cohedge::tests
