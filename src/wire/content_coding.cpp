#include <cohedge/wire/content_coding.hpp>

#include "in_quotes.hpp"
#include "scan.hpp"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <limits>

namespace cohedge::wire {

// zlib's state points back to the stream, so it has a place of its own on the heap.
struct content_decoder::inflater {
  z_stream stream{};

  inflater() = default;
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() { inflateEnd(&stream); }
};

content_decoder::content_decoder(coding what, std::size_t most) noexcept : most_{most}, coding_{what} {}
content_decoder::content_decoder(content_decoder&&) noexcept = default;
content_decoder& content_decoder::operator=(content_decoder&&) noexcept = default;
content_decoder::~content_decoder() = default;

// ---- which coding

std::optional<content_decoder::coding> content_decoder::coding_named(std::string_view name) noexcept {
  if (name.empty() || scan::is(name, "identity")) return coding::identity;
  if (scan::is(name, "gzip") || scan::is(name, "x-gzip")) return coding::gzip;
  if (scan::is(name, "deflate")) return coding::deflate;
  return std::nullopt;
}

std::string_view content_decoder::name() const noexcept {
  switch (coding_) {
    case coding::identity: return "identity";
    case coding::gzip: return "gzip";
    case coding::deflate: return "deflate";
  }
  return {};
}

result<content_decoder> content_decoder::make(std::string_view content_encoding, std::size_t most) {
  auto found = coding::identity;
  const bool readable = scan::each_element(content_encoding, [&found](std::string_view element) {
    const auto next = coding_named(element);
    if (!next || (*next != coding::identity && found != coding::identity)) return false;
    if (*next != coding::identity) found = *next;
    return true;
  });
  if (!readable) {
    return error{errc::malformed_answer,
                 "Content-Encoding " + in_quotes(content_encoding) + ", where gzip or deflate, once, was asked for"};
  }
  return content_decoder{found, most};
}

error content_decoder::fail(errc code, std::string_view what) {
  std::string detail{name()};
  detail.append(" body, after ").append(std::to_string(size_)).append(" decoded bytes: ").append(what);
  return failure_.emplace(code, std::move(detail));
}

// ---- the body

result<void> content_decoder::append(std::string_view text, std::string& out) {
  if (text.size() > most_ - size_) {
    return fail(errc::limit_exceeded, "a text of more than " + std::to_string(most_) + " bytes");
  }
  size_ += text.size();
  out.append(text);
  return success();
}

// Chooses the format. The first byte of the zlib format names method 8 and a window of at most 32 kB; raw deflate
// could begin with such a byte only by setting padding bits that every encoder leaves at zero.
result<void> content_decoder::start(char first) {
  constexpr int largest_window = 15, with_gzip_header = 16;
  const auto byte = static_cast<unsigned char>(first);
  const bool zlib_header = (byte & 0x0f) == 8 && (byte >> 4) <= 7;
  const int deflate_window = zlib_header ? largest_window : -largest_window;
  inflater_ = std::make_unique<inflater>();
  const int window = coding_ == coding::gzip ? largest_window + with_gzip_header : deflate_window;
  if (inflateInit2(&inflater_->stream, window) != Z_OK) return fail(errc::out_of_memory, "no memory to decode it");
  return success();
}

// At the front of the body, or behind the end of a member: there only another gzip member may follow.
result<void> content_decoder::begin_member(char first) {
  constexpr char gzip_magic = '\x1f';
  complete_ = false;
  if (!inflater_) return start(first);
  if (coding_ != coding::gzip || first != gzip_magic) return fail(errc::protocol_error, "bytes after its end");
  inflateReset(&inflater_->stream);
  return success();
}

// Takes from the front of `piece` until the member ends or the piece is used up.
result<void> content_decoder::read_member(std::string_view& piece, std::string& out) {
  z_stream& stream = inflater_->stream;
  const auto given = static_cast<uInt>(std::min<std::size_t>(piece.size(), std::numeric_limits<uInt>::max()));
  stream.next_in = reinterpret_cast<const Bytef*>(piece.data());
  stream.avail_in = given;
  char step[16 * 1024];
  do {
    stream.next_out = reinterpret_cast<Bytef*>(step);
    stream.avail_out = sizeof step;
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (auto added = append({step, sizeof step - stream.avail_out}, out); added.has_error()) return added;
    if (code == Z_MEM_ERROR) return fail(errc::out_of_memory, "no memory to decode it");
    if (code == Z_NEED_DICT) return fail(errc::protocol_error, "it needs a dictionary");
    const bool fine = code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR;  // the last: it waits for more
    if (!fine) return fail(errc::protocol_error, stream.msg != nullptr ? stream.msg : "it is damaged");
    complete_ = code == Z_STREAM_END;
  } while (!complete_ && (stream.avail_in > 0 || stream.avail_out == 0));
  piece.remove_prefix(given - stream.avail_in);
  return success();
}

result<void> content_decoder::feed(std::string_view piece, std::string& out) {
  if (failure_) return *failure_;
  if (coding_ == coding::identity) return append(piece, out);
  while (!piece.empty()) {
    if (complete_) {
      if (auto begun = begin_member(piece.front()); begun.has_error()) return begun;
    }
    if (auto read = read_member(piece, out); read.has_error()) return read;
  }
  return success();
}

result<void> content_decoder::finish() {
  if (failure_) return *failure_;
  if (!complete_) return fail(errc::connection_closed, "it ends in the middle");
  return success();
}

}  // namespace cohedge::wire
