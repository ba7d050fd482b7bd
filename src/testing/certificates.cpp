#include <cohedge/testing/certificates.hpp>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace cohedge::testing {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* owned) const noexcept {
    Free(owned);
  }
};
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using cert_pointer = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

void demand(bool went_well, const char* what) {
  if (went_well) return;
  std::fprintf(stderr, "cohedge test certificates: cannot %s\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

key_pointer make_key() {
  key_pointer key{EVP_EC_gen("P-256")};
  demand(key != nullptr, "make a key");
  return key;
}

std::string text_of(const bio_pointer& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string{data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* cert) {
  const bio_pointer memory{BIO_new(BIO_s_mem())};
  demand(memory && PEM_write_bio_X509(memory.get(), cert) == 1, "write a certificate");
  return text_of(memory);
}

std::string pem_of(EVP_PKEY* key) {
  const bio_pointer memory{BIO_new(BIO_s_mem())};
  demand(memory && PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "write a key");
  return text_of(memory);
}

void set_name(X509* cert, const std::string& common_name) {
  auto* name = X509_get_subject_name(cert);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  demand(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, static_cast<int>(common_name.size()), -1, 0) == 1,
         "set a name");
}

void set_serial(X509* cert) {
  std::array<unsigned char, 8> random{};
  demand(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1, "draw a serial number");
  std::uint64_t serial = 0;
  for (const auto byte : random) serial = serial << 8 | byte;
  demand(ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) == 1, "set a serial number");
}

void add_extension(X509* cert, X509* issuer, int which, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  const extension_pointer extension{X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str())};
  demand(extension && X509_add_ext(cert, extension.get(), -1) == 1, "add an extension");
}

cert_pointer make_certificate(const std::string& name, EVP_PKEY* key, int from_days, int to_days) {
  cert_pointer cert{X509_new()};
  demand(cert && X509_set_version(cert.get(), X509_VERSION_3) == 1 && X509_set_pubkey(cert.get(), key) == 1,
         "make a certificate");
  set_serial(cert.get());
  set_name(cert.get(), name);
  demand(X509_time_adj_ex(X509_getm_notBefore(cert.get()), from_days, 0, nullptr) != nullptr &&
             X509_time_adj_ex(X509_getm_notAfter(cert.get()), to_days, 0, nullptr) != nullptr,
         "set a validity");
  return cert;
}

void sign(X509* cert, X509* issuer, EVP_PKEY* issuer_key) {
  demand(X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1, "set an issuer");
  demand(X509_sign(cert, issuer_key, EVP_sha256()) > 0, "sign a certificate");
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string list;
  for (const auto& host : hosts) {
    if (!list.empty()) list += ',';
    list.append(is_address(host) ? "IP:" : "DNS:").append(host);
  }
  return list;
}

}  // namespace

struct certificate_authority::state {
  key_pointer key = make_key();
  cert_pointer cert;
  std::string pem;
};

certificate_authority::certificate_authority(const std::string& name) : state_{std::make_unique<state>()} {
  state_->cert = make_certificate(name, state_->key.get(), -1, 365);
  auto* cert = state_->cert.get();
  add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(cert, cert, NID_subject_key_identifier, "hash");
  sign(cert, cert, state_->key.get());
  state_->pem = pem_of(cert);
}

certificate_authority::~certificate_authority() = default;
certificate_authority::certificate_authority(certificate_authority&&) noexcept = default;
certificate_authority& certificate_authority::operator=(certificate_authority&&) noexcept = default;

const std::string& certificate_authority::ca_pem() const noexcept { return state_->pem; }

certificate certificate_authority::issue(const std::vector<std::string>& hosts, const certificate_options& options) {
  const auto key = make_key();
  const auto cert = make_certificate("cohedge test server", key.get(), options.from_days(), options.to_days());
  auto* issuer = options.is_self_signed() ? cert.get() : state_->cert.get();
  auto* issuer_key = options.is_self_signed() ? key.get() : state_->key.get();
  add_extension(cert.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(cert.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(cert.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  if (!hosts.empty()) add_extension(cert.get(), issuer, NID_subject_alt_name, alternative_names(hosts));
  add_extension(cert.get(), issuer, NID_subject_key_identifier, "hash");
  if (!options.is_self_signed()) add_extension(cert.get(), issuer, NID_authority_key_identifier, "keyid:always");
  sign(cert.get(), issuer, issuer_key);

  certificate made;
  made.cert_pem = pem_of(cert.get());
  made.key_pem = pem_of(key.get());
  return made;
}

}  // namespace cohedge::testing
