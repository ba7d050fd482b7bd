#include "tls_context.hpp"

#include <asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <system_error>

namespace cohedge::net {

namespace {

constexpr unsigned char offered_protocols[] = "\x08http/1.1";
constexpr unsigned int offered_size = sizeof offered_protocols - 1;

using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<X509_free>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;

/// What both halves have in common. Buffers are released while a connection is idle, and reads take what is there
/// instead of the record's header and body one after the other.
ssl_context_pointer make_context(const SSL_METHOD* half) {
  ssl_context_pointer context{SSL_CTX_new(half)};
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_read_ahead(context.get(), 1);
  return context;
}

bio_pointer memory_of(std::string_view text) {
  return bio_pointer{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

error bad_pem(std::string_view what) {
  return error{errc::invalid_config, std::string{what}.append(": ").append(take_openssl_reason())};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_by_client, void*) {
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, size, offered_protocols, offered_size, offered, offered_by_client);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
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

}  // namespace

std::string take_openssl_reason() {
  const auto code = ERR_get_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason ? reason : "no reason given";
}

result<std::unique_ptr<tls_client_context>> tls_client_context::make(const tls_options& options) {
  ERR_clear_error();
  auto context = make_context(TLS_client_method());
  if (!context) return error{errc::out_of_memory};
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(context.get());  // a system without authorities: then the extra file counts alone
  const auto& file = options.extra_ca_file();
  if (!file.empty() && SSL_CTX_load_verify_locations(context.get(), file.c_str(), nullptr) != 1)
    return error{errc::invalid_config, "extra_ca_file " + file + ": " + take_openssl_reason()};
  if (SSL_CTX_set_alpn_protos(context.get(), offered_protocols, offered_size) != 0) return error{errc::out_of_memory};
  ERR_clear_error();
  return std::unique_ptr<tls_client_context>{new tls_client_context{std::move(context)}};
}

ssl_pointer tls_client_context::connection_to(const std::string& host) const {
  ssl_pointer ssl{SSL_new(context_.get())};
  if (!ssl) return ssl;
  std::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  bool checked = false;
  if (!not_an_address)
    checked = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), address.to_string().c_str()) == 1;
  else
    checked = !host.empty() && SSL_set1_host(ssl.get(), host.c_str()) == 1 &&
              SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1;
  if (!checked) ssl.reset();  // never without the check
  return ssl;
}

result<std::shared_ptr<tls_server_context>> tls_server_context::from_pem(std::string_view cert_chain_pem,
                                                                         std::string_view key_pem) {
  ERR_clear_error();
  auto context = make_context(TLS_server_method());
  if (!context) return error{errc::out_of_memory};
  if (const auto used = use_certificates(context.get(), cert_chain_pem); !used) return used.error();

  const auto text = memory_of(key_pem);
  const key_pointer key{PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr)};
  if (!key || SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) return bad_pem("server key");
  if (SSL_CTX_check_private_key(context.get()) != 1) return bad_pem("server key");
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  return std::shared_ptr<tls_server_context>{std::make_shared<tls_server_identity>(std::move(context))};
}

}  // namespace cohedge::net
