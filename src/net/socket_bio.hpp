#pragma once

#include <openssl/bio.h>

namespace cohedge::net {

/// What a socket BIO works on; outlives it.
struct socket_bio_state {
  int descriptor;
  int failed = 0;            ///< the `errno` of the last call that failed for good
  bool undelivered = false;  ///< the peer had closed before all that was written had arrived
};

/// OpenSSL's way to a non-blocking socket. Unlike OpenSSL's own it never raises SIGPIPE: the signals of a program are
/// not ours. Null when memory is used up.
BIO* new_socket_bio(socket_bio_state& state);

}  // namespace cohedge::net
