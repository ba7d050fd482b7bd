#include "http2_message.hpp"

#include <cohedge/wire/header.hpp>

#include <algorithm>
#include <charconv>

namespace cohedge::net {

namespace {

/// RFC 9113 §8.2.2.
bool is_of_a_connection(std::string_view name) noexcept {
  switch (name.size()) {
    case 7: return name == "upgrade";
    case 10: return name == "connection" || name == "keep-alive";
    case 16: return name == "proxy-connection";
    case 17: return name == "transfer-encoding";
    default: return false;
  }
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

void http2_message::begin(bool bodiless) noexcept {
  *this = {};
  bodiless_ = bodiless;
}

bool http2_message::field(std::string_view name, std::string_view value) noexcept {
  if (name.starts_with(':')) return pseudo_field(name, value);
  fields_seen_ = true;
  if (!wire::valid_lower_header_name(name) || !wire::valid_header_value(value)) return false;
  if (name == "content-length") return head_ || content_length(value);
  return !is_of_a_connection(name);
}

/// There is one in responses, once and first of all, and none in trailers (RFC 9113 §8.3).
bool http2_message::pseudo_field(std::string_view name, std::string_view value) noexcept {
  if (head_ || fields_seen_ || status_ != 0 || name != ":status") return false;
  if (value.size() != 3 || !std::ranges::all_of(value, is_digit) || value[0] == '0') return false;
  status_ = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
  return true;
}

bool http2_message::content_length(std::string_view value) noexcept {
  std::uint64_t length = 0;
  const auto* const end = value.data() + value.size();
  const auto [rest, failed] = std::from_chars(value.data(), end, length);
  if (failed != std::errc{} || rest != end || length_) return false;
  length_ = length;
  return true;
}

bool http2_message::end_block(bool end_stream) noexcept {
  if (head_) return end_stream;  // trailers are the last that comes
  if (status_ == 0) return false;
  if (status_ < 200) {
    const bool allowed = status_ != 101 && !end_stream;  // 101: RFC 9113 §8.6
    status_ = 0;
    length_.reset();
    return allowed;
  }
  head_ = true;
  if (bodiless_ || status_ == 204 || status_ == 304) length_ = 0;
  return true;
}

bool http2_message::data(std::size_t size) noexcept {
  received_ += size;
  return head_ && (!length_ || received_ <= *length_);
}

}  // namespace cohedge::net
