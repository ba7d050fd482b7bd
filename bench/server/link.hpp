#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

/// A socket that was accepted, plain or TLS, driven without blocking.
class link {
 public:
  /// Takes `socket`. No `tls`: plain.
  link(int socket, SSL_CTX* tls);
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  int socket() const noexcept { return socket_; }

  enum class step { done, again, gone };
  /// To be called when the socket is readable until it says done; plain links are done at once.
  step handshake();
  bool handshaken() const noexcept { return handshaken_; }
  /// The handshake took up an earlier session.
  bool resumed() const noexcept { return tls_ && SSL_session_reused(tls_); }

  /// Bytes that came or went; 0: none now; nothing: the link is gone.
  std::optional<std::size_t> receive(char* into, std::size_t room);
  std::optional<std::size_t> send(std::string_view bytes);

 private:
  std::optional<std::size_t> outcome(int done) const;

  int socket_;
  SSL* tls_ = nullptr;
  bool handshaken_;
};

/// TLS 1.3 with session tickets, HTTP/2 or HTTP/1.1 by ALPN, as the client likes.
SSL_CTX* make_tls_context(const std::string& certificate_file, const std::string& key_file);
/// The same with a certificate for 127.0.0.1 and localhost that is made now; its authority is written to a file.
SSL_CTX* make_tls_context(const std::string& authority_file);
/// Clients then get nothing to resume with.
void send_no_tickets(SSL_CTX* tls);

}  // namespace bench
