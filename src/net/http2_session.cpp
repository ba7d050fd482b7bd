#include "http2_session.hpp"

#include <cohedge/wire/big_endian.hpp>

#include <algorithm>
#include <utility>

namespace cohedge::net {

using wire::http2_code;
using wire::http2_setting;
using wire::http2_type;

namespace {

/// What a stream may send us unasked: a whole answer of usual size. All streams together get sixteen times as much.
constexpr std::uint32_t stream_window = 1 << 20;
constexpr std::uint32_t connection_window = 16 << 20;
constexpr std::uint32_t first_window = 65'535;  // RFC 9113 §6.9.2

}  // namespace

void http2_response::clear() noexcept {
  status = 0;
  headers.clear();
  arrived.clear();
  unsent = {};
  failure.reset();
  interim = header_bytes = body_bytes = 0;
  head_complete = ended = not_processed = false;
  id = 0;
  asks = nullptr;
  sent = closed = false;
}

http2_session::http2_session(const limits& bounds) : limits_{bounds}, receive_window_{connection_window} {
  std::string settings;
  wire::append_setting(settings, http2_setting::enable_push, 0);
  wire::append_setting(settings, http2_setting::initial_window_size, stream_window);
  wire::append_setting(settings, http2_setting::max_header_list_size,
                       static_cast<std::uint32_t>(std::min<std::size_t>(bounds.header_block, 1 << 30)));
  control_ = wire::http2_preface;
  wire::append_frame_head(control_, {static_cast<std::uint32_t>(settings.size()), http2_type::settings, 0, 0});
  control_ += settings;
  wire::append_frame(control_, http2_type::window_update, 0, connection_window - first_window);
}

result<void> http2_session::open(http2_response& into, const request_head& head, std::string_view body) {
  if (!takes_requests()) {
    into.not_processed = true;
    return error{errc::connection_closed, "the connection takes no further request"};
  }
  open_.push_back({next_id_, &into});
  into.id = std::exchange(next_id_, next_id_ + 2);
  into.asks = &head;
  into.unsent = body;
  into.receive_window = stream_window;
  into.unannounced = 0;
  into.rules.begin(head.method() == "HEAD");
  unopened_.push(into);
  return success();
}

void http2_session::forget(http2_response& response) noexcept {
  changed_.erase(response);
  if (response.id == 0) return;
  consumed(nullptr, response.arrived.size());
  response.arrived.clear();
  if (response.sent && !response.closed)
    say(http2_type::rst_stream, response.id, static_cast<std::uint32_t>(http2_code::cancel));
  close(response);
  open_.erase(place_of(response.id));
  response.id = 0;
}

void http2_session::taken(http2_response& response, std::size_t size) noexcept { consumed(&response, size); }

void http2_session::consumed(http2_response* response, std::size_t size) noexcept {
  const auto announce = [&](std::uint32_t stream, std::uint32_t& unannounced, std::int64_t& window, std::uint32_t whole) {
    unannounced += static_cast<std::uint32_t>(size);
    if (unannounced < whole / 2) return;
    say(http2_type::window_update, stream, unannounced);
    window += std::exchange(unannounced, 0);
  };
  if (size == 0) return;
  announce(0, unannounced_, receive_window_, connection_window);
  if (response && !response->closed && !response->ended)
    announce(response->id, response->unannounced, response->receive_window, stream_window);
}

void http2_session::fail(http2_response& response, error why) {
  if (!response.failure && !response.ended) response.failure = std::move(why);
  note(response);
}

void http2_session::reset(http2_response& response, http2_code code, error why) {
  fail(response, std::move(why));
  if (response.closed) return;
  say(http2_type::rst_stream, response.id, static_cast<std::uint32_t>(code));
  close(response);
}

void http2_session::close(http2_response& response) noexcept {
  if (std::exchange(response.closed, true)) return;
  (response.sent ? bodies_ : unopened_).erase(response);
  if (response.sent) --streams_;
}

void http2_session::fail_all(const error& why) {
  for (const auto& [id, response] : open_) {
    if (!response->sent) response->not_processed = true;
    fail(*response, why);
  }
}

void http2_session::fault(http2_code code) noexcept {
  if (fault_) return;
  fault_ = code;
  char payload[8];
  wire::write_big_endian(payload, std::uint32_t{0});  // the last of the peer's own streams
  wire::write_big_endian(payload + 4, static_cast<std::uint32_t>(code));
  say(http2_type::goaway, 0, 0, {payload, sizeof payload});
}

void http2_session::ping() noexcept { say(http2_type::ping, 0, 0, "cohedge?"); }

bool http2_session::takes_requests() const noexcept {
  constexpr std::uint32_t last_stream = 0x7fffffff;
  return !farewell_ && !fault_ && next_id_ <= last_stream;
}

bool http2_session::has_output() const noexcept {
  if (!control_.empty() || out_of_memory_) return true;
  if (fault_) return false;
  if (!unopened_.empty() && streams_ < peer_.most_streams) return true;
  return peer_.window > 0 && bodies_.any([](const http2_response& each) { return each.send_window > 0; });
}

bool http2_session::over() const noexcept {
  if (!control_.empty()) return false;
  return fault_ || (farewell_ && streams_ == 0);
}

error http2_session::why_over() const {
  if (fault_) return error{errc::protocol_error, std::string{"HTTP/2: "} + name_of(*fault_)};
  std::string text{"the server has said farewell"};
  if (farewell_ && *farewell_ != http2_code::no_error) text.append(": ").append(name_of(*farewell_));
  return error{errc::connection_closed, std::move(text)};
}

http2_session::open_streams::const_iterator http2_session::place_of(std::uint32_t stream) const noexcept {
  return std::ranges::lower_bound(open_, stream, {}, &open_stream::id);
}

http2_response* http2_session::find(std::uint32_t stream) const noexcept {
  const auto place = place_of(stream);
  return place != open_.end() && place->id == stream ? place->response : nullptr;
}

}  // namespace cohedge::net
