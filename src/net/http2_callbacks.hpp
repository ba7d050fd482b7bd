#pragma once

#include <nghttp2/nghttp2.h>

namespace cohedge::net {

/// What nghttp2 calls for every session of ours; their user data is the `http2_session`. One set for the whole program,
/// never freed. Null when memory is used up.
const nghttp2_session_callbacks* http2_callbacks() noexcept;

}  // namespace cohedge::net
