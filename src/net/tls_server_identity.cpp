#include "tls_server_identity.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace cohedge::net {

namespace {

bio_pointer memory_of(std::string_view text) {
  return bio_pointer{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

error bad_pem(std::string_view what) {
  return error{errc::invalid_config, std::string{what}.append(": ").append(take_openssl_reason())};
}

/// What is offered, as ALPN writes it (RFC 7301 §3.1); kept for the callback, which finds a pointer to it.
constexpr std::string_view without_http2 = "\x08http/1.1";
constexpr std::string_view with_http2 = "\x02h2\x08http/1.1";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* wanted,
                    unsigned int wanted_size, void* our_offer) {
  const auto& offer = *static_cast<const std::string_view*>(our_offer);
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, size, bytes_of(offer), static_cast<unsigned>(offer.size()), wanted,
                                          wanted_size);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void offer(SSL_CTX* context, const std::string_view& protocols) {
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, const_cast<std::string_view*>(&protocols));
}

result<void> use_certificates(SSL_CTX* context, std::string_view pem) {
  const auto text = memory_of(pem);
  const certificate_pointer own{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return bad_pem("server certificate");
  for (;;) {
    const certificate_pointer next{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
    if (!next) break;
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return bad_pem("certificate chain");
  }
  ERR_clear_error();  // the end of the text
  return success();
}

result<void> use_key(SSL_CTX* context, std::string_view pem) {
  const auto text = memory_of(pem);
  const key_pointer key{PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr)};
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return bad_pem("server key");
  if (SSL_CTX_check_private_key(context) != 1) return bad_pem("server key");
  return success();
}

result<void> demand_certificates(SSL_CTX* context, std::string_view authority_pem) {
  const auto text = memory_of(authority_pem);
  const certificate_pointer authority{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
  if (!authority || X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1)
    return bad_pem("client authority");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return success();
}

}  // namespace

result<std::shared_ptr<tls_server_context>> tls_server_context::from_pem(std::string_view cert_chain_pem,
                                                                         std::string_view key_pem,
                                                                         const tls_server_options& how) {
  ERR_clear_error();
  auto context = make_ssl_context(TLS_server_method());
  if (!context) return error{errc::out_of_memory};
  if (const auto used = use_certificates(context.get(), cert_chain_pem); !used) return used.error();
  if (const auto used = use_key(context.get(), key_pem); !used) return used.error();
  if (!how.client_authority().empty())
    if (const auto demanded = demand_certificates(context.get(), how.client_authority()); !demanded)
      return demanded.error();
  offer(context.get(), how.offers_http2() ? with_http2 : without_http2);
  if (how.is_only_tls12()) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  // Tickets are good for this server only; where clients show certificates OpenSSL insists on a name for it.
  constexpr std::string_view name = "cohedge";
  SSL_CTX_set_session_id_context(context.get(), bytes_of(name), static_cast<unsigned>(name.size()));
  return std::shared_ptr<tls_server_context>{std::make_shared<tls_server_identity>(std::move(context))};
}

}  // namespace cohedge::net
