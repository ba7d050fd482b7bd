#pragma once

// A server of HTTP/2 that is nothing but bytes, for the client's machine.

#include "catch.hpp"

#include "../../../src/net/http2_session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cohedge::tests::http2_bytes {

using net::http2_response;
using net::http2_session;

enum type : std::uint8_t {
  data, headers, priority, rst_stream, settings, push_promise, ping, goaway, window_update, continuation
};
enum flag : std::uint8_t { none = 0, end_stream = 1, ack = 1, end_headers = 4, padded = 8, with_priority = 32 };

inline std::string number32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

inline std::string frame(type what, int flags, std::uint32_t stream, std::string_view payload = {}) {
  return number32(static_cast<std::uint32_t>(payload.size())).substr(1) + static_cast<char>(what) +
         static_cast<char>(flags) + number32(stream) + std::string{payload};
}

/// A field as HPACK's literal without indexing (RFC 7541 §6.2.2); name and value under 127 bytes.
inline std::string field(std::string_view name, std::string_view value) {
  std::string bytes(1, '\0');
  bytes += static_cast<char>(name.size());
  bytes.append(name) += static_cast<char>(value.size());
  return bytes.append(value);
}

inline std::string number16(std::uint16_t value) { return number32(value).substr(2); }
inline std::string setting(std::uint16_t what, std::uint32_t value) { return number16(what) + number32(value); }

inline const std::string status_200 = "\x88";  // RFC 7541, appendix A
inline const std::string greeting = frame(settings, none, 0) + frame(settings, ack, 0);

/// One request on stream 1 whose bytes have been sent.
class conversation {
 public:
  explicit conversation(const limits& bounds = {}) : session_{bounds} {
    const net::destination to{net::origin{false, "a.test", 80}};
    head_ = std::move(net::request_head::make(to, "POST", "/", {})).value();
    CHECK(session_.open(response, head_, "body"));
    std::string out;
    CHECK(session_.collect(out, 1 << 20));
    CHECK(out.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    CHECK(session_.receive(greeting));
  }
  ~conversation() { session_.forget(response); }

  result<void> open(http2_response& another, std::string_view body) { return session_.open(another, head_, body); }
  /// All that is to be sent.
  std::string said() {
    std::string out;
    CHECK(session_.collect(out, std::size_t{1} << 30));
    return out;
  }
  result<void> hear(std::string_view bytes) { return session_.receive(bytes); }
  /// The same bytes so often that it must end somewhere.
  errc hear_on_and_on(const std::string& bytes) {
    for (int i = 0; i < 100'000; ++i) {
      if (const auto heard = session_.receive(bytes); !heard) return heard.error().code();
      if (session_.over()) return errc::connection_closed;
      std::string answer;
      CHECK(session_.collect(answer, 1 << 20));
    }
    return errc::none;
  }
  http2_session& session() { return session_; }
  http2_response response;

 private:
  http2_session session_;
  net::request_head head_;
};

}  // namespace cohedge::tests::http2_bytes
