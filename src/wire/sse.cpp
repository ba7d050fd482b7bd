#include <cohedge/wire/sse.hpp>

#include "padded.hpp"
#include "scan.hpp"

#include <algorithm>
#include <cstring>

namespace cohedge::wire {

namespace {

constexpr std::string_view byte_order_mark{"\xEF\xBB\xBF"};

std::size_t find_byte(std::string_view text, char byte) noexcept {
  if (text.empty()) return std::string_view::npos;
  const auto* at = static_cast<const char*>(std::memchr(text.data(), byte, text.size()));
  return at ? static_cast<std::size_t>(at - text.data()) : std::string_view::npos;
}

}  // namespace

sse_parser::sse_parser(const limits& bounds)
    : line_limit_{bounds.sse_line},
      event_limit_{bounds.sse_event},
      most_data_{std::min(event_limit_, line_limit_ - std::min(line_limit_, data_name.size())) + 2} {}  // two LF

void sse_parser::fail(std::string_view what, std::size_t limit) {
  std::string detail{what};
  failure_.emplace(errc::limit_exceeded,
                   detail.append(" of more than ").append(std::to_string(limit)).append(" bytes"));
}

// Where the line ends: at LF or CR. LF is looked for first, as nearly every stream ends lines with it. A stream that
// ends them with CR alone would make that search run over the same bytes for every line, so it gets one that looks for
// both.
std::string_view::size_type sse_parser::find_line_end(std::string_view text) noexcept {
  if (!bare_cr_) {
    const auto lf = find_byte(text, '\n');
    const auto cr = find_byte(text.substr(0, lf), '\r');
    if (cr == std::string_view::npos) return lf;
    if (cr + 1 != lf && cr + 1 != text.size()) bare_cr_ = true;
    return cr;
  }
  const auto marks = [](std::uint64_t word) { return scan::equal(word, '\n') | scan::equal(word, '\r'); };
  const auto at = scan::find_first(text, 0, marks);
  return at == text.size() ? std::string_view::npos : at;
}

// Skips a byte order mark at the start of the stream and the second half of a CRLF. False: there is no input left.
bool sse_parser::skip_start(std::string_view& input) {
  while (bom_ < byte_order_mark.size() && !input.empty()) {
    if (input.front() != byte_order_mark[bom_]) {
      line_.assign(byte_order_mark.substr(0, bom_));  // it was text after all
      bom_ = static_cast<std::uint8_t>(byte_order_mark.size());
      break;
    }
    ++bom_;
    input.remove_prefix(1);
  }
  if (skip_lf_ && !input.empty()) {
    if (input.front() == '\n') input.remove_prefix(1);
    skip_lf_ = false;
  }
  return !input.empty();
}

// The next line without its end; `copied` if it is in line_ and not in the input. False: none, or over the limit.
bool sse_parser::take_line(std::string_view& input, std::string_view& line, bool& copied) {
  if (line_used_) {
    line_.clear();
    line_used_ = false;
  }
  const auto end = find_line_end(input);
  const auto size = std::min(end, input.size());
  if (line_.size() + size > line_limit_) {
    fail("a line of the event stream", line_limit_);
    return false;
  }
  line = input.substr(0, size);
  copied = !line_.empty();
  if (end == std::string_view::npos) {
    line_.append(line);
    input.remove_prefix(size);
    return false;
  }
  const bool cr = input[end] == '\r';
  input.remove_prefix(end + 1);
  skip_lf_ = cr && input.empty();
  crlf_ = cr && input.starts_with('\n');
  if (crlf_) input.remove_prefix(1);
  if (copied) {
    line_.append(line);
    line = line_;
    line_used_ = true;
  }
  return true;
}

void sse_parser::append_data(std::string_view value, bool copied) {
  const auto before = has_data_ ? (owned_ ? data_.size() : data_view_.size()) + 1 : 0;
  if (before + value.size() > event_limit_) return fail("the data of an event", event_limit_);
  if (!has_data_ && !copied) {
    has_data_ = true;
    data_view_ = value;
    return;
  }
  if (!has_data_) {
    data_.assign(value);
  } else {
    if (!owned_) data_.assign(data_view_);
    data_.append(1, '\n').append(value);
  }
  has_data_ = owned_ = true;
}

void sse_parser::field(std::string_view line, bool copied) {
  if (line.starts_with("data:") && !error_block_) {
    line.remove_prefix(line.starts_with("data: ") ? 6 : 5);
    return append_data(line, copied);
  }
  const auto colon = find_byte(line.substr(0, 6), ':');  // no name we know is longer than 5
  if (colon == 0) return;                                // a comment
  if (colon == std::string_view::npos && line.size() > 5) return;
  const auto name = line.substr(0, colon);
  std::string_view value;
  if (colon != std::string_view::npos) value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    if (!error_block_) append_data(value, copied);
  } else if (name == "event") {
    if (error_block_) return;
    type_view_ = value;
    type_owned_ = copied;
    if (copied) type_.assign(value);
  } else if (name == "id") {
    if (find_byte(value, '\0') == std::string_view::npos) id_.assign(value);
  } else if (name == "retry") {
    if (const auto milliseconds = scan::digits(value)) retry_ = milliseconds;
  } else if (name == "error") {
    if (!error_block_) {
      error_block_ = true;
      has_data_ = owned_ = type_owned_ = false;
      type_view_ = "error";
    }
    append_data(value, copied);
  }
}

// The end of a block: an event if it has data.
bool sse_parser::dispatch(sse_event& out) {
  const bool event = has_data_;
  if (event) {
    if (owned_) pad(data_);
    out.type = type_owned_ ? std::string_view{type_} : type_view_;
    out.data = owned_ ? std::string_view{data_} : data_view_;
    out.last_id = id_;
  }
  has_data_ = owned_ = type_owned_ = error_block_ = false;
  type_view_ = {};
  return event;
}

// The input is used up inside a block: what points into it is copied.
void sse_parser::keep_block() {
  if (has_data_ && !owned_) {
    data_.assign(data_view_);
    owned_ = true;
  }
  if (!type_view_.empty() && !type_owned_) {
    type_.assign(type_view_);
    type_owned_ = true;
  }
  data_view_ = type_view_ = {};
}

bool sse_parser::next_block(std::string_view& input, sse_event& out) {
  while (!input.empty()) {
    std::string_view line;
    bool copied = false;
    if (!take_line(input, line, copied)) break;
    if (line.empty()) {
      if (dispatch(out)) return true;
    } else {
      field(line, copied);
      if (failure_) break;
    }
  }
  keep_block();
  return false;
}

// Takes a whole line "event: …".
bool sse_parser::peek_type(std::string_view& input, std::string_view& type) const noexcept {
  constexpr std::string_view name{"event: "};
  if (!input.starts_with(name)) return false;
  const auto lf = find_byte(input, '\n');
  if (lf == std::string_view::npos || lf > line_limit_) return false;
  type = input.substr(name.size(), lf - (input[lf - 1] == '\r') - name.size());
  input.remove_prefix(lf + 1);
  return find_byte(type, '\r') == std::string_view::npos;
}

// Whether nothing is kept that the next block depends on.
bool sse_parser::between_blocks() const noexcept {
  return bom_ == byte_order_mark.size() && !skip_lf_ && !bare_cr_ && !has_data_ && !type_owned_ && !error_block_ &&
         (line_used_ || line_.empty()) && !failure_;
}

result<bool> sse_parser::next(std::string_view& input, sse_event& out) {
  if (failure_) return *failure_;
  if (input.empty()) return false;
  const bool found = skip_start(input) && next_block(input, out);
  fresh_ = between_blocks();
  if (failure_) return *failure_;
  return found;
}

std::string_view sse_parser::tail() const noexcept {
  if (has_data_) return data_;  // between calls a block's data is always there
  const std::string_view line = line_used_ ? std::string_view{} : std::string_view{line_};
  for (std::string_view name : {"data:", "error:"}) {
    if (!line.starts_with(name)) continue;
    const auto value = line.substr(name.size());
    return value.starts_with(' ') ? value.substr(1) : value;
  }
  return line.starts_with(':') ? std::string_view{} : line;
}

bool sse_parser::tail_event(sse_event& out) {
  if (failure_) return false;
  if (!line_used_ && !line_.empty()) {
    line_used_ = true;
    field(line_, true);
    if (failure_) return false;
  }
  return dispatch(out);
}

}  // namespace cohedge::wire
