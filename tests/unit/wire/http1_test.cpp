#include "catch.hpp"
#include "conform/cuts.hpp"

#include <cohedge/wire/http1.hpp>

#include <string>
#include <vector>

using namespace cohedge;
using namespace cohedge::wire;
using tests::cutting;
using tests::cuttings;
using tests::feed;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

using namespace std::string_literals;

struct reply {
  int status = 0;
  std::string body;
  std::string server;
  bool complete = false, keep_alive = false, close_delimited = false;
  std::optional<std::uint64_t> length;
  errc fault = errc::none;
  std::string detail;
  std::size_t left = 0;  // bytes after the end
};

template <class Parser>
void step_on(Parser& parser, std::string_view piece, reply& out) {
  for (;;) {
    const auto step = parser.next(piece);
    if (step.has_error()) {
      out.fault = step.error().code();
      out.detail = step.error().detail();
      return;
    }
    if (step.value() == http1_step::need_more) {
      CHECK(piece.empty());
      return;
    }
    if (step.value() == http1_step::body) {
      CHECK_FALSE(parser.body().empty());
      out.body.append(parser.body());
    }
    if (step.value() == http1_step::head) {
      out.server = parser.headers().find("server").value_or("");
      out.close_delimited = parser.close_delimited();
      out.length = parser.content_length();
      CHECK_FALSE(parser.keep_alive());
    }
    if (step.value() != http1_step::end) continue;
    out.complete = true;
    out.keep_alive = parser.keep_alive();
    out.left += piece.size();
    return;
  }
}

reply read(std::string_view input, const cutting& cut = {}, std::string_view method = "POST", const limits& bounds = {},
           bool closes = false) {
  response_parser parser{bounds};
  parser.begin(method);
  reply out;
  feed(input, cut, [&](std::string_view piece) {
    step_on(parser, piece, out);
    return out.fault == errc::none;
  });
  if (closes && out.fault == errc::none) {
    const auto step = parser.finish();
    if (step.has_error()) {
      out.fault = step.error().code();
      out.detail = step.error().detail();
    } else {
      CHECK(step.value() == http1_step::end);
      out.complete = true;
      out.keep_alive = parser.keep_alive();
    }
  }
  out.status = parser.status();
  return out;
}

}  // namespace

TEST_CASE("http1 responses: bodies, framing and what becomes of the connection, however the bytes are cut") {
  struct row {
    std::string input, method;
    int status;
    std::string body;
    bool keep_alive;
  };
  const std::vector<row> rows{
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "POST", 200, "hello", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "POST", 200, "", true},
      {"HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello", "POST", 200, "hello", true},
      {"HTTP/1.1 200 \r\nCONTENT-LENGTH:\t 005 \t\r\n\r\nhello", "POST", 200, "hello", true},
      {"\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "POST", 200, "x", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello", "POST", 200, "hello", true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi", false},
      {"HTTP/1.1 200 OK\r\nConnection: close, x-y\r\nConnection: z\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi",
       false},
      {"HTTP/1.1 200 OK\r\nConnection: x-y, Close\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi", false},
      {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi", true},
      {"HTTP/1.9 200 OK\r\nContent-Length: 2\r\n\r\nhi", "POST", 200, "hi", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", 200, "", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD", 200, "", true},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "POST", 204, "", true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "POST", 304, "", true},
      {"HTTP/1.1 200 Connection established\r\nTransfer-Encoding: chunked\r\n\r\n", "CONNECT", 200, "", true},
      {"HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno", "CONNECT", 407, "no", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST", 200, "hello", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n00005\r\nhello\r\n1\r\n!\r\n000\r\n\r\n", "POST", 200,
       "hello!", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: , chunked,\r\n\r\nA\r\n0123456789\r\n0;x\r\n\r\n", "POST", 200,
       "0123456789", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b;c=\"d;\\\"e\" ; f\r\nabc\r\n0\r\nX-Sum: "
       "1\r\nY:\r\n\r\n",
       "POST", 200, "abc", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000000003\r\nabc\r\n0\r\n\r\n", "POST", 200,
       "abc", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST", 200,
       "hello", false},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "POST",
       200, "x", false},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 "
       "OK\r\n"
       "Content-Length: 2\r\n\r\nhi",
       "POST", 200, "hi", true},
      {"HTTP/1.1 500 \xC3\xA4rger\r\nX: \xff\xfe\r\nContent-Length: 1\r\n\r\n!", "POST", 500, "!", true},
      {"HTTP/1.1 999 ?\r\nContent-Length: 1\r\n\r\n!", "POST", 999, "!", true},
  };
  for (const row& r : rows) {
    for (const cutting& cut : cuttings({}, 7)) {
      INFO(r.input << " (" << cut.name << ")");
      const auto got = read(r.input, cut, r.method);
      CHECK(got.detail == "");
      CHECK(got.complete);
      CHECK(got.status == r.status);
      CHECK(got.body == r.body);
      CHECK(got.keep_alive == r.keep_alive);
      CHECK(got.left == 0);
    }
  }
}

TEST_CASE("http1: a chunk size that is cut is one size, whatever its second half would be alone") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "15\r\nabcde\r\n10\r\n0123456789\r\n0\r\n\r\n";  // 21 bytes, which look like chunks
  const std::string whole = head + body.substr(0, 4) + body.substr(4, 21) + "\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    INFO(cut);
    const auto got = read(whole, {"", {cut + 1, whole.size()}});
    CHECK(got.detail == "");
    CHECK(got.body == body.substr(4, 21));
    CHECK(got.complete);
  }
}

TEST_CASE("http1 responses: a body that lasts until the peer closes") {
  for (std::string_view framing : {"", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, identity\r\n",
                                   "Transfer-Encoding: chunkedchunked\r\n", "Connection: keep-alive\r\n"}) {
    for (const cutting& cut : cuttings({}, 8)) {
      INFO(framing << " (" << cut.name << ")");
      const auto input = "HTTP/1.1 200 OK\r\n" + std::string{framing} + "\r\nsome\r\nbytes";
      CHECK_FALSE(read(input, cut).complete);
      const auto got = read(input, cut, "POST", {}, true);
      CHECK(got.complete);
      CHECK(got.close_delimited);
      CHECK(got.body == "some\r\nbytes");
      CHECK_FALSE(got.keep_alive);
    }
  }
}

TEST_CASE("http1 responses: what is refused, and the reason given") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"<html>", "unexpected bytes: '<html>'"},
      {"HTTP/2", "unexpected bytes"},
      {"HTTP/2.0 200 OK\r\n", "expected HTTP/1.x"},
      {"HTTP/0.9 200 OK\r\n", "expected HTTP/1.x"},
      {"HTTP/1.10 200 OK\r\n", "expected HTTP/1.x"},
      {"HTTP/1. 200 OK\r\n", "expected HTTP/1.x"},
      {"http/1.1 200 OK\r\n", ""},
      {"HTTP/1.1\t200 OK\r\n", "expected HTTP/1.x"},
      {"HTTP/1.1\r\n", "three digits"},
      {"HTTP/1.1 \r\n", "three digits"},
      {"HTTP/1.1 20 OK\r\n", "three digits"},
      {"HTTP/1.1 2000 OK\r\n", "three digits"},
      {"HTTP/1.1 099 OK\r\n", "three digits"},
      {"HTTP/1.1 -20 OK\r\n", "three digits"},
      {"HTTP/1.1  200 OK\r\n", "three digits"},
      {"HTTP/1.1 99999999999999999999999999999999999999999999 OK\r\n", "…"},
      {"HTTP/1.1 200 O\x01K\r\n", "control character in the reason"},
      {"HTTP/1.1 200 OK\n", "LF alone"},
      {"\n", "LF alone"},
      {"\r\n\r\n", "empty lines"},
      {"\rHTTP/1.1 200 OK\r\n", ""},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", "101"},
      {ok + " Folded: x\r\n", "folded"},
      {ok + "A: 1\r\n\tfolded\r\n", "folded"},
      {ok + " ", ""},
      {ok + "no colon here\r\n", "not a token"},
      {ok + "nocolon\r\n", "without a colon"},
      {ok + ": empty\r\n", "not a token"},
      {ok + "Name : x\r\n", "not a token"},
      {ok + "N\xC3\xA4me: x\r\n", "not a token"},
      {ok + "A: b\rc\r\n", "control character"},
      {ok + "A: b\0c\r\n"s, "control character in the value of 'A'"},
      {ok + "A: b\x7f\r\n", "control character"},
      {ok + "A: b\n", "LF alone"},
      {ok + "A: b\r\r\n", "control character"},
      {ok + "Content-Length: 1, 2\r\n", "two different"},
      {ok + "Content-Length: 1\r\nContent-Length: 2\r\n", "two different"},
      {ok + "Content-Length: -1\r\n", "not a number"},
      {ok + "Content-Length: +1\r\n", "not a number"},
      {ok + "Content-Length: 0x10\r\n", "not a number"},
      {ok + "Content-Length: 1 2\r\n", "not a number"},
      {ok + "Content-Length:\r\n", "not a number"},
      {ok + "Content-Length: 1,\r\n", "not a number"},
      {ok + "Content-Length: 18446744073709551616\r\n", "not a number"},
      {ok + "Transfer-Encoding:\r\n", "without a coding"},
      {ok + "Transfer-Encoding: chunked, chunked\r\n", "chunked twice"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "beside chunked"},
      {chunked + "\r\n", "not hexadecimal"},
      {chunked + "x\r\n", "not hexadecimal"},
      {chunked + "-5\r\n", "not hexadecimal"},
      {chunked + "0x5\r\n", "garbage after a chunk size"},
      {chunked + "5 \r\nhello", "garbage after a chunk size"},
      {chunked + "5;\r\n", "garbage after a chunk size"},
      {chunked + "5;a=\r\n", "garbage after a chunk size"},
      {chunked + "5;a=\"b\r\n", "garbage after a chunk size"},
      {chunked + "5;a\x01\r\n", "garbage after a chunk size"},
      {chunked + "5\n", "LF alone"},
      {chunked + "10000000000000000\r\n", "beyond 64 bits"},
      {chunked + "fffffffffffffffff\r\n", "beyond 64 bits"},
      {chunked + "1\r\nab\r\n", "longer than its size"},
      {chunked + "1\r\na\rb", "longer than its size"},
      {chunked + "0\r\nBad Trailer: x\r\n", "not a token"},
      {chunked + "0\r\n x\r\n", "folded"},
  };
  for (const auto& [input, reason] : rows) {
    for (const cutting& cut : cuttings({}, 9)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut);
      CHECK(got.fault == errc::protocol_error);
      CHECK_FALSE(got.complete);
      if (cut.sizes.empty()) CHECK(contains(got.detail, reason));
    }
  }
}

TEST_CASE("http1: an error says where, and stays until begin") {
  response_parser parser;
  parser.begin("GET");
  std::string_view input{"HTTP/1.1 200 OK\r\nA: 1\r\nB\x01: 2\r\n\r\n"};
  const auto first = parser.next(input);
  REQUIRE(first.has_error());
  CHECK(std::string{first.error().detail()}.starts_with("response header 2: "));
  CHECK(parser.next(input).has_error());
  CHECK(parser.finish().has_error());
  CHECK_FALSE(parser.keep_alive());
  parser.begin("GET");
  input = "HTTP/1.1 204 OK\r\n\r\n";
  CHECK(parser.next(input).value() == http1_step::head);
  CHECK(parser.headers().empty());
  CHECK(parser.next(input).value() == http1_step::end);
}

TEST_CASE("http1 responses: the peer closes early") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "before it began"},
      {"HTT", "inside the head"},
      {"HTTP/1.1 200 OK\r\n", "inside the head"},
      {"HTTP/1.1 200 OK\r\nContent-Le", "inside the head"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "inside the head"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "2 of 5 bytes missing"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "before the last chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "before the last chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r", "before the last chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "before the last chunk"},
  };
  for (const auto& [input, reason] : rows) {
    for (const cutting& cut : cuttings({}, 10)) {
      INFO(input << " (" << cut.name << ")");
      const auto got = read(input, cut, "POST", {}, true);
      CHECK(got.fault == errc::connection_closed);
      CHECK(contains(got.detail, reason));
    }
  }
  CHECK(read("HTTP/1.1 204 OK\r\n\r\n", {}, "POST", {}, true).complete);
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", {}, "POST", {}, true).complete);
}

TEST_CASE("http1: every limit holds at its value and fails one beyond") {
  struct row {
    std::string what;
    limits bounds;
    std::string fits, beyond;
  };
  const auto with = [](std::size_t limits::*which, std::size_t value) {
    limits bounds;
    bounds.*which = value;
    return bounds;
  };
  const std::string start = "HTTP/1.1 204 OK\r\n";  // 17 bytes
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string interim = "HTTP/1.1 100 Go\r\n\r\n";
  const std::vector<row> rows{
      {"header_line", with(&limits::header_line, 20), start + "Name: " + std::string(14, 'v') + "\r\n\r\n",
       start + "Name: " + std::string(15, 'v') + "\r\n\r\n"},
      {"header_line of a status", with(&limits::header_line, 20), "HTTP/1.1 204 " + std::string(7, 'r') + "\r\n\r\n",
       "HTTP/1.1 204 " + std::string(8, 'r') + "\r\n\r\n"},
      {"header_line without end", with(&limits::header_line, 20), start + "\r\n",
       start + "Name: " + std::string(16, 'v')},
      {"header_block", with(&limits::header_block, 31), start + "A: 1\r\nB: 2\r\n\r\n",
       start + "A: 1\r\nB: 22\r\n\r\n"},
      {"header_block without end", with(&limits::header_block, 31), start + "A: 1\r\nB: 2\r\n\r\n",
       start + "A: 1\r\nB: 2222222"},
      {"header_count", with(&limits::header_count, 2), start + "A: 1\r\nB: 2\r\n\r\n",
       start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n"},
      {"interim_responses", with(&limits::interim_responses, 2), interim + interim + start + "\r\n",
       interim + interim + interim + start + "\r\n"},
      {"chunk_extension", with(&limits::chunk_extension, 6), chunked + "1;abcd\r\nx\r\n0\r\n\r\n",
       chunked + "1;abcde\r\nx\r\n0\r\n\r\n"},
      {"trailer_block", with(&limits::trailer_block, 12), chunked + "0\r\nA: 1\r\nB: 2\r\n\r\n",
       chunked + "0\r\nA: 1\r\nB: 22\r\n\r\n"},
      {"body by Content-Length", with(&limits::body, 3), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
       "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"},
      {"body in chunks", with(&limits::body, 3), chunked + "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
       chunked + "1\r\na\r\n3\r\nbcd\r\n0\r\n\r\n"},
      {"body of a huge chunk", with(&limits::body, 3), chunked + "3\r\nabc\r\n0\r\n\r\n",
       chunked + "ffffffffffffffff\r\n"},
  };
  for (const row& r : rows) {
    for (const cutting& cut : cuttings({}, 11)) {
      INFO(r.what << " (" << cut.name << ")");
      const auto fits = read(r.fits, cut, "GET", r.bounds);
      CHECK(fits.detail == "");
      CHECK(fits.complete);
      const auto beyond = read(r.beyond, cut, "GET", r.bounds);
      CHECK(beyond.fault == errc::limit_exceeded);
      CHECK_FALSE(beyond.complete);
    }
  }
  const auto bounds = with(&limits::body, 3);
  CHECK(read("HTTP/1.1 200 OK\r\n\r\nabc", {}, "GET", bounds, true).complete);
  for (const cutting& cut : cuttings({}, 12)) {
    CHECK(read("HTTP/1.1 200 OK\r\n\r\nabcd", cut, "GET", bounds).fault == errc::limit_exceeded);
  }
}

TEST_CASE("http1 responses: the body is a view into the input") {
  response_parser parser;
  parser.begin("GET");
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  std::string_view input{text};
  CHECK(parser.next(input).value() == http1_step::head);
  CHECK(parser.next(input).value() == http1_step::body);
  CHECK(parser.body().data() == text.data() + text.find("hello"));
  CHECK(input.starts_with("6\r\n"));  // the chunk's CRLF went with it
  CHECK(parser.next(input).value() == http1_step::body);
  CHECK(parser.body() == " world");
  CHECK(parser.next(input).value() == http1_step::end);
  CHECK(parser.next(input).value() == http1_step::end);
}

TEST_CASE("http1 responses: one parser, many messages; bytes after the end stay in the input") {
  response_parser parser;
  const std::string text =
      "HTTP/1.1 200 OK\r\nServer: one\r\nContent-Length: 1\r\n\r\na"
      "HTTP/1.1 404 Not Found\r\nServer: two\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\nHTTP/";
  std::string_view input{text};
  std::string seen;
  for (int i = 0; i < 2; ++i) {
    parser.begin("GET");
    CHECK_FALSE(parser.started());
    for (auto step = parser.next(input).value(); step != http1_step::end; step = parser.next(input).value()) {
      CHECK(parser.started());
      if (step == http1_step::body) seen.append(parser.body());
    }
    CHECK(parser.keep_alive());
    CHECK(parser.headers().size() == 2);
    CHECK(parser.headers().find("server") == (i == 0 ? "one" : "two"));
    CHECK(parser.content_length().has_value() == (i == 0));
  }
  CHECK(seen == "ab");
  CHECK(input == "HTTP/");
}

TEST_CASE("http1 responses: a head is read the same whatever head came before it") {
  const auto long_value = std::string(40, 'v');
  const std::vector<std::string> lines{
      "server: one\r\nx-count: 10\r\nx-long-name-of-a-header: 7\r\n",
      "server: two\r\nx-count: 9999999\r\nx-long-name-of-a-header: 7\r\n",
      "server: " + long_value + "\r\nx-count: 1\r\nx-long-name-of-a-header: " + long_value + "\r\n",
      "server: one\r\nx-count: 10\r\n",
      "x-count: 10\r\nserver: one\r\n",
      "Server: one\r\nX-Count: 10\r\nX-long-name-of-a-header: 7\r\n",
      "server:one\r\nx-count:10\r\nx-long-name-of-a-header:\r\n",
      "server:\r\nx-count: \r\nx-long-name-of-a-header: \t \r\n",
      "server:   one  \r\nx-count: 1 0 \r\nx-long-name-of-a-header: 7\t\r\n",
      "server:\tone\r\nx-count: 10\r\n",
      "server: one\r\nx-counter: 10\r\nx-long-name-of-a-headers: 7\r\nmore: 1\r\n",
      "server : one\r\n",
      "server\r\n",
      "server: o\001e\r\n",
      "server: one\nx-count: 10\r\n",
      "server: one\r\n x-count: 10\r\n",
      "server: one\r\nx-count: 1\r0\r\n",
      "",
  };
  const auto read = [](response_parser& parser, const std::string& fields) {
    const auto message = "HTTP/1.1 200 OK\r\n" + fields + "content-length: 0\r\n\r\n";
    std::string_view input{message};
    std::string seen;
    parser.begin("GET");
    for (auto step = parser.next(input);; step = parser.next(input)) {
      if (!step) return seen + std::string{step.error().detail()};
      if (step.value() == http1_step::end) return seen;
      REQUIRE(step.value() == http1_step::head);
      for (const auto field : parser.headers()) seen.append(field.name).append("=").append(field.value).append(";");
    }
  };
  for (const auto& before : lines)
    for (const auto& fields : lines) {
      response_parser fresh{{}}, used{{}};
      read(used, lines[0]);
      read(used, before);
      CAPTURE(before, fields);
      CHECK(read(used, fields) == read(fresh, fields));
      CHECK(read(used, fields) == read(fresh, fields));  // after itself
    }
}

TEST_CASE("http1 responses: interim statuses can be seen, their headers do not leak") {
  response_parser parser;
  parser.begin("GET");
  std::string_view input{
      "HTTP/1.1 103 Hints\r\nLink: x\r\nContent-Length: 7\r\nConnection: close\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz"};
  CHECK(parser.next(input).value() == http1_step::head);
  REQUIRE(parser.interim().size() == 1);
  CHECK(parser.interim()[0] == 103);
  CHECK_FALSE(parser.headers().find("link"));
  CHECK(parser.content_length() == 1);
  CHECK(parser.next(input).value() == http1_step::body);
  CHECK(parser.next(input).value() == http1_step::end);
  CHECK(parser.keep_alive());
}

TEST_CASE("http1: the version is that of the response itself, not of the interim one before it") {
  response_parser parser;
  parser.begin("GET");
  std::string_view input{"HTTP/1.0 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
  CHECK(parser.next(input).value() == http1_step::head);
  CHECK(parser.minor_version() == 1);
  CHECK(parser.next(input).value() == http1_step::end);
  CHECK(parser.keep_alive());
}

TEST_CASE("http1 requests: method, target, headers and body") {
  const std::string text =
      "POST /v1/chat?x=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"
      "\r\nGET / HTTP/1.0\r\n\r\n";
  for (const cutting& cut : cuttings({}, 13)) {
    INFO(cut.name);
    request_parser parser;
    parser.begin();
    reply got;
    std::vector<std::string> seen;
    feed(text, cut, [&](std::string_view piece) {
      while (!piece.empty() && got.fault == errc::none) {
        got.complete = false;
        got.left = 0;
        const auto size = piece.size();
        step_on(parser, piece, got);
        if (!got.complete) break;
        seen.push_back(std::string{parser.method()} + " " + std::string{parser.target()} + " " + got.body +
                       (parser.keep_alive() ? " keep" : " close"));
        piece = piece.substr(size - got.left);
        got.body.clear();
        parser.begin();
      }
      return true;
    });
    CHECK(got.detail == "");
    CHECK(seen == std::vector<std::string>{"POST /v1/chat?x=1 body keep", "GET /  close"});
  }
}

TEST_CASE("http1 requests: what is refused") {
  for (const std::string& input : std::vector<std::string>{
           "GET / HTTP/2.0\r\n", "GET /\r\n", "GET  HTTP/1.1\r\n", "GET / x HTTP/1.1\r\n", "GE T / HTTP/1.1\r\n",
           "(GET) / HTTP/1.1\r\n", "GET /\x01 HTTP/1.1\r\n", "GET /\tx HTTP/1.1\r\n", "{\"a\"", "GET / HTTP/1.1\n",
           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
           "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    for (const cutting& cut : cuttings({}, 14)) {
      INFO(input << " (" << cut.name << ")");
      request_parser parser;
      parser.begin();
      reply got;
      feed(input, cut, [&](std::string_view piece) {
        step_on(parser, piece, got);
        return got.fault == errc::none;
      });
      CHECK(got.fault == errc::protocol_error);
    }
  }
}
