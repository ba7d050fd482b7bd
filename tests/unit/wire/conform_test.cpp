#include "catch.hpp"
#include "conform/eventstream_conform.hpp"
#include "conform/http1_conform.hpp"
#include "conform/sigv4_conform.hpp"
#include "conform/sse_conform.hpp"
#include "shared.hpp"

#include <fstream>
#include <sstream>

using namespace cohedge::tests;

namespace {

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (unsigned char c : bytes) {
    bits = (bits << 8 | c) & 0xFFFF;
    for (count += 8; count >= 6; count -= 6) out.push_back(alphabet[bits >> (count - 6) & 63]);
  }
  if (count > 0) out.push_back(alphabet[bits << (6 - count) & 63]);
  return out;
}

void check_all_pass(const conform_result& result, int cases) {
  for (const auto& failure : result.failures) UNSCOPED_INFO(failure);
  CHECK(result.failures.empty());
  CHECK(result.passed >= cases);
  CHECK(result.skipped == 0);
}

}  // namespace

TEST_CASE("sse: the public suites") {
  const auto path = shared("fixtures/sse_cases.jsonl");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::ifstream in{*path};
  const auto result = conform_sse(in);
  check_all_pass(result, 60);
  CHECK(result.differences.size() == 1);
}

TEST_CASE("http1: the public suites") {
  const auto path = shared("fixtures/http1_cases.jsonl");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::ifstream in{*path};
  const auto result = conform_http1(in);
  check_all_pass(result, 61);
  CHECK(result.differences.size() == 13);
}

TEST_CASE("sigv4: the public suite") {
  const auto path = shared("fixtures/sigv4_cases.jsonl");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::ifstream in{*path};
  check_all_pass(conform_sigv4(in), 38);
}

TEST_CASE("eventstream: the public suite") {
  const auto path = shared("fixtures/eventstream_cases.jsonl");
  if (!path) {
    WARN("skipped: ../shared is absent");
    return;
  }
  std::ifstream in{*path};
  check_all_pass(conform_eventstream(in), 15);
}

TEST_CASE("conformance: a wrong expectation fails") {
  // data:1 LF LF, expected as 2; and a good response, expected to be refused
  std::istringstream sse{
      R"({"name":"x","input_base64":"ZGF0YToxCgo=","expected_events":[{"event":"message","data":"2","id":""}],"retry":null})"};
  CHECK(conform_sse(sse).failures.size() == 1);
  std::istringstream http{R"({"name":"x","input_base64":"SFRUUC8xLjEgMjA0IE5vDQoNCg==","outcome":"error"})"};
  CHECK(conform_http1(http).failures.size() == 1);
  std::istringstream garbage{"no json\n{\"name\":1}\n"};
  CHECK(conform_http1(garbage).skipped == 2);
  // a message without headers and payload, expected to be refused, and with a payload
  for (const std::string rest : {R"("ok":false})", R"("ok":true,"headers":{},"payload_base64":"eA=="})"}) {
    std::istringstream message{R"({"name":"x","input_base64":"AAAAEAAAAAAFwkjrfZjI/w==",)" + rest};
    CHECK(conform_eventstream(message).failures.size() == 1);
  }
  std::istringstream unsigned_request{
      R"({"name":"x","request":"GET / HTTP/1.1\nHost:h\n","header_canonical_request":"GET","context":{"timestamp":)"
      R"("2015-08-30T12:36:00Z","credentials":{"access_key_id":"a","secret_access_key":"b"}}})"};
  CHECK(conform_sigv4(unsigned_request).failures.size() == 1);
}

TEST_CASE("conformance: curl's cases are judged by exit code, close marker and command line") {
  enum class verdict { passed, failed, differs, not_ours };
  const std::string head = "HTTP/1.1 200 OK\r\n", closing = "HTTP/1.1 200 OK swsclose\r\n";
  const std::string gzip_of_hi{"\x1f\x8b\x08\0\0\0\0\0\2\3\xcb\xc8\4\0\xac\x2a\x93\xd8\2\0\0\0", 22};
  struct row {
    std::string what, input;
    int exit_code;
    std::string command;
    verdict expected;
  };
  const std::vector<row> rows{
      {"parsed", head + "Content-Length: 2\r\n\r\nhi", 0, "", verdict::passed},
      {"what follows the response", head + "Content-Length: 2\r\n\r\nhi\nmore", 0, "", verdict::passed},
      {"until the server closes", closing + "\r\nhi", 0, "", verdict::passed},
      {"refused", "HTTP/1.1 2 OK\r\n\r\n", 1, "", verdict::passed},
      {"expected to be refused", head + "\r\n", 8, "", verdict::failed},
      {"not expected to be refused", head + "no colon\r\n\r\n", 0, "", verdict::failed},
      {"cut off", closing + "Content-Length: 3\r\n\r\nhi", 18, "", verdict::passed},
      {"cut off, not expected", closing + "Content-Length: 3\r\n\r\nhi", 0, "", verdict::failed},
      {"nothing comes", "", 52, "", verdict::passed},
      {"HEAD", closing + "Content-Length: 3\r\n\r\n", 0, "-I http://host/", verdict::passed},
      {"gzip", closing + "Content-Encoding: gzip\r\n\r\n" + gzip_of_hi, 0, "http://h/ --compressed", verdict::passed},
      {"damaged gzip", closing + "Content-Encoding: gzip\r\n\r\nx", 61, "http://h/ --compressed", verdict::passed},
      {"gzip left as it is", closing + "Content-Encoding: gzip\r\n\r\nx", 0, "http://h/", verdict::passed},
      {"LF alone", "HTTP/1.1 200 OK\n\nhi", 0, "", verdict::differs},
      {"brotli", closing + "Content-Encoding: br\r\n\r\nx", 0, "http://h/ --compressed", verdict::differs},
      {"gzip on the way", closing + "Transfer-Encoding: gzip\r\n\r\nx", 61, "http://h/", verdict::differs},
      {"--fail", head + "Content-Length: 0\r\n\r\n", 22, "", verdict::not_ours},
      {"another protocol", head + "Content-Length: 0\r\n\r\n", 1, "h1://host/ http://host/", verdict::not_ours},
      {"a proxy that refuses", head + "Content-Length: 0\r\n\r\n", 56, "-p http://host/", verdict::not_ours},
  };
  for (const row& r : rows) {
    INFO(r.what);
    std::istringstream line{R"({"name":"x","input_base64":")" + to_base64(r.input) + R"(","exit_code":)" +
                            std::to_string(r.exit_code) + R"(,"command":")" + r.command + "\"}"};
    const auto result = conform_http1(line);
    CHECK((result.passed == 1) == (r.expected == verdict::passed));
    CHECK(result.failures.size() == (r.expected == verdict::failed));
    CHECK(result.differences.size() == (r.expected == verdict::differs));
    CHECK(result.not_ours.size() == (r.expected == verdict::not_ours));
    CHECK(result.skipped == 0);
  }
}
