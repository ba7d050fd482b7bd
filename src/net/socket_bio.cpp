#include "socket_bio.hpp"

#include "socket_io.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace cohedge::net {

namespace {

socket_bio_state& state_of(BIO* bio) noexcept { return *static_cast<socket_bio_state*>(BIO_get_data(bio)); }

int finish(BIO* bio, ssize_t moved, int retry_flag) noexcept {
  BIO_clear_retry_flags(bio);
  if (moved >= 0) return static_cast<int>(moved);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    BIO_set_flags(bio, retry_flag | BIO_FLAGS_SHOULD_RETRY);
  else
    state_of(bio).failed = errno;
  return -1;
}

int receive(BIO* bio, char* into, int size) noexcept {
  const auto got = ::recv(state_of(bio).descriptor, into, static_cast<std::size_t>(size), 0);
  if (got == 0) {
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    state_of(bio).undelivered = left_unread(state_of(bio).descriptor);  // OpenSSL may now send an alert
  }
  return finish(bio, got, BIO_FLAGS_READ);
}

int transmit(BIO* bio, const char* data, int size) noexcept {
  return finish(bio, ::send(state_of(bio).descriptor, data, static_cast<std::size_t>(size), MSG_NOSIGNAL), BIO_FLAGS_WRITE);
}

long control(BIO* bio, int command, long, void*) noexcept {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP: return 1;
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default: return 0;
  }
}

BIO_METHOD* make_method() noexcept {
  auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "cohedge socket");
  if (!method) return nullptr;
  BIO_meth_set_read(method, receive);
  BIO_meth_set_write(method, transmit);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

BIO* new_socket_bio(socket_bio_state& state) {
  static BIO_METHOD* const method = make_method();  // never freed: a stream may outlive every static object
  BIO* bio = method ? BIO_new(method) : nullptr;
  if (!bio) return nullptr;
  BIO_set_data(bio, &state);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace cohedge::net
