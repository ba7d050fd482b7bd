#pragma once

#include <cohedge/testing/server_request.hpp>
#include <cohedge/wire/http1.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct nghttp2_session;
struct nghttp2_session_callbacks;

namespace cohedge::testing {

/// The server's half of HTTP/2 on one connection, as a machine: bytes in, requests out; responses in, bytes out.
class http2_server_session {
 public:
  /// `concurrent`: SETTINGS_MAX_CONCURRENT_STREAMS.
  explicit http2_server_session(std::uint32_t concurrent = 1000);
  ~http2_server_session();
  http2_server_session(const http2_server_session&) = delete;
  http2_server_session& operator=(const http2_server_session&) = delete;

  /// False: this is not HTTP/2, or the connection is over.
  bool receive(std::string_view bytes);
  /// Appends what is to be sent.
  void collect(std::string& out);

  struct request {
    std::int32_t stream;
    server_request asked;
  };
  /// Requests that have come whole since, and streams that the client has closed since.
  std::vector<request> take_requests() { return std::exchange(requests_, {}); }
  std::vector<std::int32_t> take_closed() { return std::exchange(closed_, {}); }

  void respond(std::int32_t stream, int status, const wire::header_block& fields);
  void send_body(std::int32_t stream, std::string_view bytes);
  void end_body(std::int32_t stream);
  /// RST_STREAM with this code of RFC 9113 §7.
  void reset(std::int32_t stream, std::uint32_t code);
  /// GOAWAY: what came after the first `served` requests is not going to be answered.
  void go_away(std::int32_t last_stream);
  /// Everything that was to be said on this stream has been handed out.
  bool all_sent(std::int32_t stream) const;

 private:
  struct callbacks;
  struct exchange {
    server_request asked;
    std::string body;  // of the response, not handed out yet
    bool ended = false;
    bool waits = false;  // nghttp2 waits for more of the body
  };
  exchange* find(std::int32_t stream);

  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, exchange> open_;
  std::vector<request> requests_;
  std::vector<std::int32_t> closed_;
};

}  // namespace cohedge::testing
