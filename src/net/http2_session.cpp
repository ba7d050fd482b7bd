#include "http2_session.hpp"

#include "http2_callbacks.hpp"
#include "http2_memory.hpp"

#include <cohedge/async/frame.hpp>

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <utility>

namespace cohedge::net {

namespace {

/// What a stream may send us unasked: a whole answer of usual size. All streams together get sixteen times as much.
constexpr std::int32_t stream_window = 1 << 20;
constexpr std::int32_t connection_window = 16 << 20;

ssize_t read_request_body(nghttp2_session* session, std::int32_t stream, std::uint8_t* into, std::size_t room,
                          std::uint32_t* flags, nghttp2_data_source*, void*) {
  auto* response = static_cast<http2_response*>(nghttp2_session_get_stream_user_data(session, stream));
  if (!response) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const auto size = response->unsent.copy(reinterpret_cast<char*>(into), room);
  response->unsent.remove_prefix(size);
  if (response->unsent.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

nghttp2_nv field(std::string_view name, std::string_view value) noexcept {
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

void http2_response::clear() noexcept {
  id = -1;
  status = 0;
  headers.clear();
  arrived.clear();
  unsent = {};
  failure.reset();
  interim = header_bytes = body_bytes = 0;
  head_complete = ended = not_processed = sent = false;
}

result<std::unique_ptr<http2_session>> http2_session::make(const limits& bounds) {
  std::unique_ptr<http2_session> made{new (std::nothrow) http2_session{bounds}};
  nghttp2_option* options = nullptr;
  if (!made || nghttp2_option_new(&options) != 0) return error{errc::out_of_memory};
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_no_http_messaging(options, 1);  // http2_message checks that
  const int opened = nghttp2_session_client_new3(&made->session_, http2_callbacks(), made.get(), options, http2_memory());
  nghttp2_option_del(options);
  if (opened != 0) return error{errc::out_of_memory};

  const auto header_list = static_cast<std::uint32_t>(std::min<std::size_t>(bounds.header_block, 1 << 30));
  const std::array<nghttp2_settings_entry, 3> settings{{{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                                        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window},
                                                        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, header_list}}};
  if (nghttp2_submit_settings(made->session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0 ||
      nghttp2_session_set_local_window_size(made->session_, NGHTTP2_FLAG_NONE, 0, connection_window) != 0)
    return error{errc::out_of_memory};
  return made;
}

http2_session::~http2_session() { nghttp2_session_del(session_); }

result<void> http2_session::open(http2_response& into, const request_head& head, std::string_view body) {
  char digits[20];
  const auto length = std::string_view{digits, std::to_chars(digits, digits + sizeof digits, body.size()).ptr};
  std::vector<nghttp2_nv, frame_allocator<nghttp2_nv>> fields;
  fields.reserve(head.http2().size() + 1);
  for (const auto& each : head.http2()) fields.push_back(field(each.name, each.value));
  if (!body.empty()) fields.push_back(field("content-length", length));

  nghttp2_data_provider provider{};
  provider.read_callback = read_request_body;
  const auto id = nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                                         body.empty() ? nullptr : &provider, &into);
  if (id == NGHTTP2_ERR_NOMEM) return error{errc::out_of_memory};
  if (id < 0) {
    into.not_processed = true;
    return error{errc::connection_closed, "the connection takes no further request"};
  }
  into.id = id;
  into.rules.begin(head.method() == "HEAD");
  into.unsent = body;
  open_.push_back(&into);
  return success();
}

void http2_session::forget(http2_response& response) {
  std::erase(open_, &response);
  unlink(response);
  if (heading_ == &response) heading_ = nullptr;
  if (response.id < 0) return;
  if (!response.arrived.empty()) nghttp2_session_consume_connection(session_, response.arrived.size());
  // Also where its HEADERS have not left yet; then they never will.
  if (nghttp2_session_set_stream_user_data(session_, response.id, nullptr) != 0) return;  // closed already
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, response.id, NGHTTP2_CANCEL);
}

void http2_session::taken(const http2_response& response, std::size_t size) {
  if (nghttp2_session_get_stream_user_data(session_, response.id) == &response)
    nghttp2_session_consume(session_, response.id, size);
  else
    nghttp2_session_consume_connection(session_, size);
}

result<void> http2_session::receive(std::string_view bytes) {
  const auto used =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (refused_) return *refused_;
  if (used == NGHTTP2_ERR_NOMEM) return error{errc::out_of_memory};
  if (used == NGHTTP2_ERR_FLOODED) return error{errc::limit_exceeded, "the server floods the connection"};
  if (used < 0) return error{errc::protocol_error, nghttp2_strerror(static_cast<int>(used))};
  return success();
}

result<void> http2_session::collect(std::string& out, std::size_t most) {
  while (out.size() < most) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_, &bytes);
    if (size < 0) return error{size == NGHTTP2_ERR_NOMEM ? errc::out_of_memory : errc::protocol_error};
    if (size == 0) break;
    constexpr std::ptrdiff_t type = 3;  // its place in a frame (RFC 9113 §4.1)
    if (size > type && (bytes[type] == NGHTTP2_DATA || bytes[type] == NGHTTP2_HEADERS)) idle_frames_ = 0;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  return success();
}

http2_response* http2_session::next_changed() noexcept {
  auto* next = first_changed_;
  if (next) unlink(*next);
  return next;
}

void http2_session::note(http2_response& changed) noexcept {
  if (std::exchange(changed.noted, true)) return;
  changed.next = nullptr;
  (last_changed_ ? last_changed_->next : first_changed_) = &changed;
  last_changed_ = &changed;
}

void http2_session::unlink(http2_response& changed) noexcept {
  if (!std::exchange(changed.noted, false)) return;
  http2_response* before = nullptr;
  for (auto* at = first_changed_; at != &changed; at = at->next) before = at;
  (before ? before->next : first_changed_) = changed.next;
  if (last_changed_ == &changed) last_changed_ = before;
}

void http2_session::fail(http2_response& response, error why) {
  if (!response.failure && !response.ended) response.failure = std::move(why);
  note(response);
}

void http2_session::stop(http2_response& response, error why) {
  fail(response, std::move(why));
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, response.id, NGHTTP2_CANCEL);
}

void http2_session::fail_all(const error& why) {
  for (auto* response : open_) {
    if (!response->sent) response->not_processed = true;
    fail(*response, why);
  }
}

void http2_session::ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

bool http2_session::takes_requests() const noexcept { return nghttp2_session_check_request_allowed(session_) != 0; }

std::size_t http2_session::most_streams() const noexcept {
  if (!greeted_) return 1;  // it might refuse the others
  return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool http2_session::has_output() const noexcept { return nghttp2_session_want_write(session_) != 0; }

bool http2_session::over() const noexcept {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

error http2_session::why_over() const {
  if (fault_) return error{errc::protocol_error, std::string{"HTTP/2: "} + fault_};
  return error{errc::connection_closed, "the server has said farewell"};
}

http2_response* http2_session::response_of(std::int32_t stream) const noexcept {
  return static_cast<http2_response*>(nghttp2_session_get_stream_user_data(session_, stream));
}

}  // namespace cohedge::net
