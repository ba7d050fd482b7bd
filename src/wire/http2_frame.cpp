#include <cohedge/wire/http2_frame.hpp>

#include <cohedge/wire/big_endian.hpp>

#include <array>
#include <utility>

namespace cohedge::wire {

const char* name_of(http2_code code) noexcept {
  constexpr std::array<const char*, 14> names{
      "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
      "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
      "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : "an unknown error";
}

void write_frame_head(char* to, const http2_frame_head& head) noexcept {
  write_big_endian(to, head.length << 8 | static_cast<std::uint32_t>(head.type));
  to[4] = static_cast<char>(head.flags);
  write_big_endian(to + 5, head.stream);
}

void append_frame_head(std::string& out, const http2_frame_head& head) {
  char bytes[http2_frame_head::size];
  write_frame_head(bytes, head);
  out.append(bytes, sizeof bytes);
}

void append_frame(std::string& out, http2_type type, std::uint32_t stream, std::uint32_t value) {
  append_frame_head(out, {sizeof value, type, 0, stream});
  append_big_endian(out, value);
}

void append_setting(std::string& out, http2_setting what, std::uint32_t value) {
  append_big_endian(out, static_cast<std::uint16_t>(what));
  append_big_endian(out, value);
}

http2_frame_reader::step http2_frame_reader::next(std::string_view& bytes) {
  if (ends_) held_.clear();
  ends_ = false;
  if (!in_frame_) {
    if (!read_head(bytes)) return step::more;
    if (head_.length > most) return step::too_large;
    in_frame_ = fresh_ = true;
    left_ = head_.length;
    padding_ = 0;
    padding_unknown_ = head_.has(http2_flag::padded);
  }
  return head_.type == http2_type::data ? next_of_data(bytes) : whole(bytes);
}

bool http2_frame_reader::read_head(std::string_view& bytes) {
  auto text = bytes.substr(0, http2_frame_head::size);
  if (held_.empty() && text.size() == http2_frame_head::size) {
    bytes.remove_prefix(text.size());
  } else {
    if (!hold(bytes, http2_frame_head::size)) return false;
    text = held_;
  }
  const auto first = read_big_endian<std::uint32_t>(text);
  head_ = {first >> 8, static_cast<http2_type>(first & 0xff), static_cast<std::uint8_t>(text[4]),
           read_big_endian<std::uint32_t>(text.substr(5)) & 0x7fffffff};
  held_.clear();
  return true;
}

http2_frame_reader::step http2_frame_reader::next_of_data(std::string_view& bytes) noexcept {
  const auto take = [&](std::uint32_t size) {
    const auto part = bytes.substr(0, size);
    bytes.remove_prefix(part.size());
    left_ -= static_cast<std::uint32_t>(part.size());
    return part;
  };
  if (padding_unknown_) {
    if (left_ == 0) return step::malformed;
    if (bytes.empty()) return step::more;
    padding_ = static_cast<unsigned char>(take(1).front());
    padding_unknown_ = false;
    if (padding_ > left_) return step::malformed;
  }
  payload_ = left_ > padding_ ? take(left_ - padding_) : std::string_view{};
  if (left_ <= padding_) take(left_);
  ends_ = left_ == 0;
  in_frame_ = !ends_;
  if (payload_.empty() && !ends_) return step::more;
  begins_ = std::exchange(fresh_, false);
  return step::frame;
}

http2_frame_reader::step http2_frame_reader::whole(std::string_view& bytes) {
  if (held_.empty() && bytes.size() >= head_.length) {
    payload_ = bytes.substr(0, head_.length);
    bytes.remove_prefix(head_.length);
  } else {
    if (!hold(bytes, head_.length)) return step::more;
    payload_ = held_;
  }
  begins_ = ends_ = true;
  in_frame_ = false;
  return step::frame;
}

bool http2_frame_reader::hold(std::string_view& bytes, std::size_t size) {
  const auto part = bytes.substr(0, size - held_.size());
  held_.append(part);
  bytes.remove_prefix(part.size());
  return held_.size() == size;
}

}  // namespace cohedge::wire
