#include <cohedge/wire/http1.hpp>

#include "in_quotes.hpp"
#include "scan.hpp"

#include <algorithm>
#include <array>

namespace cohedge::wire {

namespace {

bool has_body_status(int status) noexcept { return status >= 200 && status != 204 && status != 304; }

constexpr std::array<std::int8_t, 256> hex_table = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  std::int8_t value = 0;
  for (char c : std::string_view{"0123456789abcdef"}) table[static_cast<unsigned char>(c)] = value++;
  for (char c : std::string_view{"ABCDEF"})
    table[static_cast<unsigned char>(c)] = table[static_cast<unsigned char>(c | 0x20)];
  return table;
}();
constexpr int hex_value(char c) noexcept { return hex_table[static_cast<unsigned char>(c)]; }

// chunk-ext of RFC 9112 §7.1.1: *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
bool valid_chunk_extension(std::string_view text) noexcept {
  const auto skip = [&text](auto test) {
    std::size_t size = 0;
    while (size < text.size() && test(text[size])) ++size;
    text.remove_prefix(size);
    return size;
  };
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty()) {
    skip(blank);
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    skip(blank);
    if (skip(scan::is_token) == 0) return false;
    const auto after_name = text;
    skip(blank);
    if (!text.starts_with('=')) {
      text = after_name;
      continue;
    }
    text.remove_prefix(1);
    skip(blank);
    if (!text.starts_with('"')) {
      if (skip(scan::is_token) == 0) return false;
      continue;
    }
    text.remove_prefix(1);
    while (!text.empty() && text[0] != '"') {
      if (text[0] == '\\' && text.size() > 1) text.remove_prefix(1);
      if (scan::find_control(text.substr(0, 1)) == 0) return false;
      text.remove_prefix(1);
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace

// ---- framing (RFC 9112 §6.3)

bool http1_parser::expect_length(std::uint64_t length) {
  if (length > limits_.body - body_size_) {  // never negative: body_size_ grows here alone
    return exceed(limits_.body, "bytes of body");
  }
  body_size_ += length;
  remaining_ = length;
  return true;
}

bool http1_parser::decide_framing() {
  const bool http10 = minor_version_ == 0;
  persistent_ = !close_token_ && (!http10 || keep_alive_token_);
  if (has_encoding_ && (has_length_ || http10)) persistent_ = false;  // dubious framing: read it, then close
  const bool request = role_ == role::request;
  if (!request && (bodiless_method_ || !has_body_status(status_) || (connect_method_ && status_ < 300))) {
    state_ = state::no_body;
    return true;
  }
  if (has_encoding_) {
    if (request && has_length_) {
      return fail(errc::protocol_error, "a request with both Transfer-Encoding and Content-Length");
    }
    if (chunked_last_ && other_coding_) {
      return fail(errc::protocol_error, "a transfer coding beside chunked, which was not asked for");
    }
    if (request && !chunked_last_) return fail(errc::protocol_error, "a transfer coding other than chunked");
    state_ = chunked_last_ ? state::chunk_size : state::until_close;
  } else if (has_length_) {
    state_ = state::fixed;
    return expect_length(length_);
  } else {
    state_ = request ? state::no_body : state::until_close;
  }
  if (state_ == state::until_close) persistent_ = false;
  return true;
}

result<http1_step> http1_parser::head_complete() {
  if (role_ == role::response && status_ < 200) {
    if (status_ == 101) {
      fail(errc::protocol_error, "101 Switching Protocols, which was not asked for");
      return failure();
    }
    if (interim_.size() == limits_.interim_responses) {
      exceed(limits_.interim_responses, "interim responses");
      return failure();
    }
    interim_.push_back(static_cast<std::uint16_t>(status_));
    headers_.clear();
    block_size_ = 0;
    length_ = 0;
    has_length_ = has_encoding_ = chunked_last_ = other_coding_ = close_token_ = keep_alive_token_ = false;
    blank_seen_ = false;
    state_ = state::start_line;
    return http1_step::need_more;
  }
  if (!decide_framing()) return failure();
  block_size_ = 0;  // counts trailers from here on
  return http1_step::head;
}

// ---- body

result<http1_step> http1_parser::read_fixed(std::string_view& input) {
  if (remaining_ == 0) {
    state_ = state::done;
    return http1_step::end;
  }
  if (input.empty()) return http1_step::need_more;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
  body_ = input.substr(0, size);
  input.remove_prefix(size);
  remaining_ -= size;
  return http1_step::body;
}

result<http1_step> http1_parser::read_until_close(std::string_view& input) {
  if (input.empty()) return http1_step::need_more;
  if (!expect_length(input.size())) return failure();
  remaining_ = 0;
  body_ = input;
  input.remove_prefix(input.size());
  return http1_step::body;
}

bool http1_parser::read_chunk_end(std::string_view& input) {
  constexpr std::string_view crlf{"\r\n"};
  while (remaining_ < 2 && !input.empty()) {
    if (input.front() != crlf[remaining_]) {
      remaining_ = 0;
      return fail(errc::protocol_error, "a chunk longer than its size says");
    }
    input.remove_prefix(1);
    ++remaining_;
  }
  if (remaining_ == 2) {
    remaining_ = 0;
    state_ = state::chunk_size;
  }
  return true;
}

// "104\r\n…\r\n", without extensions.
bool http1_parser::take_chunk(std::string_view& input) noexcept {
  if (state_ != state::chunk_size || !(pending_.empty() || pending_used_)) return false;
  std::uint64_t size = 0;
  std::size_t at = 0;
  const auto end = std::min<std::size_t>(input.size(), 8);
  for (int digit; at < end && (digit = hex_value(input[at])) >= 0; ++at)
    size = size * 16 + static_cast<std::uint64_t>(digit);
  const auto crlf = [&](std::size_t where) { return input[where] == '\r' && input[where + 1] == '\n'; };
  if (at == 0 || size == 0 || input.size() < at + size + 4 || !crlf(at) || !crlf(at + 2 + size)) return false;
  if (size > limits_.body - body_size_) return false;
  body_size_ += size;
  body_ = {input.data() + at + 2, size};
  input = {input.data() + at + size + 4, input.size() - at - size - 4};
  return true;
}

result<http1_step> http1_parser::read_chunked(std::string_view& input) {
  if (take_chunk(input)) return http1_step::body;
  for (;;) {
    switch (state_) {
      case state::chunk_size:
        if (input.empty()) return http1_step::need_more;
        if (!read_chunk_size(input)) return failure();
        if (state_ == state::chunk_size) return http1_step::need_more;
        break;
      case state::chunk_data: {
        if (input.empty()) return http1_step::need_more;
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
        body_ = input.substr(0, size);
        input.remove_prefix(size);
        remaining_ -= size;
        if (remaining_ == 0) state_ = state::chunk_end;
        return http1_step::body;
      }
      case state::chunk_end:
        if (input.empty()) return http1_step::need_more;
        if (!read_chunk_end(input)) return failure();
        break;
      case state::trailers:
        if (input.empty()) return http1_step::need_more;
        if (!read_trailers(input)) return failure();
        break;
      default: return http1_step::end;  // done
    }
  }
}

bool http1_parser::read_chunk_size(std::string_view& input) {
  std::string_view line;
  const auto took = take_line(input, line, limits_.chunk_extension);
  if (took != take::line) return took == take::more;
  return parse_chunk_line(line);
}

bool http1_parser::parse_chunk_line(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t at = 0;
  for (int digit; at < line.size() && (digit = hex_value(line[at])) >= 0; ++at) {
    if (size >> 60 != 0) return fail(errc::protocol_error, "a chunk size beyond 64 bits");
    size = size * 16 + static_cast<std::uint64_t>(digit);
  }
  if (at == 0) return fail(errc::protocol_error, "a chunk size that is not hexadecimal: " + in_quotes(line));
  if (!valid_chunk_extension(line.substr(at))) {
    return fail(errc::protocol_error, "garbage after a chunk size: " + in_quotes(line));
  }
  if (size == 0) {
    state_ = state::trailers;
    return true;
  }
  state_ = state::chunk_data;
  return expect_length(size);
}

bool http1_parser::read_trailers(std::string_view& input) {
  while (!input.empty()) {
    std::string_view line;
    const auto took = take_line(input, line, std::min(limits_.header_line, limits_.trailer_block));
    if (took != take::line) return took == take::more;
    if (line.empty()) {
      state_ = state::done;
      return true;
    }
    block_size_ += line.size() + 2;
    if (block_size_ > limits_.trailer_block) {
      return exceed(limits_.trailer_block, "bytes of trailers");
    }
    header dropped;  // RFC 9110 §6.5.1: trailers are not merged into the headers
    if (!split_field(line, dropped)) return false;
  }
  return true;
}

}  // namespace cohedge::wire
