#include "catch.hpp"

#include <cohedge/wire/http_date.hpp>

using namespace cohedge::wire;

TEST_CASE("parse_http_date: the three forms") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == 784111777);
  CHECK(parse_http_date("Wed Nov 16 08:49:37 1994") == 784975777);
  CHECK(parse_http_date(" Thu, 01 Jan 1970 00:00:00 GMT ") == 0);
  CHECK(parse_http_date("Wed, 31 Dec 1969 23:59:59 GMT") == -1);
  CHECK(parse_http_date("Tue, 29 Feb 2000 12:00:00 GMT") == 951825600);
  CHECK(parse_http_date("Thursday, 01-Jan-26 00:00:00 GMT") == 1767225600);
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
}

TEST_CASE("parse_http_date: what is no date") {
  for (std::string_view bad :
       {"", "0", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT+2",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 19944 08:49:37 GMT", "1994-11-06T08:49:37Z",
        "Sun Nov 6 08:49:37 1994"}) {
    INFO(bad);
    CHECK_FALSE(parse_http_date(bad));
  }
}

TEST_CASE("format_http_date: reads back the same") {
  CHECK(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(format_http_date(INT64_MIN) == "Sat, 01 Jan 0000 00:00:00 GMT");
  CHECK(format_http_date(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
  for (std::int64_t at = -62167219200; at < 253402300800; at += 86400 * 97 + 12345) {
    if (parse_http_date(format_http_date(at)) != at) FAIL_CHECK(at << " " << format_http_date(at));
  }
}

TEST_CASE("format_rfc3339: reads back the same") {
  CHECK(format_rfc3339(784111777) == "1994-11-06T08:49:37Z");
  CHECK(format_rfc3339(-1) == "1969-12-31T23:59:59Z");
  CHECK(format_rfc3339(INT64_MAX) == "9999-12-31T23:59:59Z");
  for (std::int64_t at = -62167219200; at < 253402300800; at += 86400 * 97 + 12345) {
    if (parse_rfc3339(format_rfc3339(at)) != at) FAIL_CHECK(at << " " << format_rfc3339(at));
  }
}

TEST_CASE("parse_rfc3339") {
  CHECK(parse_rfc3339("1994-11-06T08:49:37Z") == 784111777);
  CHECK(parse_rfc3339(" 1994-11-06t08:49:37.999z ") == 784111777);
  CHECK(parse_rfc3339("1994-11-06 09:49:37+01:00") == 784111777);
  CHECK(parse_rfc3339("1994-11-06T03:19:37.5-05:30") == 784111777);
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == 1483228800);
  CHECK(parse_rfc3339("1969-12-31T23:59:59Z") == -1);
  CHECK(parse_rfc3339("2000-02-29T12:00:00Z") == 951825600);
  for (const auto* text : {"", "1994-11-06", "1994-11-06T08:49:37", "1994-11-06T08:49:37.Z", "1994-13-06T08:49:37Z",
                           "1994-00-06T08:49:37Z", "1994-02-29T08:49:37Z", "1994-11-06T24:00:00Z", "94-11-06T08:49:37Z",
                           "1994-11-06T08:49:37+24:00", "1994-11-06T08:49:37+0100", "1994-11-06T08:49:37Zx",
                           "1994-11-06x08:49:37Z", "-994-11-06T08:49:37Z"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}
