#include <cohedge/wire/http1.hpp>

#include "in_quotes.hpp"
#include "scan.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace cohedge::wire {

std::optional<std::uint64_t> http1_parser::content_length() const noexcept {
  if (!has_length_ || has_encoding_) return std::nullopt;
  return length_;
}

void http1_parser::reset() {
  headers_.begin_again();
  interim_.clear();
  body_ = {};
  pending_.clear();
  error_.reset();
  remaining_ = body_size_ = length_ = 0;
  block_size_ = 0;
  method_size_ = target_size_ = 0;
  status_ = 0;
  minor_version_ = 1;
  state_ = state::start_line;
  pending_used_ = started_ = blank_seen_ = false;
  has_length_ = has_encoding_ = chunked_last_ = other_coding_ = false;
  close_token_ = keep_alive_token_ = persistent_ = closed_ = false;
}

// ---- errors

std::string http1_parser::where() const {
  const std::string what = role_ == role::response ? "response" : "request";
  switch (state_) {
    case state::start_line: return role_ == role::response ? "status line" : "request line";
    case state::fields: return what + " header " + std::to_string(headers_.size() + 1);
    case state::trailers: return what + " trailers";
    default: return what + " body, after " + std::to_string(body_size_ - remaining_) + " bytes";
  }
}

bool http1_parser::fail(errc code, std::string_view what) {
  std::string detail = where();
  detail.append(": ").append(what);
  error_.emplace(code, std::move(detail));
  state_ = state::failed;
  return false;
}

bool http1_parser::exceed(std::size_t limit, std::string_view what) {
  std::string detail{"more than "};
  return fail(errc::limit_exceeded, detail.append(std::to_string(limit)).append(" ").append(what));
}

error http1_parser::failure() { return *error_; }

// ---- lines

// Hands out the next line without its CRLF. A line that the input holds whole is a view into it; one that was cut over
// inputs is collected in pending_, where it stays until the next call.
http1_parser::take http1_parser::take_line(std::string_view& input, std::string_view& line, std::size_t limit) {
  if (pending_used_) {
    pending_.clear();
    pending_used_ = false;
  }
  const auto end = input.starts_with("\r\n") ? 1 : input.find('\n');  // the head's end is looked for every time
  const auto size = std::min(end, input.size());
  if (pending_.size() + size > limit + 1) {  // one for the CR
    exceed(limit, "bytes in a line");
    return take::failed;
  }
  if (end == std::string_view::npos) {
    pending_.append(input);
    input.remove_prefix(input.size());
    return take::more;
  }
  line = input.substr(0, size);
  if (!pending_.empty()) {
    pending_.append(line);
    line = pending_;
    pending_used_ = true;
  }
  if (line.empty() || line.back() != '\r') {
    fail(errc::protocol_error, "a line that ends with LF alone; lines end with CRLF");
    return take::failed;
  }
  line.remove_suffix(1);
  input.remove_prefix(size + 1);
  return take::line;
}

// Whether an unfinished line can still become what is due here. Tells garbage and folded lines at once, where there
// may never be an LF.
bool http1_parser::plausible_start() const noexcept {
  if (pending_.empty()) return true;
  if (state_ == state::fields) return pending_[0] != ' ' && pending_[0] != '\t';
  if (state_ != state::start_line) return true;
  if (pending_[0] == '\r') return pending_.size() == 1;
  if (role_ == role::request) return scan::is_token(pending_[0]);
  constexpr std::string_view version{"HTTP/1."};
  return std::string_view{pending_}.substr(0, version.size()) == version.substr(0, pending_.size());
}

// ---- start line

bool http1_parser::parse_version(std::string_view text) {
  if (text.size() == 8 && text.starts_with("HTTP/1.") && scan::is_digit(text[7])) {
    minor_version_ = text[7] - '0';
    return true;
  }
  return fail(errc::protocol_error, "expected HTTP/1.x, got " + in_quotes(text));
}

bool http1_parser::parse_status_line(std::string_view line) {
  const auto space = line.find(' ');
  if (!parse_version(line.substr(0, std::min(space, std::size_t{20})))) return false;
  std::string_view rest = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  const bool three_digits = rest.size() >= 3 && scan::is_digit(rest[0]) && scan::is_digit(rest[1]) &&
                            scan::is_digit(rest[2]) && (rest.size() == 3 || rest[3] == ' ');
  if (!three_digits || rest[0] == '0') {
    return fail(errc::protocol_error, "expected a status of three digits, got " + in_quotes(rest));
  }
  status_ = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  if (scan::find_control(rest) != rest.size()) return fail(errc::protocol_error, "a control character in the reason");
  return true;
}

// The status line that nearly all answers have.
void http1_parser::take_usual_status(std::string_view& input) noexcept {
  constexpr std::string_view usual{"HTTP/1.1 200 OK\r\n"};
  if (role_ != role::response || !input.starts_with(usual) || limits_.header_line < usual.size()) return;
  status_ = 200;
  minor_version_ = 1;  // an interim response before it may have had another
  block_size_ += usual.size();
  input.remove_prefix(usual.size());
  state_ = state::fields;
}

bool http1_parser::parse_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return fail(errc::protocol_error, "expected method, target and version, got " + in_quotes(line));
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  if (!valid_header_name(method)) return fail(errc::protocol_error, "a method that is not a token: " + in_quotes(method));
  if (!parse_version(line.substr(last + 1))) return false;
  if (target.empty() || target.find_first_of(" \t") != std::string_view::npos || !valid_header_value(target)) {
    return fail(errc::protocol_error, "a target with spaces or controls");
  }
  start_line_.assign(line);
  method_size_ = method.size();
  target_size_ = target.size();
  return true;
}

bool http1_parser::parse_start_line(std::string_view line) {
  if (line.empty()) {  // RFC 9112 §2.2: a server may have sent one CRLF too many after the message before
    if (blank_seen_) return fail(errc::protocol_error, "empty lines before the message");
    blank_seen_ = true;
    return true;
  }
  if (!(role_ == role::response ? parse_status_line(line) : parse_request_line(line))) return false;
  state_ = state::fields;
  return true;
}

// ---- header fields

bool http1_parser::split_field(std::string_view line, header& out) {
  std::size_t colon = 0;
  while (colon < line.size() && scan::is_token(line[colon])) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') {
    if (line[0] == ' ' || line[0] == '\t') return fail(errc::protocol_error, "a folded header line");
    if (colon == line.size()) return fail(errc::protocol_error, "a line without a colon: " + in_quotes(line));
    return fail(errc::protocol_error, "a name that is not a token: " + in_quotes(line.substr(0, line.find(':'))));
  }
  out.name = line.substr(0, colon);
  out.value = scan::trim(line.substr(colon + 1));
  if (scan::find_control(out.value) != out.value.size()) {
    return fail(errc::protocol_error, "a control character in the value of " + in_quotes(out.name));
  }
  return true;
}

bool http1_parser::note_content_length(std::string_view value) {
  if (const auto only = scan::digits(value); only && !has_length_) {  // nearly always
    has_length_ = true;
    length_ = *only;
    return true;
  }
  return scan::each_element(value, [this, value](std::string_view element) {
    const auto length = scan::digits(element);
    if (!length) return fail(errc::protocol_error, "a Content-Length that is not a number: " + in_quotes(value));
    if (has_length_ && *length != length_) return fail(errc::protocol_error, "two different Content-Lengths");
    has_length_ = true;
    length_ = *length;
    return true;
  });
}

bool http1_parser::note_transfer_encoding(std::string_view value) {
  has_encoding_ = true;
  if (value.empty()) return fail(errc::protocol_error, "a Transfer-Encoding without a coding");
  return scan::each_element(value, [this](std::string_view coding) {
    if (coding.empty()) return true;
    const bool chunked = scan::is(coding, "chunked");
    if (chunked && chunked_last_) return fail(errc::protocol_error, "chunked twice");
    if (!chunked) other_coding_ = true;
    chunked_last_ = chunked;
    return true;
  });
}

void http1_parser::note_connection(std::string_view value) noexcept {
  scan::each_element(value, [this](std::string_view token) {
    close_token_ |= scan::is(token, "close");
    keep_alive_token_ |= scan::is(token, "keep-alive");
    return true;
  });
}

// The fields that frame the message are looked at as they come; the length of a name tells nearly all others.
inline bool http1_parser::note_field(const header& field) {
  constexpr auto sizes = 1U << 10 | 1U << 14 | 1U << 17;  // of the three names
  const auto size = field.name.size();
  if (size >= 32 || (sizes >> size & 1) == 0) return true;
  if (scan::is(field.name, "content-length")) return note_content_length(field.value);
  if (scan::is(field.name, "transfer-encoding")) return note_transfer_encoding(field.value);
  if (scan::is(field.name, "connection")) note_connection(field.value);
  return true;
}

static header_block::place place_of(const header& field, const char* text) noexcept {
  const auto narrow = [](auto size) { return static_cast<std::uint32_t>(size); };
  return {narrow(field.name.data() - text), narrow(field.name.size()), narrow(field.value.data() - text),
          narrow(field.value.size())};
}

bool http1_parser::parse_field(std::string_view line) {
  header field;
  if (!split_field(line, field)) return false;
  if (headers_.size() >= limits_.header_count) {
    return exceed(limits_.header_count, "headers");
  }
  if (!note_field(field)) return false;
  const header_block::place at = place_of(field, line.data());
  headers_.append(line, {&at, 1});
  return true;
}

// Reads whole header lines straight from the input, each byte once, and copies them all at once. A name that had the same
// place in the message before, as nearly all have, is compared and not looked at. Stops before whatever is not plain (the
// end of the head, a cut line, a TAB, a fault, a limit): parse_field sees to that.
bool http1_parser::read_plain_fields(std::string_view& input) {
  const auto block = input.substr(0, limits_.header_block - std::min(block_size_, limits_.header_block));
  const char* const text = block.data();
  const auto known = headers_.before();
  const char* const text_before = headers_.text_before();
  const auto longest = limits_.header_line;
  std::array<header_block::place, 32> fields;  // a head has fewer; what is beyond is read in another call
  const auto most = std::min(fields.size(), limits_.header_count - std::min(headers_.size(), limits_.header_count));
  std::size_t count = 0, line = 0;
  bool fine = true;
  while (fine && count < most) {
    std::size_t colon = line, from = line;
    if (count < known.size()) {
      const auto& was = known[count];
      const auto same = was.value - was.name;  // "name: "
      if (same < block.size() - line && scan::equal_short(text + line, text_before + was.name, same)) {
        colon += was.name_size;
        from += same;
      }
    }
    if (colon == line) {
      colon = scan::find_token_end(block, line);
      if (colon == line || colon == block.size() || text[colon] != ':') break;
      from = colon + 1;
    }
    auto to = scan::find_any_control(block, from);
    const auto next = to + 2;
    if (next > block.size() || std::memcmp(text + to, "\r\n", 2) != 0 || next - line > longest) break;
    while (text[from] == ' ') ++from;  // up to the CR
    while (to > from && text[to - 1] == ' ') --to;
    const header field{{text + line, colon - line}, {text + from, to - from}};
    fine = note_field(field);
    fields[count++] = place_of(field, text);
    line = next;
  }
  headers_.append(block.substr(0, line), {fields.data(), count});
  block_size_ += line;
  input.remove_prefix(line);
  return fine;
}

result<http1_step> http1_parser::read_head(std::string_view& input) {
  while (!input.empty()) {
    started_ = true;
    const bool between_lines = pending_.empty() || pending_used_;
    if (between_lines && state_ == state::start_line) take_usual_status(input);
    if (between_lines && state_ == state::fields && !read_plain_fields(input)) return failure();
    std::string_view line;
    const auto took = take_line(input, line, limits_.header_line);
    if (took == take::failed) return failure();
    if (took == take::more) break;
    block_size_ += line.size() + 2;
    if (block_size_ > limits_.header_block) {
      exceed(limits_.header_block, "bytes of headers");
      return failure();
    }
    if (state_ == state::fields && line.empty()) {
      auto step = head_complete();
      if (step.has_error() || step.value() == http1_step::head) return step;
      continue;  // an interim response
    }
    if (!(state_ == state::fields ? parse_field(line) : parse_start_line(line))) return failure();
  }
  if (pending_used_) return http1_step::need_more;
  if (pending_.size() + block_size_ > limits_.header_block + 1) {
    exceed(limits_.header_block, "bytes of headers");
    return failure();
  }
  if (!plausible_start()) {
    fail(errc::protocol_error, state_ == state::fields ? "a folded header line" : "unexpected bytes: " + in_quotes(pending_));
    return failure();
  }
  return http1_step::need_more;
}

// ---- the public steps

result<http1_step> http1_parser::next(std::string_view& input) {
  switch (state_) {
    case state::start_line:
    case state::fields: return read_head(input);
    case state::no_body: state_ = state::done; return http1_step::end;
    case state::fixed: return read_fixed(input);
    case state::chunk_size:
    case state::chunk_data:
    case state::chunk_end:
    case state::trailers: return read_chunked(input);
    case state::until_close: return read_until_close(input);
    case state::done: return http1_step::end;
    case state::failed: break;
  }
  return failure();
}

result<http1_step> http1_parser::finish() {
  std::string_view nothing;
  switch (state_) {
    case state::done: return http1_step::end;
    case state::failed: return failure();
    case state::no_body: return next(nothing);
    case state::fixed:
      if (remaining_ == 0) return next(nothing);
      fail(errc::connection_closed, std::to_string(remaining_) + " of " + std::to_string(length_) + " bytes missing");
      return failure();
    case state::until_close:
      closed_ = true;
      state_ = state::done;
      return http1_step::end;
    case state::start_line:
      fail(errc::connection_closed, started_ ? "the peer closed inside the head" : "the peer closed before it began");
      return failure();
    case state::fields: fail(errc::connection_closed, "the peer closed inside the head"); return failure();
    default: fail(errc::connection_closed, "the peer closed before the last chunk"); return failure();
  }
}

void response_parser::begin(std::string_view request_method) {
  reset();
  bodiless_method_ = request_method == "HEAD";
  connect_method_ = request_method == "CONNECT";
}

}  // namespace cohedge::wire
