// How much is under way at once: windows (RFC 9113 §5.2) and the number of streams (§5.1.2), in both directions.

#include "catch.hpp"

#include "http2_conversation.hpp"

#include <map>
#include <string>

namespace cohedge::tests {
namespace {

using namespace http2_bytes;

/// Bytes of content by stream, and who has ended.
struct content {
  std::map<std::uint32_t, std::size_t> size;
  std::string order;  // of the streams
  std::string ended;
  std::map<std::uint32_t, std::uint32_t> widened;
};

content content_of(std::string_view bytes) {
  const auto number = [&](std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return value;
  };
  content seen;
  while (bytes.size() >= 9) {
    const auto size = number(0, 3), stream = number(5, 4);
    if (bytes[3] == data) {
      seen.size[stream] += size;
      seen.order += std::to_string(stream);
      if (bytes[4] & end_stream) seen.ended += std::to_string(stream);
    }
    if (bytes[3] == window_update) seen.widened[stream] += number(9, 4);
    bytes.remove_prefix(9 + size);
  }
  return seen;
}

TEST_CASE("no more is sent than both windows allow", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  const std::string body(100'000, 'x');
  http2_response second;
  CHECK(talk.open(second, body));
  CHECK(content_of(talk.said()).size[3] == 65'535 - 4);  // the first request has used four of the connection's
  CHECK_FALSE(talk.session().has_output());
  CHECK(talk.hear(frame(window_update, none, 3, number32(10))));
  CHECK_FALSE(talk.session().has_output());
  CHECK(talk.hear(frame(window_update, none, 0, number32(1'000))));
  CHECK(talk.session().has_output());
  CHECK(content_of(talk.said()).size[3] == 14);
  CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20)) + frame(window_update, none, 3, number32(1 << 20))));
  const auto rest = content_of(talk.said());
  CHECK(rest.size.at(3) == 100'000 - (65'535 - 4) - 14);
  CHECK(rest.ended == "3");
  CHECK_FALSE(talk.session().has_output());
  talk.session().forget(second);
}

TEST_CASE("a smaller first window makes that of a stream negative", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20))));
  const std::string body(100'000, 'x');
  http2_response second;
  CHECK(talk.open(second, body));
  CHECK(content_of(talk.said()).size[3] == 65'535);
  CHECK(talk.hear(frame(settings, none, 0, setting(4, 65'000))));  // 535 less than nothing
  CHECK(talk.hear(frame(window_update, none, 3, number32(535))));
  CHECK(content_of(talk.said()).size.empty());
  CHECK(talk.hear(frame(window_update, none, 3, number32(1))));
  CHECK(content_of(talk.said()).size[3] == 1);
  CHECK(talk.hear(frame(settings, none, 0, setting(4, 165'000))));
  CHECK(content_of(talk.said()).ended == "3");
  talk.session().forget(second);
}

TEST_CASE("streams that are over, or not begun, have no window that could grow too large", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(window_update, none, 1, number32(0x7fffffff - 65'535)) +
                  frame(headers, end_headers | end_stream, 1, status_200)));
  SECTION("it is over and still held") {}
  SECTION("another request is to use its memory") {
    talk.session().forget(talk.response);
    talk.response.clear();
    CHECK(talk.open(talk.response, ""));
  }
  CHECK(talk.hear(frame(settings, none, 0, setting(4, 1 << 20))));
  static_cast<void>(talk.said());
  CHECK_FALSE(talk.session().over());
}

TEST_CASE("large bodies take turns", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20))));
  const std::string body(40'000, 'x');
  http2_response second, third;
  CHECK(talk.open(second, body));
  CHECK(talk.open(third, body));
  CHECK(content_of(talk.said()).order == "353535");
  talk.session().forget(second);
  talk.session().forget(third);
}

TEST_CASE("a body that has to wait keeps no other one waiting", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20)) + frame(settings, none, 0, setting(4, 20'000))));
  const std::string body(40'000, 'x');
  http2_response second, third, fourth;
  for (auto* each : {&second, &third, &fourth}) CHECK(talk.open(*each, body));
  CHECK(content_of(talk.said()).order == "357357");
  CHECK_FALSE(talk.session().has_output());
  CHECK(talk.hear(frame(window_update, none, 5, number32(1 << 20))));
  const auto seen = content_of(talk.said());
  CHECK(seen.order == "55");
  CHECK(seen.ended == "5");
  CHECK_FALSE(talk.session().has_output());
  CHECK(talk.hear(frame(window_update, none, 3, number32(1 << 20)) + frame(window_update, none, 7, number32(1 << 20))));
  CHECK(content_of(talk.said()).ended.size() == 2);
  for (auto* each : {&second, &third, &fourth}) talk.session().forget(*each);
}

TEST_CASE("no more streams are begun than the server takes, and they are begun in order", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(settings, none, 0, setting(3, 2))));
  CHECK(talk.session().most_streams() == 2);
  static_cast<void>(talk.said());
  http2_response second, third, fourth;
  CHECK(talk.open(second, ""));
  CHECK(talk.open(third, ""));
  CHECK(talk.open(fourth, ""));
  static_cast<void>(talk.said());
  CHECK(second.sent);
  CHECK_FALSE(third.sent);
  CHECK_FALSE(talk.session().has_output());
  CHECK(talk.hear(frame(headers, end_headers | end_stream, 1, status_200)));
  CHECK(talk.session().has_output());
  static_cast<void>(talk.said());
  CHECK(third.sent);
  CHECK_FALSE(fourth.sent);
  for (auto* each : {&second, &third, &fourth}) talk.session().forget(*each);
}

TEST_CASE("a request that is forgotten before it has left never leaves", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  http2_response second, third;
  CHECK(talk.open(second, "x"));
  CHECK(talk.open(third, ""));
  talk.session().forget(second);
  const auto said = talk.said();
  CHECK(said.find(number32(3)) == std::string::npos);
  CHECK(said.find(number32(5)) != std::string::npos);
  talk.session().forget(third);
}

TEST_CASE("a farewell refuses what has not left, whatever its last stream", "[net][http2]") {
  conversation talk;
  http2_response second;
  CHECK(talk.open(second, "x"));
  CHECK(talk.hear(frame(goaway, none, 0, number32(0x7fffffff) + number32(0))));
  REQUIRE(second.failure);
  CHECK(second.not_processed);
  CHECK_FALSE(talk.response.failure);
  CHECK(talk.hear(frame(headers, end_headers | end_stream, 1, status_200)));
  static_cast<void>(talk.said());
  CHECK(talk.session().over());
  http2_response third;
  CHECK_FALSE(talk.open(third, ""));
  CHECK(third.not_processed);
  talk.session().forget(second);
}

TEST_CASE("windows are widened when content has been taken, not before", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  const auto piece = frame(data, none, 1, std::string(16'384, 'x'));
  for (int i = 0; i < 40; ++i) REQUIRE(talk.hear(piece));
  CHECK(content_of(talk.said()).widened.empty());
  talk.session().taken(talk.response, talk.response.arrived.size());
  talk.response.arrived.clear();
  CHECK(content_of(talk.said()).widened == std::map<std::uint32_t, std::uint32_t>{{1, 40 * 16'384}});
}

TEST_CASE("a server that sends more than it may", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  const auto piece = frame(data, none, 1, std::string(16'384, 'x'));
  for (int i = 0; i < 64; ++i) REQUIRE(talk.hear(piece));
  CHECK_FALSE(talk.response.failure);
  CHECK(talk.hear(frame(data, none, 1, "x")));  // a stream's window is a MiB
  REQUIRE(talk.response.failure);
  CHECK(talk.response.failure->code() == errc::protocol_error);
  CHECK(talk.said().find(frame(rst_stream, none, 1, number32(3))) != std::string::npos);
  talk.session().forget(talk.response);
  // What comes for nobody counts for the connection, and is given back.
  std::uint64_t widened = 0;
  for (int i = 0; i < 9'000; ++i) {  // not for ever: `http2_idle_frames`
    REQUIRE(talk.hear(piece));
    widened += content_of(talk.said()).widened[0];
  }
  CHECK_FALSE(talk.session().over());
  CHECK(widened > 8'000 * 16'384);
}

TEST_CASE("a stream that is forgotten amid a frame gives back all of it", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  const auto plain = frame(data, none, 1, std::string(16'000, 'x'));
  const auto with_padding = frame(data, padded, 1, '\xff' + std::string(15'999, 'x'));
  const auto& piece = GENERATE_REF(as<std::string>{}, plain, with_padding);
  CHECK(talk.hear(std::string_view{piece}.substr(0, 5'000)));
  talk.session().forget(talk.response);
  CHECK(talk.hear(std::string_view{piece}.substr(5'000)));
  static_cast<void>(talk.said());
  std::uint32_t widened = 0, received = 16'000;
  for (; widened == 0; received += 1'000) {  // until half of the connection's window is used
    REQUIRE(received < 9'000'000);
    CHECK(talk.hear(frame(data, none, 1, std::string(1'000, 'x'))));
    widened = content_of(talk.said()).widened[0];
  }
  CHECK(widened == received);
}

TEST_CASE("padding is given back as well", "[net][http2]") {
  conversation talk;
  CHECK(talk.hear(frame(headers, end_headers, 1, status_200)));
  const auto piece = frame(data, padded, 1, '\xff' + ("x" + std::string(255, '\0')));
  for (int i = 0; i < 200'000; ++i) {
    REQUIRE(talk.hear(piece));
    talk.session().taken(talk.response, 1);
    talk.response.arrived.clear();
    static_cast<void>(talk.said());
  }
  CHECK_FALSE(talk.response.failure);
  CHECK_FALSE(talk.session().over());
}

TEST_CASE("an answer that is complete before its request stops nothing but the request", "[net][http2]") {
  conversation talk;
  static_cast<void>(talk.said());
  const std::string body(100'000, 'x');
  http2_response second;
  CHECK(talk.open(second, body));
  static_cast<void>(talk.said());
  CHECK(talk.hear(frame(headers, end_headers | end_stream, 3, status_200)));
  CHECK(second.ended);
  SECTION("the server says so: what is left is not sent") {
    CHECK(talk.hear(frame(rst_stream, none, 3, number32(0))));
    CHECK_FALSE(second.failure);
    CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20))));
    CHECK(content_of(talk.said()).size.empty());
  }
  SECTION("the server wants the rest") {
    CHECK(talk.hear(frame(window_update, none, 0, number32(1 << 20)) + frame(window_update, none, 3, number32(1 << 20))));
    CHECK(content_of(talk.said()).ended == "3");
  }
  talk.session().forget(second);
  CHECK(talk.said().find(frame(rst_stream, none, 3, number32(8))) == std::string::npos);
}

}  // namespace
}  // namespace cohedge::tests
