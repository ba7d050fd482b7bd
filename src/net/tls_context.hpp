#pragma once

#include "openssl.hpp"
#include "public_key_pins.hpp"
#include "tls_session_store.hpp"

#include <cohedge/core/result.hpp>
#include <cohedge/net/destination.hpp>

#include <memory>
#include <string>

namespace cohedge::net {

/// What the secure connections of one way of TLS have in common: whom to trust, as whom to appear, and the sessions that
/// may be resumed. Reading the system's authorities takes milliseconds, so it is made once. Thread-safe.
class tls_client_context : public std::enable_shared_from_this<tls_client_context> {
 public:
  /// Errors: invalid_config, out_of_memory.
  static result<std::shared_ptr<const tls_client_context>> make(const tls_options& options, std::size_t most_sessions);

  /// A connection that accepts nobody but the host of `to`, a name or an address, offers the versions of HTTP that `to`
  /// wants (ALPN, RFC 7301), and a session where one is kept. What it is given for the next time is kept in turn.
  /// Null when memory is used up.
  ssl_pointer connection_to(const destination& to) const;
  /// No connection came about: the next one does not offer a session.
  void forget(const destination& to) const;

 private:
  tls_client_context(ssl_context_pointer context, public_key_pins pins, std::size_t most_sessions);

  static int check_chain(X509_STORE_CTX* chain, void* self);
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  ssl_context_pointer context_;
  public_key_pins pins_;
  mutable tls_session_store sessions_;
};

}  // namespace cohedge::net
