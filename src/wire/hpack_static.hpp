#pragma once

#include <cohedge/wire/header.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cohedge::wire {

/// The fields that every connection knows from its beginning; the first one has the index 1 (RFC 7541, appendix A).
inline constexpr std::array<header, 61> hpack_static{{
    {":authority", ""}, {":method", "GET"}, {":method", "POST"}, {":path", "/"}, {":path", "/index.html"},
    {":scheme", "http"}, {":scheme", "https"}, {":status", "200"}, {":status", "204"}, {":status", "206"},
    {":status", "304"}, {":status", "400"}, {":status", "404"}, {":status", "500"}, {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"}, {"accept-language", ""}, {"accept-ranges", ""}, {"accept", ""},
    {"access-control-allow-origin", ""}, {"age", ""}, {"allow", ""}, {"authorization", ""}, {"cache-control", ""},
    {"content-disposition", ""}, {"content-encoding", ""}, {"content-language", ""}, {"content-length", ""},
    {"content-location", ""}, {"content-range", ""}, {"content-type", ""}, {"cookie", ""}, {"date", ""},
    {"etag", ""}, {"expect", ""}, {"expires", ""}, {"from", ""}, {"host", ""}, {"if-match", ""},
    {"if-modified-since", ""}, {"if-none-match", ""}, {"if-range", ""}, {"if-unmodified-since", ""},
    {"last-modified", ""}, {"link", ""}, {"location", ""}, {"max-forwards", ""}, {"proxy-authenticate", ""},
    {"proxy-authorization", ""}, {"range", ""}, {"referer", ""}, {"refresh", ""}, {"retry-after", ""},
    {"server", ""}, {"set-cookie", ""}, {"strict-transport-security", ""}, {"transfer-encoding", ""},
    {"user-agent", ""}, {"vary", ""}, {"via", ""}, {"www-authenticate", ""}
}};

/// Their indexes by the length of their names, and by themselves among those of one length.
struct hpack_static_index {
  static constexpr std::size_t longest = 27;

  std::array<std::uint8_t, hpack_static.size()> index{};
  std::array<std::uint8_t, longest + 2> first{};  // of each length, in `index`

  constexpr hpack_static_index() {
    std::uint8_t count = 0;
    for (std::size_t length = 0; length <= longest; ++length) {
      first[length] = count;
      for (std::size_t i = 0; i < hpack_static.size(); ++i)
        if (hpack_static[i].name.size() == length) index[count++] = static_cast<std::uint8_t>(i + 1);
    }
    first[longest + 1] = count;
  }
};

inline constexpr hpack_static_index hpack_static_by_length;
static_assert(hpack_static_by_length.first.back() == hpack_static.size());

}  // namespace cohedge::wire
