#pragma once

#include <nghttp2/nghttp2.h>

namespace cohedge::net {

/// Where nghttp2 takes its memory: the cache that coroutine frames come from (async/frame.hpp). It allocates some thirty
/// small blocks for an exchange, and with many exchanges in one read more of a kind than malloc keeps at hand.
nghttp2_mem* http2_memory() noexcept;

}  // namespace cohedge::net
