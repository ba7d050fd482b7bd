// What RFC 9113 calls an error of the connection, by the name that the client says farewell with.

#include "catch.hpp"
#include "nghttp2_hpack.hpp"

#include "http2_conversation.hpp"

#include <string>
#include <vector>

namespace cohedge::tests {
namespace {

using namespace http2_bytes;

struct breach {
  std::string what;
  std::string bytes;
  std::string name;
  std::uint32_t code;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

TEST_CASE("what is against the protocol is answered by its name, and ends the connection", "[net][http2]") {
  const std::string eight(8, 'x');
  const std::vector<breach> all{
      {"content of no stream", frame(data, none, 0, "x"), "PROTOCOL_ERROR", 1},
      {"content of a stream that nobody began", frame(data, none, 3, "x"), "PROTOCOL_ERROR", 1},
      {"a stream of the server's", frame(headers, end_headers, 2, status_200), "PROTOCOL_ERROR", 1},
      {"a head of no stream", frame(headers, end_headers, 0, status_200), "PROTOCOL_ERROR", 1},
      {"padding that is longer than its frame", frame(headers, end_headers | padded, 1, "\7" + status_200), "PROTOCOL_ERROR", 1},
      {"the same with content", frame(data, padded, 1, "\7abc"), "PROTOCOL_ERROR", 1},
      {"a priority that is cut off", frame(headers, end_headers | with_priority, 1, "1234"), "FRAME_SIZE_ERROR", 6},
      {"a push", frame(push_promise, end_headers, 1, number32(2) + status_200), "PROTOCOL_ERROR", 1},
      {"a block's end without its beginning", frame(continuation, end_headers, 1, status_200), "PROTOCOL_ERROR", 1},
      {"something within a block", frame(headers, none, 1, status_200) + frame(ping, none, 0, eight), "PROTOCOL_ERROR", 1},
      {"another stream's block within a block",
       frame(headers, none, 1, status_200) + frame(continuation, end_headers, 3, "x"), "PROTOCOL_ERROR", 1},
      {"a block that cannot be read", frame(headers, end_headers, 1, "\x80"), "COMPRESSION_ERROR", 9},
      {"a reset of no stream", frame(rst_stream, none, 0, number32(0)), "PROTOCOL_ERROR", 1},
      {"a reset of a stream that nobody began", frame(rst_stream, none, 5, number32(0)), "PROTOCOL_ERROR", 1},
      {"a reset of five bytes", frame(rst_stream, none, 1, "12345"), "FRAME_SIZE_ERROR", 6},
      {"settings of a stream", frame(settings, none, 1), "PROTOCOL_ERROR", 1},
      {"a setting that is cut off", frame(settings, none, 0, "12345"), "FRAME_SIZE_ERROR", 6},
      {"an acknowledgement that says something", frame(settings, ack, 0, setting(3, 1)), "FRAME_SIZE_ERROR", 6},
      {"a server that wants pushes", frame(settings, none, 0, setting(2, 1)), "PROTOCOL_ERROR", 1},
      {"a window that is too large", frame(settings, none, 0, setting(4, 0x80000000)), "FLOW_CONTROL_ERROR", 3},
      {"frames that are too small", frame(settings, none, 0, setting(5, 16'383)), "PROTOCOL_ERROR", 1},
      {"frames that are too large", frame(settings, none, 0, setting(5, 1 << 24)), "PROTOCOL_ERROR", 1},
      {"windows that grow too large at once",
       frame(window_update, none, 1, number32(0x7fff0000)) + frame(settings, none, 0, setting(4, 0x7fffffff)),
       "FLOW_CONTROL_ERROR", 3},
      {"settings without end", frame(settings, none, 0, repeated(setting(4, 1), 33)), "ENHANCE_YOUR_CALM", 11},
      {"a ping of a stream", frame(ping, none, 1, eight), "PROTOCOL_ERROR", 1},
      {"a short ping", frame(ping, none, 0, "1234567"), "FRAME_SIZE_ERROR", 6},
      {"a farewell of a stream", frame(goaway, none, 1, eight), "PROTOCOL_ERROR", 1},
      {"a short farewell", frame(goaway, none, 0, "1234567"), "FRAME_SIZE_ERROR", 6},
      {"a farewell that takes back the one before",
       frame(goaway, none, 0, number32(1) + number32(0)) + frame(goaway, none, 0, number32(3) + number32(0)),
       "PROTOCOL_ERROR", 1},
      {"a window that grows by nothing", frame(window_update, none, 0, number32(0)), "PROTOCOL_ERROR", 1},
      {"a window that grows too large", frame(window_update, none, 0, number32(0x7fffffff)), "FLOW_CONTROL_ERROR", 3},
      {"a window of a stream that nobody began", frame(window_update, none, 7, number32(1)), "PROTOCOL_ERROR", 1},
      {"a window of three bytes", frame(window_update, none, 0, "123"), "FRAME_SIZE_ERROR", 6},
      {"a frame that is too large", frame(data, none, 1, std::string(16'385, 'x')), "FRAME_SIZE_ERROR", 6},
      {"HTTP/1.1", "HTTP/1.1 400 Bad Request\r\n\r\n", "FRAME_SIZE_ERROR", 6},
  };
  for (const auto& each : all) {
    INFO(each.what);
    conversation talk;
    static_cast<void>(talk.said());
    CHECK(talk.hear(each.bytes));
    CHECK_FALSE(talk.session().over());  // the farewell is still to be said
    CHECK(talk.said().ends_with(frame(goaway, none, 0, number32(0) + number32(each.code))));
    CHECK(talk.session().over());
    CHECK(talk.session().why_over().code() == errc::protocol_error);
    CHECK(talk.session().why_over().detail().find(each.name) != std::string_view::npos);
    CHECK_FALSE(talk.session().takes_requests());
    REQUIRE(talk.response.failure);  // at once, for the farewell may never leave
    CHECK(talk.response.failure->code() == errc::protocol_error);
    CHECK_FALSE(talk.response.not_processed);
    CHECK(talk.hear(frame(headers, end_headers | end_stream, 1, status_200)));  // nothing is heard any more
    CHECK_FALSE(talk.response.ended);
  }
}

TEST_CASE("a request that had not left when the peer broke the protocol may be sent again", "[net][http2]") {
  conversation talk;
  http2_response second;
  CHECK(talk.open(second, ""));
  CHECK(talk.hear(frame(push_promise, end_headers, 1, number32(2))));
  REQUIRE(second.failure);
  CHECK(second.not_processed);
  REQUIRE(talk.response.failure);
  CHECK_FALSE(talk.response.not_processed);
  talk.session().forget(second);
}

TEST_CASE("who has answered has processed: no refusal after the head is a proof", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  SECTION("a refused stream") { CHECK(talk.hear(frame(rst_stream, none, 1, number32(7)))); }
  SECTION("a farewell") { CHECK(talk.hear(frame(goaway, none, 0, number32(0) + number32(0)))); }
  REQUIRE(talk.response.failure);
  CHECK_FALSE(talk.response.not_processed);
}

TEST_CASE("a block that nobody waits for any more still fills the table", "[net][http2]") {
  conversation talk;
  http2_response second;
  CHECK(talk.open(second, ""));
  static_cast<void>(talk.said());
  const std::string remembered = "\x40\x01" "a" "\x01" "b";
  CHECK(talk.hear(frame(headers, none, 1, status_200 + remembered.substr(0, 3))));
  talk.session().forget(talk.response);
  CHECK(talk.hear(frame(continuation, end_headers, 1, remembered.substr(3))));
  CHECK(talk.hear(frame(headers, end_headers | end_stream, 3, status_200 + "\xbe")));  // the newest one
  CHECK(second.headers.find("a") == "b");
  CHECK(second.ended);
  talk.session().forget(second);
}

TEST_CASE("content after the end is refused, and takes nothing from the answer", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  const std::string body(100'000, 'x');
  http2_response second;
  CHECK(talk.open(second, body));
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(headers, end_headers, 3, status_200) + frame(data, end_stream, 3, "all")));
  SECTION("content") { CHECK(talk.hear(frame(data, none, 3, "more"))); }
  SECTION("fields") { CHECK(talk.hear(frame(headers, end_headers | end_stream, 3, status_200))); }
  CHECK(talk.said().find(frame(rst_stream, none, 3, number32(5))) != std::string::npos);
  CHECK(second.ended);
  CHECK_FALSE(second.failure);
  CHECK(second.arrived == "all");
  talk.session().forget(second);
}

TEST_CASE("what a stream's error is leaves the others alone", "[net][http2]") {
  const std::vector<breach> all{
      {"a window that grows by nothing", frame(window_update, none, 1, number32(0)), "", 1},
      {"a window that grows too large", frame(window_update, none, 1, number32(0x7fffffff)), "", 3},
      {"content before the head", frame(data, none, 1, "x"), "", 1},
      {"an empty end before the head", frame(data, end_stream, 1), "", 1},
      {"capitals in a name", frame(headers, end_headers, 1, status_200 + field("Via", "x")), "", 1},
      {"trailers that are not the end", frame(headers, end_headers, 1, status_200) + frame(headers, end_headers, 1, field("a", "b")), "", 1},
  };
  for (const auto& each : all) {
    INFO(each.what);
    conversation talk;
    http2_response second;
    CHECK(talk.open(second, ""));
    static_cast<void>(talk.said());
    CHECK(talk.hear(each.bytes));
    CHECK(talk.said().find(frame(rst_stream, none, 1, number32(each.code))) != std::string::npos);
    REQUIRE(talk.response.failure);
    CHECK(talk.response.failure->code() == errc::protocol_error);
    CHECK_FALSE(talk.response.not_processed);
    CHECK(talk.hear(frame(headers, end_headers, 1, field("x", "y"))));  // what was on its way is read and dropped
    CHECK(talk.hear(frame(headers, end_headers | end_stream, 3, status_200)));
    CHECK(second.ended);
    talk.session().forget(second);
  }
}

TEST_CASE("the first that a server says are its settings", "[net][http2]") {
  http2_session session{limits{}};
  std::string out;
  CHECK_FALSE(session.greeted());
  CHECK(session.most_streams() == 1);
  SECTION("something else") { CHECK(session.receive(frame(ping, none, 0, "12345678"))); }
  SECTION("their acknowledgement") { CHECK(session.receive(frame(settings, ack, 0))); }
  CHECK_FALSE(session.greeted());
  CHECK(session.collect(out, 1 << 20));
  CHECK(session.over());
}

TEST_CASE("frames of types and settings that nobody knows change nothing", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(static_cast<type>(77), 0xff, 1, "whatever") + frame(settings, none, 0, setting(0xf000, 7)) +
                  frame(priority, none, 1, "12345")));
  CHECK(talk.hear(frame(headers, end_headers | end_stream | padded | with_priority, 1, "\3" "12345" + status_200 + "xyz")));
  CHECK(talk.response.ended);
  CHECK(talk.response.status == 200);
}

TEST_CASE("a ping is answered with what it brought", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(ping, none, 0, "12345678")));
  CHECK(talk.said().find(frame(ping, ack, 0, "12345678")) != std::string::npos);
  talk.session().ping();
  CHECK(talk.said().size() == 17);
  CHECK(talk.session().pings_answered() == 0);
  CHECK(talk.hear(frame(ping, ack, 0, "cohedge?")));
  CHECK(talk.session().pings_answered() == 1);
}

TEST_CASE("a peer that asks and never reads is left", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  std::string why;
  int asked = 0;
  for (; asked < 10'000 && why.empty(); ++asked)  // content between them, so that none of them is idle
    if (const auto heard = talk.hear(frame(ping, none, 0, "12345678") + frame(data, none, 1, "x")); !heard)
      why = heard.error().detail();
  CHECK(why.find("floods") != std::string::npos);
  CHECK(asked > 3'000);  // 64 kB of answers
}

TEST_CASE("heads that somebody waits for are not idle frames", "[net][http2]") {
  limits bounds;
  bounds.http2_idle_frames = 5;
  conversation talk{bounds};
  std::vector<http2_response> others(10);
  for (auto& each : others) CHECK(talk.open(each, ""));
  static_cast<void>(talk.said());
  for (std::uint32_t id = 3; id <= 21; id += 2) CHECK(talk.hear(frame(headers, end_headers | end_stream, id, status_200)));
  for (auto& each : others) {
    CHECK(each.ended);
    talk.session().forget(each);
  }
}

TEST_CASE("a head that does not fit a frame goes on in others, and the peer's table bounds ours", "[net][http2]") {
  const net::destination to{net::origin{true, "a.test", 443}};
  const std::string large(40'000, 'v');
  const std::vector<wire::header> fields{{"X-Large", large}, {"Authorization", "Bearer s3cret"}};
  const auto head = std::move(net::request_head::make(to, "POST", "/x", fields)).value();
  http2_session session{limits{}};
  REQUIRE(session.receive(frame(settings, none, 0, setting(1, 100))));
  nghttp2_inflater theirs;
  for (const std::uint32_t id : {1u, 3u, 5u}) {
    http2_response response;
    REQUIRE(session.open(response, head, "body"));
    std::string out, block;
    REQUIRE(session.collect(out, 1 << 20));
    out.erase(0, out.find(number32(id)) - 5);
    for (bool last = false; !last;) {
      const std::size_t size = static_cast<unsigned char>(out[0]) << 16 | static_cast<unsigned char>(out[1]) << 8 | static_cast<unsigned char>(out[2]);
      CHECK(out[3] == (block.empty() ? headers : continuation));
      CHECK(size <= 16'384);
      last = (out[4] & end_headers) != 0;
      block += out.substr(9, size);
      out.erase(0, 9 + size);
    }
    CHECK(out == frame(data, end_stream, id, "body"));
    CHECK((block[0] == '\x3f') == (id == 1));  // the table's size, once
    const auto read = theirs.read(block);
    REQUIRE(read);
    CHECK(*read == hpack_fields{{":method", "POST"}, {":scheme", "https"}, {":authority", "a.test"}, {":path", "/x"},
                                {"x-large", large}, {"authorization", "Bearer s3cret"}, {"content-length", "4"}});
    session.forget(response);
  }
}

}  // namespace
}  // namespace cohedge::tests
