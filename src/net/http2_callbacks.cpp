#include "http2_callbacks.hpp"

#include "http2_session.hpp"
#include "without_throwing.hpp"

#include <string>
#include <utility>

namespace cohedge::net {

/// nghttp2 speaks here; every function puts into a response, or into the session, what it has been told.
struct http2_session::callbacks {
  static http2_session& of(void* user) noexcept { return *static_cast<http2_session*>(user); }

  /// Runs what may run out of memory: an exception must not cross nghttp2's C code.
  template <class Work>
  static int guarded(void* user, Work work) noexcept {
    const auto out_of_memory = [user] {
      of(user).refused_ = error{errc::out_of_memory};
      return static_cast<int>(NGHTTP2_ERR_CALLBACK_FAILURE);
    };
    return without_throwing([&] { return static_cast<int>(work(of(user))); }, out_of_memory);
  }

  static int refuse(http2_session& session, errc code, std::string why) {
    session.refused_ = error{code, std::move(why)};
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }

  /// A peer that keeps us busy with frames that bring nothing (RFC 9113 §10.5).
  static int begin_frame(http2_session& session, const nghttp2_frame_hd& frame) {
    const bool content = frame.type == NGHTTP2_HEADERS || (frame.type == NGHTTP2_DATA && frame.length > 0);
    session.idle_frames_ = content ? 0 : session.idle_frames_ + 1;
    if (session.idle_frames_ <= session.limits_.http2_idle_frames) return 0;
    return refuse(session, errc::limit_exceeded, "http2_idle_frames: the server sends frames without content");
  }

  static int begin_headers(http2_session& session, const nghttp2_frame& frame) {
    auto* response = frame.hd.type == NGHTTP2_HEADERS ? session.response_of(frame.hd.stream_id) : nullptr;
    session.heading_ = response;
    if (!response) return 0;
    response->rules.begin_block();
    response->header_bytes = 0;
    if (!response->head_complete) response->headers.clear();
    return 0;
  }

  /// Nothing more of this stream is wanted; nghttp2 resets it.
  static int too_much(http2_session& session, http2_response& response, const char* limit) {
    session.fail(response, error{errc::limit_exceeded, limit});
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static void malformed(http2_session& session, http2_response& response) {
    session.stop(response, error{errc::protocol_error, "HTTP/2: a malformed response"});
  }

  /// Nothing of another stream comes within a header block (RFC 9113 §4.3).
  static int header(http2_session& session, std::string_view name, std::string_view value) {
    auto* response = session.heading_;
    if (!response) return 0;
    if (!response->rules.field(name, value)) {
      session.fail(*response, error{errc::protocol_error, "HTTP/2: a field that no response may have"});
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    const auto& bounds = session.limits_;
    response->header_bytes += name.size() + value.size() + 32;  // as RFC 9113 §6.5.2 counts
    if (response->head_complete)
      return response->header_bytes > bounds.trailer_block ? too_much(session, *response, "trailer_block") : 0;
    if (response->header_bytes > bounds.header_block) return too_much(session, *response, "header_block");
    if (response->headers.size() >= bounds.header_count) return too_much(session, *response, "header_count");
    if (name == ":status")
      response->status = response->rules.status();
    else
      response->headers.add(name, value);
    return 0;
  }

  static int frame(http2_session& session, const nghttp2_frame& frame) {
    const auto& head = frame.hd;
    if (head.type == NGHTTP2_SETTINGS) session.greeted_ = true;
    if (head.type == NGHTTP2_PING && (head.flags & NGHTTP2_FLAG_ACK)) ++session.pings_answered_;
    if (head.type == NGHTTP2_RST_STREAM) session.reset_by_peer_ = head.stream_id;
    if (head.type != NGHTTP2_HEADERS && head.type != NGHTTP2_DATA) return 0;
    auto* response = session.response_of(head.stream_id);
    if (!response) return 0;
    const bool last = (head.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if ((head.type == NGHTTP2_HEADERS && !response->rules.end_block(last)) || (last && !response->rules.end())) {
      malformed(session, *response);
      return 0;
    }
    if (head.type == NGHTTP2_HEADERS && !response->head_complete) {
      if (response->status / 100 != 1)
        response->head_complete = true;
      else if (++response->interim > session.limits_.interim_responses)
        session.stop(*response, error{errc::limit_exceeded, "interim_responses"});
    }
    if (last) response->ended = true;
    if (response->head_complete) session.note(*response);
    return 0;
  }

  static int data(http2_session& session, std::int32_t stream, std::string_view bytes) {
    auto* response = session.response_of(stream);
    if (response && !response->rules.data(bytes.size())) {
      malformed(session, *response);
      response = nullptr;
    }
    if (response && response->body_bytes + bytes.size() > session.limits_.body) {
      session.stop(*response, error{errc::limit_exceeded, "body: more than " + std::to_string(session.limits_.body) + " bytes"});
      response = nullptr;
    }
    if (!response) return nghttp2_session_consume(session.session_, stream, bytes.size());
    response->body_bytes += bytes.size();
    response->arrived.append(bytes);
    session.note(*response);
    return 0;
  }

  static int stream_closed(http2_session& session, std::int32_t stream, std::uint32_t code) {
    auto* response = session.response_of(stream);
    if (!response || (response->ended && code == NGHTTP2_NO_ERROR)) return 0;
    const std::string reason = nghttp2_http2_strerror(code);
    if (code == NGHTTP2_REFUSED_STREAM) {
      response->not_processed = true;  // RFC 9113 §8.7; nghttp2 says so too of streams above GOAWAY's last one
      session.fail(*response, error{errc::connection_reset, "the server refused the stream"});
    } else if (session.reset_by_peer_ == stream) {
      session.fail(*response, error{errc::connection_reset, "the server reset the stream: " + reason});
    } else if (code == NGHTTP2_NO_ERROR) {
      session.fail(*response, error{errc::connection_closed, "the stream was closed before its end"});
    } else {
      session.fail(*response, error{errc::protocol_error, "HTTP/2: " + reason});
    }
    return 0;
  }

  static std::string_view text(const std::uint8_t* bytes, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(bytes), size};
  }

  // As nghttp2 calls them.

  static int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    return guarded(user, [&](http2_session& session) { return begin_frame(session, *head); });
  }
  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* headers, void* user) {
    return guarded(user, [&](http2_session& session) { return begin_headers(session, *headers); });
  }
  static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    return guarded(user, [&](http2_session& session) {
      return header(session, text(name, name_size), text(value, value_size));
    });
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* whole, void* user) {
    return guarded(user, [&](http2_session& session) { return frame(session, *whole); });
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes, std::size_t size,
                     void* user) {
    return guarded(user, [&](http2_session& session) { return data(session, stream, text(bytes, size)); });
  }
  static int on_stream_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user) {
    return guarded(user, [&](http2_session& session) { return stream_closed(session, stream, code); });
  }
  static int before_send(nghttp2_session*, const nghttp2_frame* going, void* user) {
    // nghttp2 says farewell with an error where the peer has broken the protocol.
    if (going->hd.type == NGHTTP2_GOAWAY && going->goaway.error_code != NGHTTP2_NO_ERROR)
      of(user).fault_ = nghttp2_http2_strerror(going->goaway.error_code);
    if (going->hd.type != NGHTTP2_HEADERS) return 0;
    if (auto* response = of(user).response_of(going->hd.stream_id)) response->sent = true;
    return 0;
  }

  static nghttp2_session_callbacks* make() noexcept {
    nghttp2_session_callbacks* all = nullptr;
    if (nghttp2_session_callbacks_new(&all) != 0) return nullptr;
    nghttp2_session_callbacks_set_on_begin_frame_callback(all, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_close);
    nghttp2_session_callbacks_set_before_frame_send_callback(all, before_send);
    return all;
  }
};

const nghttp2_session_callbacks* http2_callbacks() noexcept {
  static const nghttp2_session_callbacks* const all = http2_session::make_callbacks();
  return all;
}

nghttp2_session_callbacks* http2_session::make_callbacks() noexcept { return callbacks::make(); }

}  // namespace cohedge::net
