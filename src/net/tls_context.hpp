#pragma once

#include "openssl.hpp"

#include <cohedge/core/result.hpp>
#include <cohedge/net/destination.hpp>

#include <memory>

namespace cohedge::net {

/// What the secure connections of a client share: whom to trust. Reading the system's authorities takes milliseconds,
/// so this is made once, at the first secure connection.
class tls_client_context {
 public:
  /// Errors: invalid_config, out_of_memory.
  static result<std::unique_ptr<tls_client_context>> make(const tls_options& options);

  /// A connection that will accept nobody but the host of `to`, a name or an address, and that offers the versions of
  /// HTTP that `to` wants (ALPN, RFC 7301). Null when memory is used up.
  ssl_pointer connection_to(const destination& to) const;

 private:
  explicit tls_client_context(ssl_context_pointer context) noexcept : context_{std::move(context)} {}

  ssl_context_pointer context_;
};

}  // namespace cohedge::net
