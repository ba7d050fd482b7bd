#include "catch.hpp"

#include <cohedge/wire/retry_after.hpp>

#include <string>
#include <vector>

using namespace cohedge::wire;
using namespace std::chrono_literals;

namespace {

using fields = std::vector<std::pair<std::string, std::string>>;
using wait = std::optional<std::chrono::nanoseconds>;

wait asked(const fields& list, std::string_view body = {}, int status = 429) {
  header_block headers;
  for (const auto& [name, value] : list) headers.add(name, value);
  return retry_after(headers, body, status);
}

}  // namespace

TEST_CASE("retry_after: the headers that say it plainly") {
  struct row {
    fields list;
    wait expected;
  };
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const std::vector<row> rows{
      {{}, std::nullopt},
      {{{"Retry-After", "3"}}, 3s},
      {{{"retry-after", "1.5"}}, 1500ms},
      {{{"retry-after", ".5"}}, 500ms},
      {{{"retry-after-ms", "250"}}, 250ms},
      {{{"x-ms-retry-after-ms", "10.5"}}, 10500us},
      {{{"Retry-After-Ms", "0"}, {"Retry-After", "1"}}, 1s},  // Azure, recorded
      {{{"retry-after-ms", "1200"}, {"retry-after", "1"}}, 1200ms},
      {{{"x-amz-retry-after", "1500"}}, 1500ms},
      {{{"retry-after-ms", "junk"}, {"x-ms-retry-after-ms", "70"}, {"retry-after", "-1"}}, 70ms},
      {{{"retry-after", "0"}}, std::nullopt},
      {{{"retry-after", "-5"}}, std::nullopt},
      {{{"retry-after", ".0000000000008"}}, std::nullopt},  // less than a clock shows
      {{{"x-ms-retry-after-ms", ".0000000083"}}, std::nullopt},
      {{{"retry-after", "NaN"}}, std::nullopt},
      {{{"retry-after", "inf"}}, std::nullopt},
      {{{"retry-after", "1e3"}}, std::nullopt},
      {{{"retry-after", ""}}, std::nullopt},
      {{{"retry-after", "1.2.3"}}, std::nullopt},
      {{{"retry-after", "99999999999"}}, std::nullopt},
      {{{"retry-after", std::string(5000, '9')}}, std::nullopt},
      {{{"retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"}, {"date", date}}, 10s},
      {{{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"date", date}}, std::nullopt},
      {{{"retry-after", "Sun, 06 Nov 1994 08:49:07 GMT"}, {"date", date}}, std::nullopt},
      {{{"retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"}}, std::nullopt},
      {{{"retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"}, {"date", "now"}}, std::nullopt},
  };
  for (const row& r : rows) {
    INFO((r.list.empty() ? "none" : r.list[0].first + ": " + r.list[0].second.substr(0, 60)));
    CHECK(asked(r.list) == r.expected);
  }
}

TEST_CASE("retry_after: only for statuses that ask for patience") {
  const fields three{{"retry-after", "3"}};
  for (int status : {408, 409, 425, 429, 500, 502, 503, 504, 529, 599}) CHECK(asked(three, {}, status) == 3s);
  for (int status : {0, 100, 200, 204, 301, 400, 401, 404, 422, 499, 600})
    CHECK(asked(three, {}, status) == std::nullopt);
}

TEST_CASE("retry_after: rate limit resets count where nothing remains") {
  const std::pair<std::string, std::string> date{"date", "Sun, 06 Nov 1994 08:49:37 GMT"};  // 784111777
  struct row {
    fields list;
    wait expected;
  };
  const std::vector<row> rows{
      {{{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "1m30.5s"}}, 90500ms},
      {{{"x-ratelimit-remaining-requests", "1"}, {"x-ratelimit-reset-requests", "9s"}}, std::nullopt},
      {{{"x-ratelimit-reset-requests", "9s"}}, std::nullopt},
      {{{"x-ratelimit-remaining-requests", "0"},
        {"x-ratelimit-reset-requests", "6ms"},
        {"x-ratelimit-remaining-tokens", "5"},
        {"x-ratelimit-reset-tokens", "40s"}},
       6ms},
      {{{"x-ratelimit-remaining-requests", "0"},
        {"x-ratelimit-reset-requests", "6ms"},
        {"X-RateLimit-Remaining-Tokens", "0"},
        {"X-RateLimit-Reset-Tokens", "40"}},
       40s},
      {{{"x-ratelimit-remaining-tokens-minute", "0.0"}, {"x-ratelimit-reset-tokens-minute", "12.5"}}, 12500ms},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "17"}}, 17s},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "784111797"}, date}, 20s},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "784111797500"}, date}, 20500ms},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "784111700"}, date}, std::nullopt},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "784111797"}}, std::nullopt},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "0s"}}, std::nullopt},
      {{{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "soon"}}, std::nullopt},
      {{{"anthropic-ratelimit-tokens-remaining", "0"}, {"anthropic-ratelimit-tokens-reset", "1994-11-06T08:49:57Z"}, date},
       20s},
      {{{"anthropic-ratelimit-tokens-remaining", "1"}, {"anthropic-ratelimit-tokens-reset", "1994-11-06T08:49:57Z"}, date},
       std::nullopt},
      {{{"ratelimit", R"("api";r=0;t=112)"}}, 112s},
      {{{"ratelimit", R"("api";r=499;t=112)"}}, std::nullopt},
      {{{"ratelimit-remaining", "0"}, {"ratelimit-reset", "9"}}, 9s},
      {{{"x-ratelimit-remaining-req-minute", "0"},
        {"x-ratelimit-reset-req-minute", "9"},
        {"x-ratelimit-remaining-req-day", "0"},
        {"x-ratelimit-reset-req-day", "900"}},
       900s},
      {{{"retry-after", "2"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "17"}}, 2s},
      {{{"retry-after", "0"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "17"}}, 17s},
  };
  for (const row& r : rows) {
    INFO(r.list.back().first << ": " << r.list.back().second);
    CHECK(asked(r.list) == r.expected);
  }
}

TEST_CASE("retry_after: Google's RetryInfo in the body comes last") {
  const std::string info = R"({"@type":"type.googleapis.com/google.rpc.Help"},)"
                           R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"})";
  const std::string body = R"({"error":{"code":429,"details":[)" + info + "]}}";
  CHECK(asked({}, body) == 34400ms);
  CHECK(asked({}, "[" + body + "]") == 34400ms);
  CHECK(asked({{"retry-after", "2"}}, body) == 2s);
  CHECK(asked({}, body, 200) == std::nullopt);
  for (std::string_view other : {"{", "[]", "[1]", "\"x\"", "{}", R"({"error":"text"})", R"({"error":{"details":{}}})",
                                 R"({"error":{"details":[1,"x",{"@type":7},{"@type":"google.rpc.RetryInfo"}]}})",
                                 R"({"error":{"details":[{"@type":"google.rpc.RetryInfo","retryDelay":"-3s"}]}})"}) {
    INFO(other);
    CHECK(asked({}, other) == std::nullopt);
  }
}

TEST_CASE("parse_go_duration") {
  const std::vector<std::pair<std::string, wait>> rows{
      {"0s", 0ns},
      {"6ms", 6ms},
      {"1m30.5s", 90500ms},
      {"17.399999999s", 17399999999ns},
      {"2h45m", 165min},
      {"1.5h", 90min},
      {"100us", 100us},
      {"100\xC2\xB5s", 100us},
      {"100\xCE\xBCs", 100us},
      {"5ns", 5ns},
      {"1h1m1s1ms", 3661001ms},
      {".5s", 500ms},
      {" 1s ", 1s},
      {"", std::nullopt},
      {"5", std::nullopt},
      {"s", std::nullopt},
      {"-1s", std::nullopt},
      {"+1s", std::nullopt},
      {"1x", std::nullopt},
      {"1s2", std::nullopt},
      {"1 s", std::nullopt},
      {"1.2.3s", std::nullopt},
      {".s", std::nullopt},
      {"2555555h", 2555555h},
      {"2555556h", std::nullopt},  // more than 9.2e18 nanoseconds
      {"2555555h3600s", std::nullopt},
      {"9999999999h", std::nullopt},
      {"99999999999999999999999ns", std::nullopt},
      {"0.0000000000000000000000000000000000000000000000000000000000001s", 0ns},
      {"0.99999999999999999999999999999999s", 1s},
      {"nans", std::nullopt},
      {"1e3s", std::nullopt},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(parse_go_duration(text) == expected);
  }
}
