// The client's HTTP/2 as a machine, against a server that is nothing but bytes: what RFC 9113 allows, and what a hostile
// peer tries.

#include "catch.hpp"

#include "http2_conversation.hpp"

#include <string>
#include <string_view>

namespace cohedge::tests {
namespace {

using namespace http2_bytes;

TEST_CASE("a response in frames", "[net][http2]") {
  conversation talk;
  CHECK(talk.session().next_changed() == nullptr);
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200 + field("x-request-id", "7"))));
  CHECK(talk.response.head_complete);
  CHECK(talk.response.status == 200);
  CHECK(talk.response.headers.find("X-Request-Id") == "7");
  CHECK(talk.session().next_changed() == &talk.response);
  CHECK(talk.session().next_changed() == nullptr);
  CHECK(talk.hear(frame(data, none, 1, "hel")));
  CHECK(talk.hear(frame(data, end_stream, 1, "lo")));
  CHECK(talk.response.arrived == "hello");
  CHECK(talk.response.ended);
  CHECK_FALSE(talk.response.failure);
}

TEST_CASE("interim responses and trailers are not the response", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, field(":status", "103") + field("link", "a"))));
  CHECK_FALSE(talk.response.head_complete);
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200 + field("a", "1"))));
  CHECK(talk.hear(frame(headers, end_headers | end_stream, 1, field("b", "2"))));
  CHECK(talk.response.ended);
  CHECK(talk.response.status == 200);
  CHECK(talk.response.headers.size() == 1);
}

TEST_CASE("cut at every byte the same comes out", "[net][http2]") {
  const auto whole = frame(headers, end_headers, 1, status_200 + field("a", "1")) + frame(data, none, 1, "he") +
                     frame(ping, none, 0, "12345678") + frame(data, end_stream, 1, "llo");
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    conversation talk;
    CHECK(talk.hear(std::string_view{whole}.substr(0, cut)));
    CHECK(talk.hear(std::string_view{whole}.substr(cut)));
    CHECK(talk.response.arrived == "hello");
    CHECK(talk.response.ended);
  }
}

TEST_CASE("what the server has certainly not processed may be sent again", "[net][http2]") {
  conversation talk;
  SECTION("a refused stream") { CHECK(talk.hear(frame(rst_stream, none, 1, number32(7)))); }
  SECTION("a stream above GOAWAY's last one") { CHECK(talk.hear(frame(goaway, none, 0, number32(0) + number32(0)))); }
  REQUIRE(talk.response.failure);
  CHECK(talk.response.not_processed);
}

TEST_CASE("what the server may have processed is never sent again", "[net][http2]") {
  conversation talk;
  SECTION("a reset for another reason") {
    CHECK(talk.hear(frame(rst_stream, none, 1, number32(2))));
    CHECK(talk.response.failure->code() == errc::connection_reset);
    CHECK(talk.response.failure->detail().find("INTERNAL_ERROR") != std::string_view::npos);
  }
  SECTION("the connection's end without a word") {
    talk.session().fail_all(error{errc::connection_closed});
    CHECK(talk.response.failure->code() == errc::connection_closed);
  }
  CHECK_FALSE(talk.response.not_processed);
}

TEST_CASE("GOAWAY lets the streams up to its last one end", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(goaway, none, 0, number32(1) + number32(0))));
  CHECK_FALSE(talk.session().takes_requests());
  CHECK_FALSE(talk.response.failure);
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200) + frame(data, end_stream, 1, "x")));
  CHECK(talk.response.ended);
}

TEST_CASE("a reset without an error after the whole response changes nothing", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200) + frame(data, end_stream, 1, "x")));
  CHECK(talk.hear(frame(rst_stream, none, 1, number32(0))));
  CHECK(talk.response.ended);
  CHECK_FALSE(talk.response.failure);
  CHECK(talk.response.arrived == "x");
}

TEST_CASE("a response that breaks HTTP fails its stream", "[net][http2]") {
  conversation talk;
  SECTION("a length that is not true") {
    CHECK(talk.hear(frame(headers, end_headers, 1, status_200 + field("content-length", "5"))));
    CHECK(talk.hear(frame(data, end_stream, 1, "x")));
  }
  SECTION("no status") { CHECK(talk.hear(frame(headers, end_headers, 1, field("a", "1")))); }
  SECTION("two statuses") { CHECK(talk.hear(frame(headers, end_headers, 1, status_200 + status_200))); }
  SECTION("a status that is no number") { CHECK(talk.hear(frame(headers, end_headers, 1, field(":status", "2x0")))); }
  std::string out;
  CHECK(talk.session().collect(out, 1 << 20));  // the reset takes effect when it is sent
  REQUIRE(talk.response.failure);
  CHECK(talk.response.failure->code() == errc::protocol_error);
}

TEST_CASE("bytes that are not HTTP/2 end the connection", "[net][http2]") {
  conversation talk;
  const auto bytes = GENERATE(as<std::string>{}, "HTTP/1.1 400 Bad Request\r\n\r\n", std::string(64, '\xff'),
                              frame(ping, none, 0, "too short"), frame(settings, none, 1),
                              frame(push_promise, end_headers, 1, number32(2) + status_200),
                              frame(continuation, end_headers, 1, status_200), frame(data, none, 0, "x"), frame(data, none, 1, "content before the head"),
                              frame(headers, end_headers, 1, "\xff\xff\xff\xff\xff\xff"));
  INFO(bytes.size() << " bytes, the fourth " << int{bytes[3]});
  const auto heard = talk.hear(bytes);
  std::string out;
  const auto sent = talk.session().collect(out, 1 << 20);
  CHECK((!heard || !sent || talk.session().over() || talk.response.failure));
  if (heard && !talk.response.failure) CHECK(talk.session().why_over().code() == errc::protocol_error);
}

TEST_CASE("limits on what a server may send", "[net][http2]") {
  limits bounds;
  bounds.header_block = 300;
  bounds.header_count = 4;
  bounds.trailer_block = 100;
  bounds.interim_responses = 2;
  bounds.body = 10;
  conversation talk{bounds};
  const auto head = frame(headers, end_headers, 1, status_200);
  SECTION("header_block") { CHECK(talk.hear(frame(headers, end_headers, 1, status_200 + field("a", std::string(100, 'x')) + field("b", std::string(120, 'x'))))); }
  SECTION("header_count") {
    std::string many = status_200;
    for (char name = 'a'; name < 'g'; ++name) many += field(std::string(1, name), "");
    CHECK(talk.hear(frame(headers, end_headers, 1, many)));
  }
  SECTION("trailer_block") { CHECK(talk.hear(head + frame(headers, end_headers | end_stream, 1, field("a", std::string(100, 'x'))))); }
  SECTION("interim_responses") {
    for (int i = 0; i < 3; ++i) CHECK(talk.hear(frame(headers, end_headers, 1, field(":status", "103"))));
  }
  SECTION("body") { CHECK(talk.hear(head + frame(data, none, 1, "12345") + frame(data, none, 1, "678901"))); }
  REQUIRE(talk.response.failure);
  CHECK(talk.response.failure->code() == errc::limit_exceeded);
  CHECK_FALSE(talk.session().over());  // the other streams go on
}

TEST_CASE("floods end the connection", "[net][http2]") {
  conversation talk;
  SECTION("pings") { CHECK(talk.hear_on_and_on(frame(ping, none, 0, "12345678")) == errc::limit_exceeded); }
  SECTION("settings") { CHECK(talk.hear_on_and_on(frame(settings, none, 0)) == errc::limit_exceeded); }
  SECTION("empty data") {
    CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
    CHECK(talk.hear_on_and_on(frame(data, none, 1)) == errc::limit_exceeded);
  }
  SECTION("data that is nothing but padding") {
    CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
    CHECK(talk.hear_on_and_on(frame(data, padded, 1, std::string(1, '\0'))) == errc::limit_exceeded);
  }
  SECTION("data that nobody waits for") {
    talk.session().forget(talk.response);
    CHECK(talk.hear_on_and_on(frame(data, none, 1, "x")) == errc::limit_exceeded);
  }
  SECTION("resets of streams that are not there") { CHECK(talk.hear_on_and_on(frame(rst_stream, none, 1, number32(8))) != errc::none); }
  SECTION("heads that nobody waits for") {
    talk.session().forget(talk.response);
    CHECK(talk.hear_on_and_on(frame(headers, end_headers, 1, status_200)) == errc::limit_exceeded);
  }
  SECTION("an endless header block") {
    CHECK(talk.hear(frame(headers, none, 1, status_200)));
    CHECK(talk.hear_on_and_on(frame(continuation, none, 1, field("a", "b"))) != errc::none);
  }
}

TEST_CASE("content that comes after as many frames without any as may be is taken", "[net][http2]") {
  limits bounds;
  bounds.http2_idle_frames = 5;
  const bool one_too_many = GENERATE(false, true);
  conversation talk{bounds};
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  for (int i = 0; i < 5; ++i) CHECK(talk.hear(frame(priority, none, 1, "12345")));
  const auto content = frame(data, none, 1, "x");
  CHECK(talk.hear(content.substr(0, 9)));
  CHECK(talk.hear(content.substr(9)));
  for (int i = 0; i < 5; ++i) CHECK(talk.hear(frame(priority, none, 1, "12345")));
  CHECK(talk.hear(frame(one_too_many ? priority : data, none, 1, "12345")).has_value() == !one_too_many);
}

TEST_CASE("a header block in several frames has the limit of one in one", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, none, 1, status_200)));
  const auto part = frame(continuation, none, 1, std::string(16'000, '\0'));
  std::size_t taken = 0;
  result<void> heard = success();
  while (heard && ++taken < 100) heard = talk.hear(part);
  REQUIRE_FALSE(heard);
  CHECK(heard.error().code() == errc::limit_exceeded);
  CHECK(heard.error().detail().starts_with("header_block"));
  CHECK(taken == limits{}.header_block / 16'000 + 1);
}

TEST_CASE("a server may widen its windows bit by bit as long as there is something to send", "[net][http2]") {
  conversation talk;
  const std::string large(16 * 1024 * 1024, 'x');
  http2_response second;
  CHECK(talk.open(second, large));
  std::string out;
  CHECK(talk.session().collect(out, 1 << 20));
  const auto wider = frame(window_update, none, 0, number32(1000)) + frame(window_update, none, 3, number32(1000));
  for (int i = 0; i < 8'000; ++i) {
    REQUIRE(talk.hear(wider));
    REQUIRE(talk.session().collect(out, 1 << 20));
    out.clear();
  }
  talk.session().forget(second);
}

TEST_CASE("a request that is forgotten leaves a reset, and late content for it is dropped", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  talk.session().forget(talk.response);
  CHECK(talk.session().next_changed() == nullptr);
  CHECK(talk.hear(frame(data, none, 1, "late")));
  std::string out;
  CHECK(talk.session().collect(out, 1 << 20));
  CHECK(out.find(frame(rst_stream, none, 1, number32(8))) != std::string::npos);
  CHECK(talk.hear(frame(data, end_stream, 1, "later")));
  CHECK_FALSE(talk.session().over());
}

}  // namespace
}  // namespace cohedge::tests
