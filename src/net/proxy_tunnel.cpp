#include "proxy_tunnel.hpp"

#include "socket_io.hpp"

#include <cohedge/async/asio_op.hpp>
#include <cohedge/wire/http1.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace cohedge::net {

namespace {

using wire::http1_step;

std::string name_and_port(const std::string& host, std::uint16_t port) {
  auto text = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return text.append(":").append(std::to_string(port));
}

/// Nothing has been sent to the origin yet, so it is the connection that did not come about.
error proxy_error(const proxy& at, errc code, std::string_view what) {
  return {code, error_class::connect, "proxy " + name_and_port(at.host(), at.port()) + ": " + std::string{what}};
}

error refusal(const destination& to, int status) {
  const auto& at = *to.via();
  const bool credential = status == 407 || status == 401;  // tinyproxy says 401 to a wrong password
  auto what = "answered CONNECT " + name_and_port(to.to().host, to.to().port) + " with " + std::to_string(status);
  if (credential && at.credentials().empty()) what += ": it wants a user and a password";
  if (credential && !at.credentials().empty()) what += ": it wants another user or password";
  auto made = proxy_error(at, errc::connect_failed, what);
  made.with_status(status);
  if (credential) made.with_kind(error_class::credential);
  return made;
}

result<secret> write_connect(const destination& to) {
  const auto target = name_and_port(to.to().host, to.to().port);
  std::vector<wire::header> fields(1, wire::header{"Host", target});
  std::string credential;
  if (!to.via()->credentials().empty()) {
    credential = basic_credential(*to.via());
    fields.push_back({"Proxy-Authorization", credential});
  }
  std::string text;
  text.reserve(128 + 2 * target.size() + credential.size());  // a buffer that grew would leave a copy behind
  auto written = wire::write_request_head(text, "CONNECT", target, fields, std::nullopt);
  secret made{text};
  explicit_bzero(text.data(), text.size());
  explicit_bzero(credential.data(), credential.size());
  if (!written) return std::move(written).error();
  return made;
}

/// Reads the proxy's answer up to the end of its head and leaves in the socket whatever follows.
class answer_reader {
 public:
  answer_reader(stream_socket& from, const limits& bounds) : from_{from}, parser_{bounds} { parser_.begin("CONNECT"); }

  /// Of what has arrived. True: the head is complete.
  result<bool> advance() {
    std::error_code failed;
    const auto size = from_.receive(asio::buffer(bytes_), asio::socket_base::message_peek, failed);
    if (failed == asio::error::would_block) return false;
    if (failed) return socket_error(failed);
    std::string_view left{bytes_.data(), size};
    const auto step = parser_.next(left);
    if (!step) return step.error();
    from_.receive(asio::buffer(bytes_, size - left.size()), 0, failed);
    follows_ = !left.empty();
    return step.value() == http1_step::head;
  }
  int status() const noexcept { return parser_.status(); }
  /// Bytes came right behind the head.
  bool follows() const noexcept { return follows_; }

 private:
  stream_socket& from_;
  wire::response_parser parser_;
  std::array<char, 2048> bytes_;
  bool follows_ = false;
};

}  // namespace

task<void> open_tunnel(stream_socket& over, const destination& to, const limits& bounds) {
  const auto& at = *to.via();
  const chain& here = co_await this_chain;
  const auto request = write_connect(to);
  if (!request) co_return request.error();
  prepare_socket(over);
  for (auto unsent = request->expose(); !unsent.empty();) {
    auto writing = over.async_write_some(asio::buffer(unsent), use_task);
    const auto [failed, size] = co_await writing;
    if (here.stopped()) co_return error{here.stop_reason()};
    if (failed) co_return proxy_error(at, errc::connection_reset, failed.message());
    unsent.remove_prefix(size);
  }
  answer_reader answer{over, bounds};
  for (;;) {
    auto waiting = over.async_wait(stream_socket::wait_read, use_task);
    const auto [failed] = co_await waiting;
    if (here.stopped()) co_return error{here.stop_reason()};
    if (failed) co_return proxy_error(at, errc::connection_reset, failed.message());
    const auto complete = answer.advance();
    if (!complete) co_return proxy_error(at, complete.error().code(), complete.error().detail());
    if (complete.value()) break;
  }
  if (answer.status() / 100 != 2) co_return refusal(to, answer.status());
  // Over TLS the client speaks first; a server of HTTP/2 without it may be the first to speak (RFC 9113 §3.4).
  if (answer.follows() && to.to().secure)
    co_return proxy_error(at, errc::protocol_error, "more bytes than its answer to CONNECT");
  co_return success();
}

}  // namespace cohedge::net
