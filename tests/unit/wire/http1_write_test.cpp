#include "catch.hpp"

#include <cohedge/wire/http1.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;
using namespace std::string_literals;

TEST_CASE("write_request_head: the bytes") {
  std::string out;
  const std::vector<header> fields{{"Host", "api.openai.com"}, {"Authorization", "Bearer x"}};
  REQUIRE(write_request_head(out, "POST", "/v1/chat/completions", fields, 12));
  CHECK(out ==
        "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nAuthorization: Bearer x\r\nContent-Length: "
        "12\r\n\r\n");
  out = "before";
  REQUIRE(write_request_head(out, "GET", "/", {}, std::nullopt));
  CHECK(out == "beforeGET / HTTP/1.1\r\n\r\n");
}

TEST_CASE("write_response_head: the bytes") {
  std::string out;
  REQUIRE(write_response_head(out, 200, std::vector<header>{{"Server", "test"}}, 0));
  CHECK(out == "HTTP/1.1 200 OK\r\nServer: test\r\nContent-Length: 0\r\n\r\n");
  out.clear();
  REQUIRE(write_response_head(out, 529, {}, std::nullopt));
  CHECK(out == "HTTP/1.1 529 Overloaded\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int status : {100, 204, 304}) {
    out.clear();
    REQUIRE(write_response_head(out, status, {}, std::nullopt));
    CHECK(out.find("Transfer-Encoding") == std::string::npos);
  }
}

TEST_CASE("write_*_head: refuses what would break the message, and appends nothing") {
  struct row {
    std::string method, target, name, value;
  };
  const std::vector<row> rows{
      {"PO ST", "/", "A", "1"},
      {"", "/", "A", "1"},
      {"GET\r\n", "/", "A", "1"},
      {"GET", "", "A", "1"},
      {"GET", "/a b", "A", "1"},
      {"GET", "/\r\nX: y", "A", "1"},
      {"GET", "/\xC3\xA4", "A", "1"},
      {"GET", "/", "A B", "1"},
      {"GET", "/", "", "1"},
      {"GET", "/", "A:", "1"},
      {"GET", "/", "A\r\nB", "1"},
      {"GET", "/", "A", "1\r\nB: 2"},
      {"GET", "/", "A", "1\n"},
      {"GET", "/", "A", "1\0"s},
      {"GET", "/", "A", "\x7f"},
      {"GET", "/", "Content-Length", "1"},
      {"GET", "/", "transfer-encoding", "chunked"},
  };
  for (const row& r : rows) {
    INFO(r.method << "|" << r.target << "|" << r.name << "|" << r.value);
    std::string out{"kept"};
    const std::vector<header> fields{{"Ok", "fine"}, {r.name, r.value}};
    const auto written = write_request_head(out, r.method, r.target, fields, 1);
    REQUIRE(written.has_error());
    CHECK(written.error().code() == errc::invalid_argument);
    CHECK(out == "kept");
    if (r.method == "GET" && r.target == "/") {
      CHECK(write_response_head(out, 200, fields, 1).has_error());
      CHECK(out == "kept");
    }
  }
  std::string out;
  CHECK(write_response_head(out, 99, {}, 1).has_error());
  CHECK(write_response_head(out, 1000, {}, 1).has_error());
}

TEST_CASE("write_*_head: an error never repeats a value, which may be a key") {
  std::string out;
  const std::vector<header> fields{{"Authorization", "Bearer sk-secret\n"}};
  const auto written = write_request_head(out, "GET", "/", fields, std::nullopt);
  REQUIRE(written.has_error());
  CHECK(written.error().message().find("secret") == std::string::npos);
  CHECK(written.error().message().find("Authorization") != std::string::npos);
}

TEST_CASE("chunks written are chunks read") {
  std::string out;
  REQUIRE(write_response_head(out, 200, {}, std::nullopt));
  write_chunk(out, "hello");
  write_chunk(out, "");
  write_chunk(out, std::string(300, 'x'));
  write_last_chunk(out);
  response_parser parser;
  parser.begin("GET");
  std::string_view input{out};
  std::string body;
  for (auto step = parser.next(input).value(); step != http1_step::end; step = parser.next(input).value()) {
    if (step == http1_step::body) body.append(parser.body());
  }
  CHECK(body == "hello" + std::string(300, 'x'));
  CHECK(input.empty());
  CHECK(parser.keep_alive());
}
