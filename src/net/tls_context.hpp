#pragma once

#include <cohedge/core/error.hpp>
#include <cohedge/net/connector.hpp>
#include <cohedge/net/tls_server.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace cohedge::net {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* owned) const noexcept {
    Free(owned);
  }
};
using ssl_context_pointer = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_pointer = std::unique_ptr<SSL, freed_by<SSL_free>>;

/// What all connections of a client share: whom to trust, versions, ALPN. Reading the system's authorities takes
/// milliseconds, so this is made once, at the first secure connection.
class tls_client_context {
 public:
  /// Errors: invalid_config, out_of_memory.
  static result<std::unique_ptr<tls_client_context>> make(const tls_options& options);

  /// A connection that will accept nobody but `host`, a name or an address. Null when memory is used up.
  ssl_pointer connection_to(const std::string& host) const;

 private:
  explicit tls_client_context(ssl_context_pointer context) noexcept : context_{std::move(context)} {}

  ssl_context_pointer context_;
};

/// The serving half.
class tls_server_identity final : public tls_server_context {
 public:
  explicit tls_server_identity(ssl_context_pointer context) noexcept : context_{std::move(context)} {}
  ssl_pointer connection() const { return ssl_pointer{SSL_new(context_.get())}; }

 private:
  ssl_context_pointer context_;
};

/// The oldest entry of OpenSSL's error queue as text, "no reason given" where it is empty. Empties the queue.
std::string take_openssl_reason();

}  // namespace cohedge::net
