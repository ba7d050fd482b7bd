#include "die.hpp"
#include "link.hpp"

#include <cohedge/testing/certificates.hpp>

#include <openssl/pem.h>

#include <fstream>

namespace bench {

namespace {

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char served[] = "\x02h2\x08http/1.1";
  unsigned char* found = nullptr;
  const int how = SSL_select_next_proto(&found, size, served, sizeof served - 1, offered, offered_size);
  *chosen = found;
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX* context() {
  auto* fresh = SSL_CTX_new(TLS_server_method());
  if (!fresh || SSL_CTX_set_min_proto_version(fresh, TLS1_3_VERSION) != 1) die("OpenSSL has no TLS 1.3");
  SSL_CTX_set_mode(fresh,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(fresh, choose_protocol, nullptr);
  return fresh;
}

}  // namespace

SSL_CTX* make_tls_context(const std::string& certificate_file, const std::string& key_file) {
  auto* fresh = context();
  if (SSL_CTX_use_certificate_chain_file(fresh, certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(fresh, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    die("cannot read " + certificate_file + " and " + key_file);
  return fresh;
}

SSL_CTX* make_tls_context(const std::string& authority_file) {
  cohedge::testing::certificate_authority authority{"cohedge benchmark authority"};
  const auto own = authority.issue({"127.0.0.1", "localhost"});
  const auto read = [](const std::string& pem) { return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())); };
  auto* certificate_text = read(own.cert_pem);
  auto* key_text = read(own.key_pem);
  auto* certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  auto* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  auto* fresh = context();
  if (SSL_CTX_use_certificate(fresh, certificate) != 1 || SSL_CTX_use_PrivateKey(fresh, key) != 1)
    die("cannot use the certificate that was made");
  EVP_PKEY_free(key);
  X509_free(certificate);
  BIO_free(key_text);
  BIO_free(certificate_text);
  std::ofstream file{authority_file};
  file << authority.ca_pem() << std::flush;
  if (!file) die("cannot write " + authority_file);
  return fresh;
}

void send_no_tickets(SSL_CTX* tls) { SSL_CTX_set_num_tickets(tls, 0); }

}  // namespace bench
