#include "tls_stream.hpp"

#include "public_key_pins.hpp"
#include "socket_streams.hpp"
#include "tls_server_identity.hpp"
#include "without_throwing.hpp"

#include <cohedge/async/asio_op.hpp>

#include <asio/error.hpp>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <climits>
#include <system_error>

namespace cohedge::net {

namespace {

int clipped(std::size_t size) noexcept { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

bool must_wait(int kind) noexcept { return kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE; }

stream_socket::wait_type readiness(int kind) noexcept {
  return kind == SSL_ERROR_WANT_WRITE ? stream_socket::wait_write : stream_socket::wait_read;
}

bool closed_without_notice(int kind) noexcept {
  if (kind == SSL_ERROR_SYSCALL) return true;
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
  return kind == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
#else
  return false;
#endif
}

}  // namespace

std::optional<error> verification_error(long verdict, std::string_view host) {
  const auto say = [&](errc code, std::string_view what) {
    std::string text{host};
    text.append(": ").append(X509_verify_cert_error_string(verdict)).append("; ").append(what);
    return error{code, std::move(text)};
  };
  switch (verdict) {
    case X509_V_OK: return std::nullopt;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return say(errc::tls_self_signed, "if this is your own server, trust its certificate with extra_ca_file");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return say(errc::tls_untrusted, "if you trust its authority, add its CA with extra_ca_file");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return say(errc::tls_wrong_host, "connect by a name that the certificate carries");
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return say(errc::tls_expired, "the server needs a new certificate, or this machine's clock is wrong");
    case pin_mismatch:
      return error{errc::tls_pin_mismatch,
                   std::string{host} + ": a good certificate, but no key of its chain is pinned (pin_sha256); either the "
                                       "server has new keys, or somebody is in between"};
    default: return say(errc::tls_failed, "the server's certificate is not acceptable");
  }
}

tls_stream::tls_stream(stream_socket connected, ssl_pointer ssl, half which)
    : socket_{std::move(connected)}, bio_state_{socket_.native_handle()}, ssl_{std::move(ssl)} {
  prepare_socket(socket_);
  BIO* bio = ssl_ ? new_socket_bio(bio_state_) : nullptr;
  if (!bio) {
    ssl_.reset();
    return;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  if (which == half::client)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

tls_stream::~tls_stream() { close(); }

task<void> tls_stream::handshake(std::string_view peer) {
  chain& here = co_await this_chain;
  if (!ssl_) co_return errc::out_of_memory;
  for (;;) {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) break;
    const int kind = SSL_get_error(ssl_.get(), done);
    if (!must_wait(kind)) co_return handshake_failure(kind, peer);
    auto ready = co_await socket_.async_wait(readiness(kind), use_task);
    if (here.stopped()) {
      close();
      co_return error{here.stop_reason()};
    }
    if (const auto failed = std::get<0>(ready)) {
      close();
      co_return socket_error(failed);
    }
  }
  established_ = true;
  co_return success();
}

error tls_stream::handshake_failure(int kind, std::string_view peer) {
  broken_ = true;
  auto untrusted = verification_error(SSL_get_verify_result(ssl_.get()), peer);
  std::string why{peer};
  if (bio_state_.failed != 0)
    why.append(": ").append(std::generic_category().message(bio_state_.failed)).append(" during the TLS handshake");
  else if (closed_without_notice(kind))
    why.append(": the peer closed during the TLS handshake");
  else
    why.append(": ").append(take_openssl_reason());
  close();
  if (untrusted) return std::move(*untrusted);
  return error{errc::tls_failed, std::move(why)};
}

/// After the handshake: the request may be on its way, so none of these is a failure to connect.
error tls_stream::failure(int kind) {
  broken_ = true;
  if (bio_state_.failed != 0) return error{errc::connection_reset, std::generic_category().message(bio_state_.failed)};
  if (closed_without_notice(kind)) return error{errc::connection_closed, "the TLS connection was cut off"};
  return error{errc::tls_failed, error_class::transport, take_openssl_reason()};
}

/// Goes on when the socket has become ready.
class tls_stream::ready_handler : public pending_io {
 public:
  ready_handler(io_operation& waited_for, tls_stream& stream, direction way, std::span<char> bytes) noexcept
      : pending_io{waited_for}, stream_{&stream}, bytes_{bytes}, way_{way} {}

  void operator()(const std::error_code& failed) {
    if (!awaited()) return;
    auto& waiting = operation().owner();
    if (waiting.stopped()) return complete(error{waiting.stop_reason()});
    if (failed && failed != asio::error::operation_aborted) return complete(socket_error(failed));
    result<std::size_t> done{std::size_t{0}};  // aborted: perhaps only the other direction's chain was cancelled
    const auto going_on = [&] { return stream_->advance(*this, done); };
    const auto no_memory = [&] { return done = error{errc::out_of_memory}, true; };
    if (without_throwing(going_on, no_memory)) complete(std::move(done));
  }

  tls_stream* stream_;
  std::span<char> bytes_;
  direction way_;
};

bool tls_stream::advance(ready_handler& next, result<std::size_t>& done) {
  if (!socket_.is_open()) {
    done = error{errc::closed};
    return true;
  }
  ERR_clear_error();
  auto* bytes = next.bytes_.data();
  const int size = clipped(next.bytes_.size());
  const int moved = next.way_ == direction::read ? SSL_read(ssl_.get(), bytes, size) : SSL_write(ssl_.get(), bytes, size);
  const int kind = moved > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), moved);
  if (next.way_ == direction::read) release_buffers();
  if (moved > 0) {
    done = static_cast<std::size_t>(moved);
    return true;
  }
  if (must_wait(kind)) {
    socket_.async_wait(readiness(kind), std::move(next));
    return false;
  }
  if (kind == SSL_ERROR_ZERO_RETURN && next.way_ == direction::read) {
    bio_state_.undelivered = left_unread(bio_state_.descriptor);
    done = std::size_t{0};
  } else {
    done = failure(kind);
  }
  return true;
}

/// OpenSSL gives back what it read into, but not the buffer for writing that it sets up when a session ticket comes: 16 kB
/// that a stream of events would hold for as long as it lasts.
void tls_stream::release_buffers() noexcept {
  // Not in the middle of a record: OpenSSL before 3.0.14 would lose its beginning (CVE-2024-4741).
  const bool between_records = std::string_view{SSL_rstate_string(ssl_.get())} == "RH";
  if (between_records && SSL_has_pending(ssl_.get()) == 0) SSL_free_buffers(ssl_.get());
}

bool tls_stream::start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) {
  ready_handler next{op, *this, direction::read, into};
  return advance(next, done);
}

bool tls_stream::start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) {
  ready_handler next{op, *this, direction::write, {const_cast<char*>(data.data()), data.size()}};
  return advance(next, done);
}

void tls_stream::cancel() noexcept {
  std::error_code ignored;
  socket_.cancel(ignored);
}

void tls_stream::close() noexcept {
  if (!socket_.is_open()) return;
  if (established_ && !broken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // tells the peer; its answer is not waited for
    ERR_clear_error();
  }
  std::error_code ignored;
  socket_.close(ignored);
}

bool tls_stream::idle_and_open() noexcept {
  if (!socket_.is_open() || broken_) return false;
  ERR_clear_error();
  char byte = 0;
  const int seen = SSL_peek(ssl_.get(), &byte, 1);  // takes in what TLS sends for itself, such as session tickets
  const int kind = SSL_get_error(ssl_.get(), seen);
  if (seen <= 0 && kind == SSL_ERROR_WANT_READ) return true;
  broken_ = seen <= 0 && kind != SSL_ERROR_ZERO_RETURN;
  ERR_clear_error();
  return false;
}

std::string_view tls_stream::protocol() const noexcept {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  if (ssl_) SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

task<std::unique_ptr<byte_stream>> accept_tls(tls_server_context& identity, stream_socket connected) {
  auto ssl = static_cast<tls_server_identity&>(identity).connection();
  auto stream = std::make_unique<tls_stream>(std::move(connected), std::move(ssl), tls_stream::half::server);
  auto accepted = stream->handshake("client");
  const auto done = co_await std::move(accepted);
  if (!done) co_return done.error();
  co_return std::unique_ptr<byte_stream>{std::move(stream)};
}

}  // namespace cohedge::net
