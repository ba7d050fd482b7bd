#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace cohedge::tests {

/// Formats of compressed text, by zlib's numbers for them.
enum class zip_format : int { raw = -15, zlib = 15, gzip = 31 };

/// The text compressed, by zlib itself: the other side of wire::content_decoder. A given header (gzip only) is written.
inline std::string zip(std::string_view text, zip_format format, int level = 9, gz_header* header = nullptr) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, static_cast<int>(format), 9, Z_DEFAULT_STRATEGY);
  if (header != nullptr) deflateSetHeader(&stream, header);
  // zlib's bound counts neither a header of ours nor all that level 0 needs.
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace cohedge::tests
