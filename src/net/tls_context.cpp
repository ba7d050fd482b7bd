#include "tls_context.hpp"

#include <asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string>
#include <string_view>
#include <system_error>

namespace cohedge::net {

namespace {

/// As ALPN writes them (RFC 7301 §3.1), the one we would rather have first.
std::string_view protocols_for(http_version wanted) noexcept {
  switch (wanted) {
    case http_version::http1: return "\x08http/1.1";
    case http_version::http2: return "\x02h2";
    case http_version::negotiated: break;
  }
  return "\x02h2\x08http/1.1";
}

bool accept_only(SSL* ssl, const std::string& host) {
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  std::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address.to_string().c_str()) == 1;
  return !host.empty() && SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

result<std::unique_ptr<tls_client_context>> tls_client_context::make(const tls_options& options) {
  ERR_clear_error();
  auto context = make_ssl_context(TLS_client_method());
  if (!context) return error{errc::out_of_memory};
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(context.get());  // a system without authorities: then the extra file counts alone
  const auto& file = options.extra_ca_file();
  if (!file.empty() && SSL_CTX_load_verify_locations(context.get(), file.c_str(), nullptr) != 1)
    return error{errc::invalid_config, "extra_ca_file " + file + ": " + take_openssl_reason()};
  ERR_clear_error();
  return std::unique_ptr<tls_client_context>{new tls_client_context{std::move(context)}};
}

ssl_pointer tls_client_context::connection_to(const destination& to) const {
  ssl_pointer ssl{SSL_new(context_.get())};
  if (!ssl) return ssl;
  const auto offered = protocols_for(to.version());
  const bool complete = accept_only(ssl.get(), to.to().host) &&
                        SSL_set_alpn_protos(ssl.get(), bytes_of(offered), static_cast<unsigned>(offered.size())) == 0;
  if (!complete) ssl.reset();  // never without the check
  return ssl;
}

}  // namespace cohedge::net
