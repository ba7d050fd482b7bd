#pragma once

#include "openssl.hpp"

#include <cohedge/net/tls_server.hpp>

namespace cohedge::net {

/// What a `tls_server_context` is.
class tls_server_identity final : public tls_server_context {
 public:
  explicit tls_server_identity(ssl_context_pointer context) noexcept : context_{std::move(context)} {}
  ssl_pointer connection() const { return ssl_pointer{SSL_new(context_.get())}; }

 private:
  ssl_context_pointer context_;
};

}  // namespace cohedge::net
