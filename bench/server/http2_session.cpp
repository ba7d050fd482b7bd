#include "session.hpp"

#include "die.hpp"

#include <nghttp2/nghttp2.h>

#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench {

namespace {

/// One request and its answer.
struct exchange {
  std::string request;
  std::span<const std::string> body;  // pieces that are still to be sent: a DATA frame each, as HTTP/1.1 has a chunk
  std::size_t sent_of_piece = 0;
  bool ends = true;  // after `body`
  std::size_t paced_left = 0;
};

nghttp2_nv field(std::string_view name, std::string_view value, bool changes) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // nghttp2 does not write there
  };
  auto flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
  if (changes) flags |= NGHTTP2_NV_FLAG_NO_INDEX;  // the client reads it every time, as it would if it did change
  return {bytes(name), bytes(value), name.size(), value.size(), static_cast<std::uint8_t>(flags)};
}

std::vector<nghttp2_nv> head_with(const std::vector<header_field>& fields) {
  std::vector<nghttp2_nv> head{field(":status", "200", false)};
  for (const auto& one : fields) head.push_back(field(one.name, one.value, one.changes));
  return head;
}

class http2_session final : public session {
 public:
  http2_session(const shared_state& all, std::uint64_t connection)
      : all_{all},
        connection_{connection},
        whole_head_{head_with(all.says.whole_fields)},
        stream_head_{head_with(all.says.stream_fields)} {
    ++all.count.http2;
    if (nghttp2_session_server_new(&http_, callbacks(), this) != 0) die("no memory for an HTTP/2 session");
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1024}};
    nghttp2_submit_settings(http_, NGHTTP2_FLAG_NONE, settings, 1);
  }
  ~http2_session() override { nghttp2_session_del(http_); }

  bool take(std::string_view arrived) override {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(arrived.data());
    return nghttp2_session_mem_recv(http_, bytes, arrived.size()) == static_cast<ssize_t>(arrived.size());
  }

  std::string_view pending() override {
    if (sent_ == out_.size()) {
      out_.clear();
      sent_ = 0;
      while (out_.size() < most_at_once) {
        const std::uint8_t* frame = nullptr;
        const auto size = nghttp2_session_mem_send(http_, &frame);
        if (size <= 0) break;
        out_.append(reinterpret_cast<const char*>(frame), static_cast<std::size_t>(size));
      }
    }
    return std::string_view{out_}.substr(sent_);
  }
  void sent(std::size_t size) override { sent_ += size; }

  bool feed(std::int32_t id) override {
    auto* one = find(id);
    if (!one || one->paced_left == 0) return false;
    one->ends = --one->paced_left == 0;
    if (!one->body.empty() && !one->ends) return true;  // a client that does not keep up with its pace misses events
    one->body = one->ends ? all_.says.paced_end() : all_.says.paced_event();
    one->sent_of_piece = 0;
    nghttp2_session_resume_data(http_, id);
    return !one->ends;
  }

 private:
  static constexpr std::size_t most_at_once = 64 * 1024;

  exchange* find(std::int32_t id) {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : &found->second;
  }

  void answer(std::int32_t id, exchange& one) {
    ++all_.count.requests;
    const bool stream = asks_for_stream(one.request);
    if (!stream) {
      one.body = {&all_.says.wholes[all_.count.requests % all_.says.wholes.size()], 1};
    } else if (!all_.pace.on()) {
      one.body = all_.says.burst;
    } else {
      one.body = all_.says.paced_start();
      one.ends = false;
      one.paced_left = all_.pace.events() + 1;
      all_.pace.begin({connection_, id});
    }
    const auto& head = stream ? stream_head_ : whole_head_;
    const nghttp2_data_provider body{{.ptr = &one}, on_data_wanted};
    nghttp2_submit_response(http_, id, head.data(), head.size(), &body);
  }

  // ---- what nghttp2 calls

  static const nghttp2_session_callbacks* callbacks() {
    static nghttp2_session_callbacks* const all = [] {
      nghttp2_session_callbacks* fresh = nullptr;
      if (nghttp2_session_callbacks_new(&fresh) != 0) die("no memory for HTTP/2");
      nghttp2_session_callbacks_set_on_begin_headers_callback(fresh, on_begin_headers);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(fresh, on_body);
      nghttp2_session_callbacks_set_on_frame_recv_callback(fresh, on_frame);
      nghttp2_session_callbacks_set_on_stream_close_callback(fresh, on_close);
      return fresh;
    }();
    return all;
  }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      static_cast<http2_session*>(self)->open_.try_emplace(frame->hd.stream_id);
    return 0;
  }

  static int on_body(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
                     void* self) {
    if (auto* one = static_cast<http2_session*>(self)->find(id))
      one->request.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
    if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
    auto& all = *static_cast<http2_session*>(self);
    if (auto* one = all.find(frame->hd.stream_id)) all.answer(frame->hd.stream_id, *one);
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* self) {
    static_cast<http2_session*>(self)->open_.erase(id);
    return 0;
  }

  static ssize_t on_data_wanted(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t room,
                                std::uint32_t* flags, nghttp2_data_source* from, void*) {
    auto& one = *static_cast<exchange*>(from->ptr);
    if (one.body.empty()) return NGHTTP2_ERR_DEFERRED;
    const auto piece = std::string_view{one.body.front()}.substr(one.sent_of_piece, room);
    std::memcpy(into, piece.data(), piece.size());
    one.sent_of_piece += piece.size();
    if (one.sent_of_piece == one.body.front().size()) {
      one.body = one.body.subspan(1);
      one.sent_of_piece = 0;
    }
    if (one.body.empty() && one.ends) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(piece.size());
  }

  const shared_state& all_;
  std::uint64_t connection_;
  const std::vector<nghttp2_nv> whole_head_, stream_head_;
  nghttp2_session* http_ = nullptr;
  std::unordered_map<std::int32_t, exchange> open_;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<session> make_http2_session(const shared_state& all, std::uint64_t connection) {
  return std::make_unique<http2_session>(all, connection);
}

}  // namespace bench
