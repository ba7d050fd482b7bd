#include "tls_context.hpp"

#include "without_throwing.hpp"

#include <asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

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

/// Who may resume a session: the context stands for everything else.
std::string peer_of(const destination& to) {
  std::string text{to.to().host};
  text.append(":").append(std::to_string(to.to().port));
  text.append(" ").append(std::to_string(static_cast<int>(to.version())));
  text.append(to.unix_socket());
  return text;
}

/// What a connection remembers for the sessions it will be given. Belongs to the SSL object.
struct session_home {
  std::shared_ptr<const tls_client_context> context;
  std::string peer;
};

void free_home(void*, void* home, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<session_home*>(home); }

int home_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_home);
  return index;
}

error unreadable(std::string_view what, const std::string& file) {
  return error{errc::invalid_config, std::string{what} + " " + file + ": " + take_openssl_reason()};
}

/// OpenSSL would ask for it on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

result<void> use_client_certificate(SSL_CTX* context, const tls_options& options) {
  const auto& chain = options.client_chain_file();
  const auto& key = options.client_key_file();
  if (chain.empty() && key.empty()) return success();
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1) return unreadable("client certificate", chain);
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) return unreadable("client key", key);
  return success();
}

result<void> trust(SSL_CTX* context, const tls_options& options) {
  const auto& file = options.extra_ca_file();
  if (!file.empty() && SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1)
    return unreadable("extra_ca_file", file);
  SSL_CTX_set_default_verify_paths(context);  // a system without authorities: then the extra file counts alone
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return success();
}

}  // namespace

result<std::shared_ptr<const tls_client_context>> tls_client_context::make(const tls_options& options,
                                                                           std::size_t most_sessions) {
  ERR_clear_error();
  auto context = make_ssl_context(TLS_client_method());
  if (!context) return error{errc::out_of_memory};
  auto pins = public_key_pins::parse(options.pins());
  if (!pins) return std::move(pins).error();
  if (auto used = use_client_certificate(context.get(), options); !used) return std::move(used).error();
  if (auto trusted = trust(context.get(), options); !trusted) return std::move(trusted).error();
  ERR_clear_error();
  return std::shared_ptr<const tls_client_context>{
      new tls_client_context{std::move(context), std::move(pins).value(), most_sessions}};
}

tls_client_context::tls_client_context(ssl_context_pointer context, public_key_pins pins, std::size_t most_sessions)
    : context_{std::move(context)}, pins_{std::move(pins)}, sessions_{most_sessions} {
  if (!pins_.empty()) SSL_CTX_set_cert_verify_callback(context_.get(), check_chain, this);
  if (most_sessions == 0) return;
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
}

/// A resumed session needs no check: it came about under this one.
int tls_client_context::check_chain(X509_STORE_CTX* chain, void* self) {
  const int verified = X509_verify_cert(chain);
  if (verified != 1) return verified;
  const auto& pins = static_cast<const tls_client_context*>(self)->pins_;
  const auto match = [&] { return pins.match(X509_STORE_CTX_get0_chain(chain)); };
  if (without_throwing(match, [] { return false; })) return 1;
  X509_STORE_CTX_set_error(chain, pin_mismatch);
  return 0;
}

int tls_client_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* home = static_cast<const session_home*>(SSL_get_ex_data(ssl, home_index()));
  if (!home) return 0;
  const auto keep = [&] { return home->context->sessions_.put(home->peer, session_pointer{session}), 1; };
  return without_throwing(keep, [] { return 1; });  // 1: it is ours now
}

ssl_pointer tls_client_context::connection_to(const destination& to) const {
  ssl_pointer ssl{SSL_new(context_.get())};
  if (!ssl) return ssl;
  const auto offered = protocols_for(to.version());
  const bool complete = accept_only(ssl.get(), to.to().host) &&
                        SSL_set_alpn_protos(ssl.get(), bytes_of(offered), static_cast<unsigned>(offered.size())) == 0;
  if (!complete) return nullptr;  // never without the check
  auto home = std::make_unique<session_home>(session_home{shared_from_this(), peer_of(to)});
  if (const auto kept = sessions_.take(home->peer)) SSL_set_session(ssl.get(), kept.get());
  if (SSL_set_ex_data(ssl.get(), home_index(), home.get()) == 1) home.release();
  return ssl;
}

void tls_client_context::forget(const destination& to) const { sessions_.forget(peer_of(to)); }

}  // namespace cohedge::net
