#include "openssl.hpp"

#include <openssl/err.h>

namespace cohedge::net {

// Reads take what is there (read ahead) instead of a record's header and body one after the other.
ssl_context_pointer make_ssl_context(const SSL_METHOD* half) {
  ssl_context_pointer context{SSL_CTX_new(half)};
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_read_ahead(context.get(), 1);
  return context;
}

std::string take_openssl_reason() {
  const auto code = ERR_get_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason ? reason : "no reason given";
}

}  // namespace cohedge::net
