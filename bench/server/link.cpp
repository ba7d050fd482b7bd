#include "link.hpp"

#include "die.hpp"

#include <openssl/err.h>

#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

namespace bench {

link::link(int socket, SSL_CTX* tls) : socket_{socket}, handshaken_{tls == nullptr} {
  if (!tls) return;
  tls_ = SSL_new(tls);
  SSL_set_fd(tls_, socket);
  SSL_set_accept_state(tls_);
}

link::~link() {
  SSL_free(tls_);
  close(socket_);
}

link::step link::handshake() {
  if (handshaken_) return step::done;
  const int did = SSL_do_handshake(tls_);
  if (did == 1) {
    handshaken_ = true;
    return step::done;
  }
  return outcome(did) ? step::again : step::gone;
}

std::optional<std::size_t> link::receive(char* into, std::size_t room) {
  if (tls_) return outcome(SSL_read(tls_, into, static_cast<int>(room)));
  const auto got = recv(socket_, into, room, 0);
  if (got > 0) return static_cast<std::size_t>(got);
  if (got < 0 && errno == EAGAIN) return 0;
  return std::nullopt;
}

std::optional<std::size_t> link::send(std::string_view bytes) {
  if (tls_) return outcome(SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())));
  const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN) return 0;
  return std::nullopt;
}

/// What OpenSSL's answer means.
std::optional<std::size_t> link::outcome(int done) const {
  if (done > 0) return static_cast<std::size_t>(done);
  const int why = SSL_get_error(tls_, done);
  ERR_clear_error();
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return 0;
  return std::nullopt;
}

}  // namespace bench
