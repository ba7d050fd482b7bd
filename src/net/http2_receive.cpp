// What a server sends: its frames in general, and those that bring responses.

#include "http2_session.hpp"

#include <string>

namespace cohedge::net {

using wire::http2_code;
using wire::http2_type;
namespace flag = wire::http2_flag;

namespace {

/// Answers to pings and settings, resets: of a peer that goes on asking without ever reading.
constexpr std::size_t most_unsent = 64 * 1024;

error malformed() { return error{errc::protocol_error, "HTTP/2: a malformed response"}; }

}  // namespace

result<void> http2_session::receive(std::string_view bytes) {
  if (fault_) return success();
  while (!fault_) {
    switch (reader_.next(bytes)) {
      case wire::http2_frame_reader::step::frame: frame(); break;
      case wire::http2_frame_reader::step::too_large: fault(http2_code::frame_size_error); break;
      case wire::http2_frame_reader::step::malformed: fault(http2_code::protocol_error); break;
      case wire::http2_frame_reader::step::more: return success();
    }
    // A peer that keeps us busy with frames that bring nobody anything (RFC 9113 §10.5).
    if (idle_frames_ > limits_.http2_idle_frames)
      refuse(error{errc::limit_exceeded, "http2_idle_frames: the server sends frames without content"});
    if (control_.size() > most_unsent) refuse(error{errc::limit_exceeded, "the server floods the connection"});
    if (refused_) return *refused_;
  }
  fail_all(why_over());  // also while the farewell cannot be sent
  return success();
}

void http2_session::frame() {
  const auto& head = reader_.head();
  if (reader_.begins()) {
    // SETTINGS come first (RFC 9113 §3.4), and nothing comes between the frames of a block (§4.3).
    const bool greets = head.type == http2_type::settings && !head.has(flag::ack);
    const bool goes_on = head.type == http2_type::continuation && head.stream == block_of_;
    if ((!greeted_ && !greets) || (block_of_ != 0 && !goes_on)) return fault(http2_code::protocol_error);
    ++idle_frames_;  // what brings somebody something: `data`, `block`
  }
  switch (head.type) {
    case http2_type::data: return data();
    case http2_type::headers: return headers();
    case http2_type::continuation: return continuation();
    case http2_type::rst_stream: return rst_stream();
    case http2_type::settings: return settings();
    case http2_type::ping: return ping_frame();
    case http2_type::goaway: return goaway();
    case http2_type::window_update: return window_update();
    case http2_type::push_promise: return fault(http2_code::protocol_error);  // we have said that we take none
    case http2_type::priority: return;                                       // RFC 9113 §5.3.2
  }
  // Of types that are not known nothing is wanted (RFC 9113 §5.5).
}

void http2_session::data() {
  const auto& head = reader_.head();
  if (idle(head.stream)) return fault(http2_code::protocol_error);
  auto* response = find(head.stream);
  if (reader_.begins()) {
    content_ = 0;
    if ((receive_window_ -= head.length) < 0) return fault(http2_code::flow_control_error);
    if (response && (response->receive_window -= head.length) < 0)
      reset(*response, http2_code::flow_control_error, error{errc::protocol_error, "HTTP/2: more content than was allowed"});
    if (response && response->ended)
      reset(*response, http2_code::stream_closed, error{errc::protocol_error});
  }
  if (response && response->closed) response = nullptr;
  const auto content = reader_.payload();
  content_ += content.size();
  if (response && !response->rules.data(content.size())) {
    reset(*response, http2_code::protocol_error, malformed());
    response = nullptr;
  }
  if (response && response->body_bytes + content.size() > limits_.body) {
    auto why = "body: more than " + std::to_string(limits_.body) + " bytes";
    reset(*response, http2_code::cancel, error{errc::limit_exceeded, std::move(why)});
    response = nullptr;
  }
  if (reader_.ends()) consumed(response, head.length - content_);  // the padding
  if (!response) return consumed(nullptr, content.size());
  if (!content.empty()) {
    idle_frames_ = 0;
    response->body_bytes += content.size();
    response->arrived += content;
    note(*response);
  }
  if (reader_.ends() && head.has(flag::end_stream)) end_of(*response);
}

void http2_session::headers() {
  const auto& head = reader_.head();
  if (idle(head.stream)) return fault(http2_code::protocol_error);
  auto fields = reader_.payload();
  const std::size_t length_of_padding = head.has(flag::padded) ? 1 : 0;
  const std::size_t before = length_of_padding + (head.has(flag::priority) ? 5 : 0);
  if (fields.size() < before) return fault(http2_code::frame_size_error);
  const std::size_t padding = length_of_padding == 0 ? 0 : static_cast<unsigned char>(fields.front());
  fields.remove_prefix(before);
  if (padding > fields.size()) return fault(http2_code::protocol_error);
  fields.remove_suffix(padding);
  block_of_ = head.stream;
  block_is_last_ = head.has(flag::end_stream);
  if (head.has(flag::end_headers)) return block(fields);
  block_ = fields;
}

void http2_session::continuation() {
  if (block_of_ == 0) return fault(http2_code::protocol_error);
  block_ += reader_.payload();
  // What is coded is hardly ever longer than what it stands for.
  if (block_.size() > limits_.header_block)
    return refuse(error{errc::limit_exceeded, "header_block: more than " + std::to_string(limits_.header_block) + " bytes"});
  if (!reader_.head().has(flag::end_headers)) return;
  block(block_);
  std::string{}.swap(block_);
}

/// A block is read to its end even where nobody wants it: both sides' tables depend on it.
void http2_session::block(std::string_view fields) {
  auto* response = find(std::exchange(block_of_, 0));
  if (response && !response->closed && response->ended)
    reset(*response, http2_code::stream_closed, error{errc::protocol_error});
  if (response && response->closed) response = nullptr;
  if (response) {
    idle_frames_ = 0;
    response->rules.begin_block();
    response->header_bytes = 0;
    if (!response->head_complete) response->headers.clear();
  }
  decoder_.begin(fields);
  wire::header next;
  for (;;) {
    const auto step = decoder_.next(next);
    if (step == wire::hpack_decoder::step::malformed) return fault(http2_code::compression_error);
    if (step == wire::hpack_decoder::step::end) break;
    if (response && !field(*response, next)) response = nullptr;
  }
  if (response) end_of_block(*response, block_is_last_);
}

/// False: nothing more of this response is wanted.
bool http2_session::field(http2_response& response, const wire::header& field) {
  const auto too_much = [&](const char* limit) {
    reset(response, http2_code::cancel, error{errc::limit_exceeded, limit});
    return false;
  };
  if (!response.rules.field(field.name, field.value)) {
    reset(response, http2_code::protocol_error, error{errc::protocol_error, "HTTP/2: a field that no response may have"});
    return false;
  }
  response.header_bytes += field.name.size() + field.value.size() + wire::hpack_table::per_field;  // RFC 9113 §6.5.2
  if (response.head_complete) return response.header_bytes <= limits_.trailer_block || too_much("trailer_block");
  if (response.header_bytes > limits_.header_block) return too_much("header_block");
  if (response.headers.size() >= limits_.header_count) return too_much("header_count");
  if (field.name == ":status")
    response.status = response.rules.status();
  else
    response.headers.add(field.name, field.value);
  return true;
}

void http2_session::end_of_block(http2_response& response, bool last) {
  if (!response.rules.end_block(last)) return reset(response, http2_code::protocol_error, malformed());
  if (!response.head_complete && response.status / 100 == 1) {
    if (++response.interim > limits_.interim_responses)
      reset(response, http2_code::cancel, error{errc::limit_exceeded, "interim_responses"});
    return;
  }
  response.head_complete = true;
  note(response);
  if (last) end_of(response);
}

void http2_session::end_of(http2_response& response) {
  if (!response.rules.end()) return reset(response, http2_code::protocol_error, malformed());
  response.ended = true;
  note(response);
  if (response.unsent.empty()) close(response);
}

}  // namespace cohedge::net
