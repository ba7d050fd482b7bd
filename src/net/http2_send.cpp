// What the client says: heads, content, and frames about streams and the connection.

#include "http2_session.hpp"

#include "without_throwing.hpp"

#include <cohedge/wire/wipe.hpp>

#include <algorithm>
#include <charconv>

namespace cohedge::net {

using wire::http2_type;
namespace flag = wire::http2_flag;

namespace {

constexpr std::size_t largest_frame = 16'384;  // where the peer takes larger ones (RFC 9113 §4.2), others would wait

}  // namespace

result<void> http2_session::collect(std::string& out, std::size_t most) {
  if (out_of_memory_) return error{errc::out_of_memory};
  out += control_;
  control_.clear();
  if (fault_) return success();
  while (!unopened_.empty() && streams_ < peer_.most_streams && out.size() < most) send_head(out, *unopened_.pop());
  send_bodies(out, most);
  return success();
}

void http2_session::send_head(std::string& out, http2_response& response) {
  const auto start = out.size();
  out.append(wire::http2_frame_head::size, '\0');
  write_fields(out, *response.asks);
  if (!response.unsent.empty()) {
    char digits[20];
    const auto* const end = std::to_chars(digits, digits + sizeof digits, response.unsent.size()).ptr;
    encoder_.add(out, "content-length", {digits, end});
  }
  const auto last = response.unsent.empty() ? flag::end_stream : std::uint8_t{0};
  const auto block = out.size() - start - wire::http2_frame_head::size;
  if (block <= largest_frame) {
    wire::write_frame_head(out.data() + start, {static_cast<std::uint32_t>(block), http2_type::headers,
                                              static_cast<std::uint8_t>(flag::end_headers | last), response.id});
  } else {
    auto whole = out.substr(start + wire::http2_frame_head::size);
    out.resize(start);
    for (std::string_view rest = whole; !rest.empty();) {
      const auto part = rest.substr(0, largest_frame);
      rest.remove_prefix(part.size());
      const bool first = part.data() == whole.data();
      const auto flags = static_cast<std::uint8_t>((first ? last : 0) | (rest.empty() ? flag::end_headers : 0));
      wire::append_frame_head(out, {static_cast<std::uint32_t>(part.size()),
                                    first ? http2_type::headers : http2_type::continuation, flags, response.id});
      out += part;
    }
    wire::wipe(whole);
  }
  idle_frames_ = 0;
  next_unsent_ = response.id + 2;
  response.asks = nullptr;
  response.sent = true;
  response.send_window = peer_.initial_window;
  ++streams_;
  if (!response.unsent.empty()) bodies_.push(response);
}

void http2_session::write_fields(std::string& out, const request_head& head) {
  const auto version = encoder_.version();
  if (head.serial() == written_.serial && version == written_.encoder) {
    out += written_.block.expose();
    return;
  }
  encoder_.begin(out);
  const auto start = out.size();
  for (const auto& field : head.http2()) encoder_.add(out, field.name, field.value);
  if (encoder_.version() == version) written_ = {head.serial(), version, secret{std::string_view{out}.substr(start)}};
}

/// A frame of each in turn, until in a whole round nobody was allowed any.
void http2_session::send_bodies(std::string& out, std::size_t most) {
  const http2_response* first_that_waits = nullptr;
  bool sent = false;  // since that one was asked
  while (peer_.window > 0 && out.size() < most) {
    auto* const next = bodies_.pop();
    if (!next) return;
    if (next->send_window > 0) {
      send_piece(out, *next);
      sent = true;
      continue;
    }
    bodies_.push(*next);
    if (next == first_that_waits && !sent) return;
    if (first_that_waits && next != first_that_waits) continue;
    first_that_waits = next;
    sent = false;
  }
}

void http2_session::send_piece(std::string& out, http2_response& response) {
  const auto room = std::min({response.send_window, peer_.window, static_cast<std::int64_t>(largest_frame)});
  const auto piece = response.unsent.substr(0, static_cast<std::size_t>(room));
  response.unsent.remove_prefix(piece.size());
  const auto last = response.unsent.empty() ? flag::end_stream : std::uint8_t{0};
  wire::append_frame_head(out, {static_cast<std::uint32_t>(piece.size()), http2_type::data, last, response.id});
  out += piece;
  response.send_window -= static_cast<std::int64_t>(piece.size());
  peer_.window -= static_cast<std::int64_t>(piece.size());
  idle_frames_ = 0;
  if (!response.unsent.empty())
    bodies_.push(response);
  else if (response.ended)
    close(response);
}

void http2_session::say(http2_type type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) noexcept {
  const auto append = [&] {
    wire::append_frame_head(control_, {static_cast<std::uint32_t>(payload.size()), type, flags, stream});
    control_ += payload;
  };
  without_throwing(append, [&] { out_of_memory_ = true; });
}

void http2_session::say(http2_type type, std::uint32_t stream, std::uint32_t value) noexcept {
  without_throwing([&] { wire::append_frame(control_, type, stream, value); }, [&] { out_of_memory_ = true; });
}

}  // namespace cohedge::net
