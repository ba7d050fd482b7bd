#pragma once

#include "openssl.hpp"
#include "socket_bio.hpp"
#include "socket_io.hpp"

#include <optional>

namespace cohedge::net {

/// TLS over a connected socket: OpenSSL reads and writes the socket itself, without buffers of ours between them, and
/// Asio only waits for it to become ready.
class tls_stream final : public byte_stream {
 public:
  enum class half : bool { client, server };

  /// `ssl` may be null: then the handshake fails for lack of memory.
  tls_stream(stream_socket connected, ssl_pointer ssl, half which);
  ~tls_stream() override;

  /// Errors: tls_*; the reason of a cancellation. Call it once, before anything else; on failure the stream is closed.
  /// `peer` is for the error's text.
  task<void> handshake(std::string_view peer);

  bool start_read(std::span<char> into, io_operation& op, result<std::size_t>& done) override;
  bool start_write(std::span<const char> data, io_operation& op, result<std::size_t>& done) override;
  void cancel() noexcept override;
  void close() noexcept override;
  bool idle_and_open() noexcept override;
  std::string_view protocol() const noexcept override;
  /// The handshake has resumed a session.
  bool resumed() const noexcept { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }
  bool undelivered() const noexcept override { return bio_state_.undelivered; }

 private:
  class ready_handler;
  using direction = io_operation::direction;

  /// Does what can be done now; false: the socket must become ready first, and `next` then goes on.
  bool advance(ready_handler& next, result<std::size_t>& done);
  error failure(int kind);
  error handshake_failure(int kind, std::string_view peer);

  stream_socket socket_;
  socket_bio_state bio_state_;
  ssl_pointer ssl_;
  bool established_ = false;
  bool broken_ = false;  // OpenSSL forbids a shutdown after a fatal error
};

/// The error for a certificate that did not pass, by OpenSSL's X509_V_ERR_… code; nothing where it did pass.
std::optional<error> verification_error(long verdict, std::string_view host);

}  // namespace cohedge::net
