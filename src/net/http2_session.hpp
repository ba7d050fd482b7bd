#pragma once

#include "http2_message.hpp"

#include <cohedge/core/limits.hpp>
#include <cohedge/net/request.hpp>
#include <cohedge/wire/header.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct nghttp2_session;
struct nghttp2_session_callbacks;

namespace cohedge::net {

/// What has come of one request: the response's head, and of its body what nobody has taken yet.
struct http2_response {
  std::int32_t id = -1;
  int status = 0;
  http2_message rules;
  wire::header_block headers;
  std::string arrived;
  std::string_view unsent;        ///< of the request's body
  std::optional<error> failure;   ///< why nothing more will come
  std::size_t interim = 0;        ///< 1xx responses before the final one
  std::size_t header_bytes = 0;   ///< of the block that is being read
  std::size_t body_bytes = 0;
  bool head_complete = false;
  bool ended = false;             ///< END_STREAM has been received
  bool not_processed = false;     ///< the failure proves that the server has not looked at the request
  bool sent = false;              ///< its HEADERS have been handed out
  void* waiting = nullptr;        ///< whoever it is for
  bool noted = false;             ///< in the list of changes, and there
  http2_response* next = nullptr; ///< before this one

  /// Ready for another request, with the memory it has.
  void clear() noexcept;
};

/// The client's half of HTTP/2 (RFC 9113) on one connection: nghttp2 under our limits. A machine: bytes come in by
/// `receive`, bytes to send go out by `collect`, and `changed` lists the responses that something has happened to.
/// Content is acknowledged (flow control) when it is `taken`, so what a peer can make us hold is bounded.
/// Not movable: nghttp2 knows its address. Thread-safety: none.
class http2_session {
 public:
  /// Errors: out_of_memory.
  static result<std::unique_ptr<http2_session>> make(const limits& bounds);
  ~http2_session();
  http2_session(const http2_session&) = delete;
  http2_session& operator=(const http2_session&) = delete;

  /// Begins a stream. `into` and `body` must stay until it is forgotten.
  result<void> open(http2_response& into, const request_head& head, std::string_view body);
  /// Nobody waits for it any more: the stream is reset unless it has ended.
  void forget(http2_response& response);
  /// `size` bytes of the body have been taken out of `arrived`.
  void taken(const http2_response& response, std::size_t size);

  /// Errors: protocol_error, limit_exceeded; the connection is then to be closed, after what `collect` still has.
  result<void> receive(std::string_view bytes);
  /// Appends what is to be sent, up to about `most` bytes.
  result<void> collect(std::string& out, std::size_t most);

  /// The next response to which something has happened since, or null.
  http2_response* next_changed() noexcept;
  /// Every response that has not ended fails with `why`.
  void fail_all(const error& why);

  void ping();
  std::size_t pings_answered() const noexcept { return pings_answered_; }

  /// The peer has said how many streams it takes at once (RFC 9113 §3.4): it does so first of all.
  bool greeted() const noexcept { return greeted_; }
  /// The peer takes further streams, this many at once; one until it has said how many.
  bool takes_requests() const noexcept;
  std::size_t most_streams() const noexcept;
  /// `collect` has something.
  bool has_output() const noexcept;
  /// Neither side has anything to say any more.
  bool over() const noexcept;
  /// Why it is: the peer's farewell, or what it did against the protocol.
  error why_over() const;

  /// For nghttp2: http2_callbacks.hpp.
  static nghttp2_session_callbacks* make_callbacks() noexcept;

 private:
  struct callbacks;

  explicit http2_session(const limits& bounds) noexcept : limits_{bounds} {}
  http2_response* response_of(std::int32_t stream) const noexcept;
  void note(http2_response& changed) noexcept;
  void unlink(http2_response& changed) noexcept;
  void fail(http2_response& response, error why);
  /// Fails, and tells the peer to send no more of it.
  void stop(http2_response& response, error why);

  limits limits_;
  nghttp2_session* session_ = nullptr;
  std::vector<http2_response*> open_;
  http2_response* heading_ = nullptr;  // whose header block is being read
  http2_response* first_changed_ = nullptr;
  http2_response* last_changed_ = nullptr;
  const char* fault_ = nullptr;   // what the peer did against the protocol, of static storage
  std::optional<error> refused_;  // why the peer is not to be talked to any more
  std::int32_t reset_by_peer_ = 0;  // the stream that was reset last
  std::size_t idle_frames_ = 0;  // in a row, from the server, while we had nothing to say either
  std::size_t pings_answered_ = 0;
  bool greeted_ = false;
};

}  // namespace cohedge::net
