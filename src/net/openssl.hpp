#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

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
using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<X509_free>>;
using session_pointer = std::unique_ptr<SSL_SESSION, freed_by<SSL_SESSION_free>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;

/// What both halves of TLS have in common: TLS 1.2 at least, no renegotiation, no compression, buffers that are
/// released while a connection is idle. Null when memory is used up.
ssl_context_pointer make_ssl_context(const SSL_METHOD* half);

inline const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// The oldest entry of OpenSSL's error queue as text, "no reason given" where it is empty. Empties the queue.
std::string take_openssl_reason();

}  // namespace cohedge::net
