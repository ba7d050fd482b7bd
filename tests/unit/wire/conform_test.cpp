#include "catch.hpp"
#include "conform/http1_conform.hpp"
#include "conform/sse_conform.hpp"
#include "shared.hpp"

#include <fstream>
#include <sstream>

using namespace cohedge::tests;

namespace {

void check_all_pass(const conform_result& result, int cases) {
  for (const auto& failure : result.failures) UNSCOPED_INFO(failure);
  CHECK(result.failed == 0);
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
  check_all_pass(result, 61);
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
  check_all_pass(result, 74);
  CHECK(result.differences.size() == 13);
}

TEST_CASE("conformance: a wrong expectation fails") {
  // data:1 LF LF, expected as 2; and a good response, expected to be refused
  std::istringstream sse{
      R"({"name":"x","input_base64":"ZGF0YToxCgo=","expected_events":[{"event":"message","data":"2","id":""}],"retry":null})"};
  CHECK(conform_sse(sse).failed == 1);
  std::istringstream http{R"({"name":"x","input_base64":"SFRUUC8xLjEgMjA0IE5vDQoNCg==","outcome":"error"})"};
  CHECK(conform_http1(http).failed == 1);
  std::istringstream curl{R"({"name":"x","input_base64":"SFRUUC8xLjEgMjA0IE5vDQoNCg==","exit_code":0})"};
  CHECK(conform_http1(curl).passed == 1);
  std::istringstream garbage{"no json\n{\"name\":1}\n"};
  CHECK(conform_http1(garbage).skipped == 2);
}
