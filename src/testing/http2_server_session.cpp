#include "http2_server_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cohedge::testing {

struct http2_server_session::callbacks {
  static http2_server_session& of(void* user) { return *static_cast<http2_server_session*>(user); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    of(user).open_.try_emplace(frame->hd.stream_id);
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    auto* exchange = of(user).find(frame->hd.stream_id);
    if (!exchange) return 0;
    const std::string_view field{reinterpret_cast<const char*>(name), name_size};
    const std::string_view text{reinterpret_cast<const char*>(value), value_size};
    if (field == ":method") exchange->asked.method = text;
    else if (field == ":path") exchange->asked.target = text;
    else if (field == ":authority") exchange->asked.headers.add("host", text);
    else if (!field.starts_with(':')) exchange->asked.headers.add(field, text);
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size,
                     void* user) {
    if (auto* exchange = of(user).find(stream)) exchange->asked.body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
    if (auto* exchange = of(user).find(frame->hd.stream_id))
      of(user).requests_.push_back({frame->hd.stream_id, std::exchange(exchange->asked, {})});
    return 0;
  }

  static int on_stream_close(nghttp2_session*, std::int32_t stream, std::uint32_t, void* user) {
    of(user).open_.erase(stream);
    of(user).closed_.push_back(stream);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t stream, std::uint8_t* into, std::size_t room,
                           std::uint32_t* flags, nghttp2_data_source*, void* user) {
    auto* exchange = of(user).find(stream);
    if (!exchange) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const auto size = exchange->body.copy(reinterpret_cast<char*>(into), room);
    exchange->body.erase(0, size);
    if (exchange->body.empty() && exchange->ended) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (size > 0 || (*flags & NGHTTP2_DATA_FLAG_EOF)) return static_cast<ssize_t>(size);
    exchange->waits = true;
    return NGHTTP2_ERR_DEFERRED;
  }

  static nghttp2_session_callbacks* make() {
    nghttp2_session_callbacks* all = nullptr;
    nghttp2_session_callbacks_new(&all);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, on_stream_close);
    return all;
  }
};

http2_server_session::http2_server_session(std::uint32_t concurrent) {
  static nghttp2_session_callbacks* const all = callbacks::make();
  nghttp2_session_server_new(&session_, all, this);
  const std::array<nghttp2_settings_entry, 1> settings{{{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, concurrent}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
}

http2_server_session::~http2_server_session() { nghttp2_session_del(session_); }

http2_server_session::exchange* http2_server_session::find(std::int32_t stream) {
  const auto found = open_.find(stream);
  return found == open_.end() ? nullptr : &found->second;
}

bool http2_server_session::receive(std::string_view bytes) {
  const auto used =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return used >= 0 && (nghttp2_session_want_read(session_) != 0 || nghttp2_session_want_write(session_) != 0);
}

void http2_server_session::collect(std::string& out) {
  for (;;) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) return;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
}

void http2_server_session::respond(std::int32_t stream, int status, const wire::header_block& fields) {
  const auto digits = std::to_string(status);
  std::vector<std::pair<std::string, std::string>> kept{{":status", digits}};
  for (const auto& field : fields) {
    std::string name{field.name};
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name == "connection" || name == "transfer-encoding" || name == "keep-alive") continue;
    kept.emplace_back(std::move(name), field.value);
  }
  std::vector<nghttp2_nv> pairs;
  for (auto& [name, value] : kept)
    pairs.push_back({reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()),
                     name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  if (status / 100 == 1) {
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream, nullptr, pairs.data(), pairs.size(), nullptr);
    return;
  }
  nghttp2_data_provider body{};
  body.read_callback = callbacks::read_body;
  nghttp2_submit_response(session_, stream, pairs.data(), pairs.size(), &body);
}

void http2_server_session::send_body(std::int32_t stream, std::string_view bytes) {
  auto* of = find(stream);
  if (!of) return;
  of->body += bytes;
  if (std::exchange(of->waits, false)) nghttp2_session_resume_data(session_, stream);
}

void http2_server_session::end_body(std::int32_t stream) {
  auto* of = find(stream);
  if (!of) return;
  of->ended = true;
  if (std::exchange(of->waits, false)) nghttp2_session_resume_data(session_, stream);
}

void http2_server_session::reset(std::int32_t stream, std::uint32_t code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, code);
}

void http2_server_session::go_away(std::int32_t last_stream) {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_stream, NGHTTP2_NO_ERROR, nullptr, 0);
}

bool http2_server_session::all_sent(std::int32_t stream) const {
  const auto found = open_.find(stream);
  return found == open_.end() || (found->second.body.empty() && !found->second.ended);
}

}  // namespace cohedge::testing
