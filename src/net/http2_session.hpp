#pragma once

#include "http2_response.hpp"

#include <cohedge/core/limits.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/core/secret.hpp>
#include <cohedge/net/request.hpp>
#include <cohedge/wire/hpack.hpp>
#include <cohedge/wire/http2_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cohedge::net {

/// The client's half of HTTP/2 (RFC 9113) on one connection. A machine: bytes come in by `receive`, bytes to send go out
/// by `collect`, and `next_changed` gives the responses that something has happened to. Content is acknowledged (flow
/// control) when it is `taken`, so what a peer can make us hold is bounded. What runs out of memory throws
/// std::bad_alloc, and the connection cannot be used any more. Thread-safety: none.
class http2_session {
 public:
  explicit http2_session(const limits& bounds);
  http2_session(const http2_session&) = delete;
  http2_session& operator=(const http2_session&) = delete;

  /// Begins a stream. All three must stay until it is forgotten.
  result<void> open(http2_response& into, const request_head& head, std::string_view body);
  /// Nobody waits for it any more: the stream is reset unless it has ended. One that has not left never will.
  void forget(http2_response& response) noexcept;
  /// `size` bytes of the body have been taken out of `arrived`.
  void taken(http2_response& response, std::size_t size) noexcept;

  /// Errors: limit_exceeded; the connection is then to be closed. What is against the protocol is answered, by what
  /// `collect` then gives, and `over` after that.
  result<void> receive(std::string_view bytes);
  /// Appends what is to be sent, up to about `most` bytes.
  result<void> collect(std::string& out, std::size_t most);

  /// The next response to which something has happened since, or null.
  http2_response* next_changed() noexcept { return changed_.pop(); }
  /// Every response that has not ended fails with `why`.
  void fail_all(const error& why);

  void ping() noexcept;
  std::size_t pings_answered() const noexcept { return pings_answered_; }

  /// The peer has said how many streams it takes at once (RFC 9113 §3.4): it does so first of all.
  bool greeted() const noexcept { return greeted_; }
  /// The peer takes further streams, this many at once; one until it has said how many.
  bool takes_requests() const noexcept;
  std::size_t most_streams() const noexcept { return greeted_ ? peer_.most_streams : 1; }  // it might refuse the others
  /// `collect` has something.
  bool has_output() const noexcept;
  /// Neither side has anything to say any more.
  bool over() const noexcept;
  /// Why it is: the peer's farewell, or what it did against the protocol.
  error why_over() const;

 private:
  // Frames that bring responses: http2_receive.cpp.
  void frame();
  void data();
  void headers();
  void continuation();
  void block(std::string_view fields);
  bool field(http2_response& response, const wire::header& field);
  void end_of_block(http2_response& response, bool last);
  void end_of(http2_response& response);

  // Frames about streams and the connection: http2_control.cpp.
  void rst_stream();
  void settings();
  void setting(wire::http2_setting what, std::uint32_t value);
  void initial_window(std::uint32_t size);
  void ping_frame();
  void goaway();
  void window_update();

  // What we say: http2_send.cpp.
  void send_head(std::string& out, http2_response& response);
  void write_fields(std::string& out, const request_head& head);
  void send_bodies(std::string& out, std::size_t most);
  void send_piece(std::string& out, http2_response& response);
  void say(wire::http2_type type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) noexcept;
  void say(wire::http2_type type, std::uint32_t stream, std::uint32_t value) noexcept;

  struct open_stream {
    std::uint32_t id;
    http2_response* response;
  };
  using open_streams = std::vector<open_stream>;  // by their ids

  /// Null: nobody waits for it any more, or never did.
  http2_response* find(std::uint32_t stream) const noexcept;
  open_streams::const_iterator place_of(std::uint32_t stream) const noexcept;
  /// Nobody has begun this stream.
  bool idle(std::uint32_t stream) const noexcept { return stream % 2 == 0 || stream >= next_unsent_; }
  void note(http2_response& changed) noexcept { changed_.push(changed); }
  void fail(http2_response& response, error why);
  /// Fails, and tells the peer to send no more of it.
  void reset(http2_response& response, wire::http2_code code, error why);
  void close(http2_response& response) noexcept;
  /// Received content that nobody holds any more.
  void consumed(http2_response* response, std::size_t size) noexcept;
  /// The peer has broken the protocol: farewell.
  void fault(wire::http2_code code) noexcept;
  void refuse(error why) { refused_ = std::move(why); }

  const limits limits_;
  wire::http2_frame_reader reader_;
  wire::hpack_decoder decoder_;
  wire::hpack_encoder encoder_;

  open_streams open_;
  http2_line<&http2_response::among_changed> changed_;
  http2_line<&http2_response::among_sending> unopened_;  // their HEADERS are to be sent
  http2_line<&http2_response::among_sending> bodies_;    // their HEADERS have been, their content not all
  std::string control_;                                  // frames to be sent that belong to no content

  /// The head that was written last is mostly the one that comes next, and all of it is in the table then.
  struct {
    std::uint64_t serial = 0;
    std::uint64_t encoder = 0;  // its version
    secret block;
  } written_;

  /// What the peer allows us.
  struct {
    std::uint32_t most_streams = 0xffffffff;
    std::uint32_t initial_window = 65'535;
    std::int64_t window = 65'535;  // of the connection
  } peer_;

  std::uint32_t next_id_ = 1;
  std::uint32_t next_unsent_ = 1;   // no stream from here on has been begun
  std::size_t streams_ = 0;         // begun and not closed
  std::int64_t receive_window_;     // of the connection
  std::uint32_t unannounced_ = 0;
  std::size_t content_ = 0;         // of the DATA frame that is being received, without padding

  std::string block_;               // of fields, as far as it has come in several frames
  std::uint32_t block_of_ = 0;      // the stream whose block has begun and not ended
  bool block_is_last_ = false;      // END_STREAM

  std::uint32_t last_served_ = 0x7fffffff;  // GOAWAY
  std::optional<wire::http2_code> farewell_;  // the peer's
  std::optional<wire::http2_code> fault_;     // the peer's, and ours to name
  std::optional<error> refused_;  // why the peer is not to be talked to any more
  std::size_t idle_frames_ = 0;   // in a row, from the server, while we had nothing to say either
  std::size_t pings_answered_ = 0;
  bool greeted_ = false;
  bool out_of_memory_ = false;
};

}  // namespace cohedge::net
