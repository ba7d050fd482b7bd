#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cohedge::tests {

using hpack_fields = std::vector<std::pair<std::string, std::string>>;

/// The HPACK of nghttp2, to hold ours against.
class nghttp2_inflater {
 public:
  nghttp2_inflater() { nghttp2_hd_inflate_new(&state_); }
  ~nghttp2_inflater() { nghttp2_hd_inflate_del(state_); }
  nghttp2_inflater(const nghttp2_inflater&) = delete;
  nghttp2_inflater& operator=(const nghttp2_inflater&) = delete;

  /// Nothing: malformed.
  std::optional<hpack_fields> read(std::string_view block) {
    hpack_fields fields;
    const auto* at = reinterpret_cast<const std::uint8_t*>(block.data());
    auto left = block.size();
    for (;;) {
      nghttp2_nv found;
      int flags = 0;
      const auto used = nghttp2_hd_inflate_hd2(state_, &found, &flags, at, left, 1);
      if (used < 0) return std::nullopt;
      at += used;
      left -= static_cast<std::size_t>(used);
      if (flags & NGHTTP2_HD_INFLATE_EMIT)
        fields.emplace_back(std::string{reinterpret_cast<const char*>(found.name), found.namelen},
                            std::string{reinterpret_cast<const char*>(found.value), found.valuelen});
      if (flags & NGHTTP2_HD_INFLATE_FINAL) break;
      if (left == 0 && !(flags & NGHTTP2_HD_INFLATE_EMIT)) break;
    }
    nghttp2_hd_inflate_end_headers(state_);
    return fields;
  }

  /// The largest index that there is, of the oldest field.
  std::size_t indexes() const { return nghttp2_hd_inflate_get_num_table_entries(state_); }

 private:
  nghttp2_hd_inflater* state_ = nullptr;
};

class nghttp2_deflater {
 public:
  nghttp2_deflater() { nghttp2_hd_deflate_new(&state_, 4096); }
  ~nghttp2_deflater() { nghttp2_hd_deflate_del(state_); }
  nghttp2_deflater(const nghttp2_deflater&) = delete;
  nghttp2_deflater& operator=(const nghttp2_deflater&) = delete;

  void table_size(std::size_t size) { nghttp2_hd_deflate_change_table_size(state_, size); }
  std::string write(const hpack_fields& fields) {
    std::vector<nghttp2_nv> all;
    for (const auto& [name, value] : fields)
      all.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    std::string block(nghttp2_hd_deflate_bound(state_, all.data(), all.size()), '\0');
    const auto size = nghttp2_hd_deflate_hd(state_, bytes(block), block.size(), all.data(), all.size());
    block.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return block;
  }

 private:
  static std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }

  nghttp2_hd_deflater* state_ = nullptr;
};

}  // namespace cohedge::tests
