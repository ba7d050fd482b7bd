// What a server says about streams and the connection.

#include "http2_session.hpp"

#include <cohedge/wire/big_endian.hpp>

#include <string>

namespace cohedge::net {

using wire::http2_code;
using wire::http2_setting;
using wire::http2_type;
namespace flag = wire::http2_flag;

namespace {

constexpr std::int64_t largest_window = 0x7fffffff;  // RFC 9113 §6.9.1
constexpr std::size_t most_settings = 32;            // in one frame; there are six, and each is work for every stream

}  // namespace

void http2_session::rst_stream() {
  const auto stream = reader_.head().stream;
  if (idle(stream)) return fault(http2_code::protocol_error);
  if (reader_.payload().size() != 4) return fault(http2_code::frame_size_error);
  auto* response = find(stream);
  if (!response || response->closed) return;
  close(*response);
  const auto code = static_cast<http2_code>(wire::read_big_endian<std::uint32_t>(reader_.payload()));
  if (code == http2_code::refused_stream) {
    response->not_processed = !response->head_complete;  // RFC 9113 §8.7
    return fail(*response, error{errc::connection_reset, "the server refused the stream"});
  }
  fail(*response, error{errc::connection_reset, std::string{"the server reset the stream: "} + name_of(code)});
}

void http2_session::settings() {
  const auto& head = reader_.head();
  auto payload = reader_.payload();
  if (head.stream != 0) return fault(http2_code::protocol_error);
  constexpr std::size_t one = 6;
  if (payload.size() % one != 0 || (head.has(flag::ack) && !payload.empty())) return fault(http2_code::frame_size_error);
  if (payload.size() > most_settings * one) return fault(http2_code::enhance_your_calm);
  if (head.has(flag::ack)) return;
  for (; !payload.empty() && !fault_; payload.remove_prefix(one))
    setting(static_cast<http2_setting>(wire::read_big_endian<std::uint16_t>(payload)),
            wire::read_big_endian<std::uint32_t>(payload.substr(2)));
  if (fault_) return;
  greeted_ = true;
  say(http2_type::settings, flag::ack, 0, {});
}

void http2_session::setting(http2_setting what, std::uint32_t value) {
  constexpr std::uint32_t least_frame = 1 << 14, largest_frame = (1 << 24) - 1;
  switch (what) {
    case http2_setting::header_table_size: return encoder_.limit(value);
    case http2_setting::enable_push:
      if (value != 0) fault(http2_code::protocol_error);  // a server says it of itself (RFC 9113 §6.5.2)
      return;
    case http2_setting::max_concurrent_streams: peer_.most_streams = value; return;
    case http2_setting::initial_window_size: return initial_window(value);
    case http2_setting::max_frame_size:
      if (value < least_frame || value > largest_frame) fault(http2_code::protocol_error);
      return;
    case http2_setting::max_header_list_size: return;  // it would answer 431
  }
}

void http2_session::initial_window(std::uint32_t size) {
  if (size > largest_window) return fault(http2_code::flow_control_error);
  const auto change = std::int64_t{size} - peer_.initial_window;
  peer_.initial_window = size;
  for (const auto& [id, each] : open_) {
    if (!each->sent || each->closed) continue;
    each->send_window += change;
    if (each->send_window > largest_window) return fault(http2_code::flow_control_error);
  }
}

void http2_session::ping_frame() {
  const auto& head = reader_.head();
  if (head.stream != 0) return fault(http2_code::protocol_error);
  if (reader_.payload().size() != 8) return fault(http2_code::frame_size_error);
  if (head.has(flag::ack))
    ++pings_answered_;
  else
    say(http2_type::ping, flag::ack, 0, reader_.payload());
}

/// No stream above the last one has been or will be looked at (RFC 9113 §6.8).
void http2_session::goaway() {
  const auto payload = reader_.payload();
  if (reader_.head().stream != 0) return fault(http2_code::protocol_error);
  if (payload.size() < 8) return fault(http2_code::frame_size_error);
  const auto last = wire::read_big_endian<std::uint32_t>(payload) & 0x7fffffff;
  if (last > last_served_) return fault(http2_code::protocol_error);
  last_served_ = last;
  farewell_ = static_cast<http2_code>(wire::read_big_endian<std::uint32_t>(payload.substr(4)));
  for (const auto& [id, each] : open_) {
    if (each->closed || (each->sent && id <= last)) continue;
    close(*each);
    each->not_processed = !each->head_complete;
    fail(*each, error{errc::connection_reset, "the server refused the stream"});
  }
}

void http2_session::window_update() {
  const auto stream = reader_.head().stream;
  if (stream != 0 && idle(stream)) return fault(http2_code::protocol_error);
  if (reader_.payload().size() != 4) return fault(http2_code::frame_size_error);
  const auto more = std::int64_t{wire::read_big_endian<std::uint32_t>(reader_.payload()) & 0x7fffffff};
  if (stream == 0) {
    peer_.window += more;
    if (more == 0) return fault(http2_code::protocol_error);
    if (peer_.window > largest_window) return fault(http2_code::flow_control_error);
    return;
  }
  auto* response = find(stream);
  if (!response || response->closed) return;
  response->send_window += more;
  if (more == 0) return reset(*response, http2_code::protocol_error, error{errc::protocol_error, "HTTP/2: a window that grows by nothing"});
  if (response->send_window > largest_window)
    reset(*response, http2_code::flow_control_error, error{errc::protocol_error, "HTTP/2: a window that grows too large"});
}

}  // namespace cohedge::net
