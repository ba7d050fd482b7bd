#pragma once

#include <cstddef>

namespace cohedge {

/// Bounds on everything a peer can make grow, in bytes unless named otherwise. A peer that exceeds one gets
/// `errc::limit_exceeded`. Defaults are far above what 2,885 recorded provider streams need (largest line 1.32 MB).
struct limits {
  std::size_t header_block = 256 * 1024;
  std::size_t header_line = 64 * 1024;
  std::size_t header_count = 500;
  std::size_t chunk_extension = 4 * 1024;  ///< for one chunk's size line
  std::size_t trailer_block = 16 * 1024;
  std::size_t interim_responses = 16;  ///< 1xx before the final one
  std::size_t sse_line = 8 * 1024 * 1024;
  std::size_t sse_event = 16 * 1024 * 1024;
  std::size_t body = 64 * 1024 * 1024;  ///< a whole answer, or all bytes of a stream
  std::size_t error_body = 64 * 1024;   ///< what is read of an error answer
  std::size_t neutral_events = 4096;    ///< events without content before the first content
  std::size_t connections_per_origin = 256;
  std::size_t idle_per_origin = 32;
  std::size_t waiting_per_origin = 4096;   ///< requests in line for a connection
  std::size_t known_hosts = 256;           ///< whose addresses are remembered
  std::size_t tls_sessions = 256;          ///< origins whose TLS sessions are kept to be resumed; 0: none is
  std::size_t http2_idle_frames = 10'000;  ///< frames of HTTP/2 in a row that bring no content: pings, settings, …
};

}  // namespace cohedge
